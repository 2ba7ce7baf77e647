#include "model/normalise/domain.h"

#include <libpsl.h>
#include <unicode/bytestream.h>
#include <unicode/idna.h>
#include <unicode/uchar.h>

#include "model/normalise/ascii.h"
#include "model/normalise/text.h"

namespace pm {
namespace {

constexpr int kBadHost = 81;
constexpr int kOurRules = 1;
constexpr size_t kMaxHostBytes = 253;
constexpr size_t kMaxLabelBytes = 63;
// UTS 46 can shrink a text; beyond this no text becomes a host.
constexpr size_t kMaxTypedBytes = 2048;

const icu::IDNA& Idna() {
  static const std::unique_ptr<const icu::IDNA> idna = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<const icu::IDNA> made(
        icu::IDNA::createUTS46Instance(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_USE_STD3_RULES |
                                           UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ,
                                       status));
    PM_CHECK(U_SUCCESS(status));
    return made;
  }();
  return *idna;
}

// Real hosts such as `r3---sn-x.example.com` have hyphens in third and fourth place.
constexpr uint32_t kForgiven = UIDNA_ERROR_HYPHEN_3_4;

Result<std::string> ToAscii(std::string_view text) {
  std::string ascii;
  icu::StringByteSink<std::string> sink(&ascii);
  icu::IDNAInfo info;
  UErrorCode status = U_ZERO_ERROR;
  Idna().nameToASCII_UTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink,
                          info, status);
  if (U_FAILURE(status) || (info.getErrors() & ~kForgiven) != 0) {
    return Fail(kBadHost, "The domain has characters or a form that no international domain has.");
  }
  return ascii;
}

bool IsLabel(std::string_view label) {
  if (label.empty() || label.size() > kMaxLabelBytes) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::ranges::all_of(label,
                             [](char c) { return IsAsciiLower(c) || IsAsciiDigit(c) || c == '-'; });
}

Result<void> CheckHost(std::string_view host) {
  if (host.size() > kMaxHostBytes) return Fail(kBadHost, "The domain is longer than 253 bytes.");
  size_t labels = 0;
  std::string_view last;
  for (size_t start = 0; start <= host.size(); start += last.size() + 1) {
    last = host.substr(start, host.find('.', start) - start);
    if (!IsLabel(last)) {
      return Fail(kBadHost,
                  "A part of the domain is empty, too long or has a character no host has.");
    }
    ++labels;
  }
  if (labels < 2) return Fail(kBadHost, "The domain has no dot inside.");
  if (std::ranges::all_of(last, IsAsciiDigit)) {
    return Fail(kBadHost, "The domain ends in a number, as an IP address does.");
  }
  return {};
}

std::string_view HostOfUrl(std::string_view text) {
  // Forms that put a scheme in front of what was typed make `https://https://acme.com`.
  for (size_t scheme = text.find("://"); scheme < text.find_first_of("/?#");
       scheme = text.find("://")) {
    text.remove_prefix(scheme + 3);
  }
  while (text.starts_with('/')) text.remove_prefix(1);
  text = text.substr(0, text.find_first_of("/?#\\"));
  if (const size_t user = text.rfind('@'); user != text.npos) text.remove_prefix(user + 1);
  if (const size_t port = text.rfind(':'); port != text.npos) text = text.substr(0, port);
  while (text.ends_with('.')) text.remove_suffix(1);
  return TrimAscii(text);
}

}  // namespace

Result<std::string> CanonicalHost(std::string_view text) {
  if (text.size() > kMaxTypedBytes) return Fail(kBadHost, "The domain is longer than 253 bytes.");
  if (text.ends_with('.')) text.remove_suffix(1);
  std::string host;
  if (AllAscii(text)) host = AsciiLowered(text);
  if (host.empty() || host.contains("xn--")) {
    PM_TRY(host, ToAscii(text));
    if (host.ends_with('.')) host.pop_back();
  }
  PM_TRY_VOID(CheckHost(host));
  return host;
}

std::string_view RegistrableDomain(const std::string& canonical_host) {
  const char* domain = psl_registrable_domain(psl_builtin(), canonical_host.c_str());
  if (domain == nullptr) return canonical_host;
  return std::string_view(canonical_host)
      .substr(static_cast<size_t>(domain - canonical_host.data()));
}

Result<std::string> NormaliseDomain(std::string_view text) {
  std::string cleaned;
  if (!AllAscii(text)) text = cleaned = CleanText(text);
  PM_TRY(const std::string host, CanonicalHost(HostOfUrl(TrimAscii(text))));
  std::string domain(RegistrableDomain(host));
  // `www.` before a hosting provider's own suffix (`www.github.io`) is no customer of the provider.
  constexpr std::string_view kWww = "www.";
  if (domain.starts_with(kWww) &&
      psl_is_public_suffix2(psl_builtin(), domain.c_str() + kWww.size(),
                            PSL_TYPE_PRIVATE | PSL_TYPE_NO_STAR_RULE) != 0) {
    domain.erase(0, kWww.size());
  }
  return domain;
}

std::string NormalisationVersion() {
  UVersionInfo unicode;
  u_getUnicodeVersion(unicode);
  return fmt::format("rules {}, public suffixes {}, unicode {}.{}", kOurRules,
                     psl_builtin_sha1sum(), unicode[0], unicode[1]);
}

}  // namespace pm
