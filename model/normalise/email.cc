#include "model/normalise/email.h"

#include "model/normalise/ascii.h"
#include "model/normalise/domain.h"
#include "model/normalise/text.h"

namespace pm {
namespace {

constexpr int kBadEmail = 80;
constexpr size_t kMaxLocalBytes = 64;
constexpr size_t kMaxBytes = 254;
// Room for a display name and white space; more is no address.
constexpr size_t kMaxTypedBytes = 1024;
constexpr std::string_view kMarks = "!#$%&'*+-/=?^_`{|}~";

std::string_view WithoutWrapping(std::string_view text) {
  text = TrimAscii(text);
  if (text.ends_with('>')) {
    if (const size_t open = text.rfind('<'); open != text.npos) {
      text = text.substr(open + 1, text.size() - open - 2);
    }
  }
  constexpr std::string_view kScheme = "mailto:";
  if (AsciiLowered(text.substr(0, kScheme.size())) == kScheme) text.remove_prefix(kScheme.size());
  return TrimAscii(text);
}

Result<void> CheckLocal(std::string_view local) {
  if (local.empty()) return Fail(kBadEmail, "There is nothing before the @.");
  if (local.size() > kMaxLocalBytes) {
    return Fail(kBadEmail, "The part before the @ is longer than 64 bytes.");
  }
  char before = '.';
  for (const char c : local) {
    if (c == '.' && before == '.') {
      return Fail(kBadEmail, "The part before the @ begins with a dot or has two in a row.");
    }
    if (IsAscii(c) && !IsAsciiLetter(c) && !IsAsciiDigit(c) && c != '.' && !kMarks.contains(c)) {
      return Fail(kBadEmail, "The part before the @ has a character no mailbox has.");
    }
    before = c;
  }
  if (before == '.') return Fail(kBadEmail, "The part before the @ ends with a dot.");
  return {};
}

bool IsGmail(std::string_view domain) {
  return domain == "gmail.com" || domain == "googlemail.com";
}

// Stripping never empties a local part: `+x@acme.com` stays.
std::string CanonicalLocal(std::string_view local, bool gmail, const EmailRules& rules) {
  std::string canonical = FoldText(local);
  if (rules.strip_plus_addressing) {
    if (const size_t plus = canonical.find('+'); plus != canonical.npos && plus > 0) {
      canonical.resize(plus);
    }
  }
  if (gmail && rules.strip_gmail_dots) std::erase(canonical, '.');
  return canonical;
}

Result<Email> FromParts(std::string_view local, std::string_view host, const EmailRules& rules) {
  PM_TRY_VOID(CheckLocal(local));
  Email email;
  PM_TRY(email.domain, CanonicalHost(host));
  const bool gmail = IsGmail(email.domain);
  if (gmail && rules.strip_gmail_dots) email.domain = "gmail.com";
  const std::string canonical = CanonicalLocal(local, gmail, rules);
  // Folding can turn one character into another with a meaning: ﹫ is an @.
  PM_TRY_VOID(CheckLocal(canonical));
  email.address.reserve(canonical.size() + 1 + email.domain.size());
  email.address.append(canonical).append(1, '@').append(email.domain);
  email.deliver_to.reserve(local.size() + 1 + email.domain.size());
  email.deliver_to.append(local).append(1, '@').append(email.domain);
  if (std::max(email.address.size(), email.deliver_to.size()) > kMaxBytes) {
    return Fail(kBadEmail, "The address is longer than 254 bytes.");
  }
  email.registrable_domain = RegistrableDomain(email.domain);
  const auto covered = [&](const DomainSet* set) {
    return set != nullptr && set->Covers(email.domain, email.registrable_domain);
  };
  email.is_free_mail = covered(rules.free_mail);
  email.is_disposable = covered(rules.disposable);
  return email;
}

}  // namespace

std::string_view ComparedMailDomain(std::string_view domain) {
  return domain == "googlemail.com" ? "gmail.com" : domain;
}

std::string ComparedAddress(std::string_view deliver_to) {
  std::string folded = FoldText(deliver_to);
  const size_t domain = folded.find('@') + 1;
  if (domain == 0) return folded;
  const std::string_view written = std::string_view(folded).substr(domain);
  const std::string_view meant = ComparedMailDomain(written);
  if (meant != written) folded.replace(domain, std::string::npos, meant);
  return folded;
}

Result<Email> NormaliseEmail(std::string_view text, const EmailRules& rules) {
  if (text.size() > kMaxTypedBytes) return Fail(kBadEmail, "The address is longer than 254 bytes.");
  std::string cleaned;
  if (!AllAscii(text)) text = cleaned = CleanText(text);
  text = WithoutWrapping(text);
  const size_t at = text.find('@');
  if (at == text.npos) return Fail(kBadEmail, "There is no @.");
  if (text.find('@', at + 1) != text.npos) return Fail(kBadEmail, "There is more than one @.");
  return FromParts(text.substr(0, at), text.substr(at + 1), rules);
}

}  // namespace pm
