#include "rules/text_form.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/time/zone_names.h"
#include "model/decode/closed_words.h"
#include "model/decode/field_value.h"
#include "model/normalise/ascii.h"
#include "model/normalise/country.h"
#include "model/normalise/domain.h"
#include "model/normalise/email.h"
#include "model/normalise/phone.h"
#include "model/normalise/text.h"

namespace pm {
namespace {

constexpr int kBadLiteral = 210;

// The engine derives the domain of an address; it has the form of a domain all the same.
bool IsMailDomain(const FieldDecl& field) {
  return field.number == Field("lead.email_domain").number;
}
Normaliser FormOf(const FieldDecl& field) {
  return IsMailDomain(field) ? Normaliser::kDomain : field.normalise;
}
// Intake has read it, so that it has intake's form.
bool IsRead(const FieldDecl& field) {
  return field.set_by == SetBy::kPublisher || IsMailDomain(field);
}

template <class... T>
std::unexpected<Error> Never(fmt::format_string<T...> text, T&&... args) {
  return Fail(kBadLiteral, fmt::format(text, std::forward<T>(args)...));
}

std::unexpected<Error> IsNot(const FieldDecl& field, std::string_view text, std::string_view wanted,
                             std::string_view advice = {}) {
  return Never("{} is {}, which '{}' is not{}{}", field.name, wanted, text,
               advice.empty() ? "" : " ", advice);
}

std::string InCapitals(std::string_view text) {
  std::string capitals(text);
  std::ranges::transform(capitals, capitals.begin(), AsciiUpper);
  return capitals;
}

Result<std::string> CountryForm(const FieldDecl& field, std::string_view text) {
  const auto meant = NormaliseCountry(text);
  if (text.size() == 2 && meant) return std::string(*meant);
  return IsNot(field, text, "an ISO 3166 country code of two letters",
               meant ? fmt::format("(write {})", *meant) : "");
}

Result<std::string> AddressForm(const FieldDecl& field, std::string_view text) {
  if (const auto email = NormaliseEmail(text)) return ComparedAddress(email->deliver_to);
  return IsNot(
      field, text, "an e-mail address",
      field.number == Field("lead.email").number ? "(a domain is in lead.email_domain)" : "");
}

Result<std::string> DomainForm(const FieldDecl& field, std::string_view text) {
  auto domain = NormaliseDomain(text);
  if (!domain) return IsNot(field, text, "a domain such as acme.com");
  if (IsMailDomain(field)) return std::string(ComparedMailDomain(*domain));
  return *std::move(domain);
}

Result<std::string> PhoneForm(const FieldDecl& field, std::string_view text) {
  Phone phone = NormalisePhone(text);
  if (!phone.unknown_form) return std::move(phone.text);
  return IsNot(field, text, "a number with its calling code, as +493012345");
}

Result<std::string> ZoneForm(const FieldDecl& field, std::string_view text) {
  if (auto zone = FindZoneName(text)) return *std::move(zone);
  return IsNot(field, text, "an IANA zone such as Europe/Berlin");
}

bool IsCode(std::string_view text) {
  constexpr size_t kLongestCode = 3;
  return text.size() <= kLongestCode &&
         std::ranges::all_of(text, [](char c) { return IsAsciiUpper(c) || IsAsciiDigit(c); });
}

std::string BesideIt(const FieldDecl& field, std::string_view country) {
  for (const std::string_view entity : {"lead", "account"}) {
    if (field.name.starts_with(entity) && field.name.substr(entity.size()) == ".region")
      return fmt::format(", with {}.country {} beside it", entity, country);
  }
  return {};
}

// A code may be that of a country whose regions are not known; a name that is known stands for its
// code.
Result<std::string> RegionForm(const FieldDecl& field, std::string_view text) {
  if (IsCode(text)) return std::string(text);
  if (const auto region = RegionWithCountry(text)) {
    return Never("{} is kept without the country, so it is never '{}' (write {}{})", field.name,
                 text, region->code, BesideIt(field, region->country));
  }
  const std::vector<NamedRegion> named = RegionsNamed(text);
  const std::string code = InCapitals(text);
  const auto is_code = [&](const NamedRegion& one) { return one.code == code; };
  if (named.empty() || std::ranges::any_of(named, is_code)) {
    return named.empty() ? std::string(text) : code;
  }
  std::vector<std::string> codes;
  for (const NamedRegion& one : named)
    codes.push_back(fmt::format("{}, its code in {}", one.code, one.country));
  return Never("{} is kept as a code, so it is never '{}' (write {})", field.name, text,
               fmt::join(codes, ", or "));
}

Result<std::string> NormalForm(const FieldDecl& field, std::string_view text) {
  if (field.number == Field("lead.time_zone").number) return ZoneForm(field, text);
  switch (FormOf(field)) {
    case Normaliser::kSymbol:
      return StoredWord({field.number}, FoldText(text));
    case Normaliser::kEmail:
      return AddressForm(field, text);
    case Normaliser::kDomain:
      return DomainForm(field, text);
    case Normaliser::kCountry:
      return CountryForm(field, text);
    case Normaliser::kPhone:
      return PhoneForm(field, text);
    case Normaliser::kRegion:
      return RegionForm(field, text);
    case Normaliser::kNone:
    case Normaliser::kTrim:
    case Normaliser::kCompany:
      break;
  }
  return std::string(text);
}

Result<void> ExpectRoom(const FieldDecl& field, std::string_view text) {
  const bool bounded = field.type == Type::kText && field.set_by == SetBy::kPublisher;
  if (!bounded || static_cast<int64_t>(text.size()) <= field.max) return {};
  return Never("{} has at most {} bytes, this text {}", field.name, field.max, text.size());
}

// As the text is kept within another, where blanks at its ends stay.
template <class F>
std::string Within(std::string_view text, const F& normalise) {
  const std::string whole = normalise(fmt::format("|{}|", text));
  return whole.substr(1, whole.size() - 2);
}

Result<std::string> PhonePart(const FieldDecl& field, TestOp op, std::string_view text) {
  std::string plain(text);
  std::erase_if(plain, [](char c) { return std::string_view(" -./()").contains(c); });
  if (op == TestOp::kStartsWith && plain.starts_with("00")) plain.replace(0, 2, "+");
  const size_t plus = plain.rfind('+');
  const bool digits =
      plain.find_first_not_of("+0123456789") == std::string::npos &&
      (plus == 0 ? op != TestOp::kEndsWith || plain.size() > 1 : plus == std::string::npos);
  if (!digits || (op == TestOp::kStartsWith && plus != 0)) {
    return Never("{} is kept as +493012345, so '{}' is no such part of it", field.name, text);
  }
  if (plain == text) return plain;
  return Never("{} is kept as +493012345, so '{}' is no part of it (write '{}')", field.name, text,
               plain);
}

Result<std::string> DomainPart(const FieldDecl& field, std::string_view text) {
  std::string part = FoldText(text);
  const bool possible = std::ranges::all_of(
      part, [](char c) { return IsAsciiLower(c) || IsAsciiDigit(c) || c == '.' || c == '-'; });
  if (possible && !part.empty()) return part;
  return Never("{} is kept as a domain such as acme.com, and '{}' is no part of one", field.name,
               text);
}

Result<std::string> AddressPart(const FieldDecl& field, std::string_view text) {
  std::string part = Within(text, FoldText);
  const bool possible = !part.contains(' ') && std::ranges::count(part, '@') <= 1;
  if (!possible) return Never("'{}' is no part of an e-mail address", text);
  if (!part.contains("@googlemail.com")) return part;
  return Never("{} counts googlemail.com as gmail.com (write @gmail.com)", field.name);
}

Result<std::string> RegionPart(const FieldDecl& field, TestOp op, std::string_view text) {
  const bool country =
      text.size() >= 3 && text[2] == '-' && HasRegions(InCapitals(text.substr(0, 2)));
  if (op != TestOp::kStartsWith || !country) return Within(text, CleanText);
  return Never(
      "{} is kept without the country, so it never begins with '{}' (ask the country's "
      "own field)",
      field.name, text);
}

Result<std::string> NormalPart(const FieldDecl& field, TestOp op, std::string_view text) {
  switch (FormOf(field)) {
    case Normaliser::kSymbol:
      return Within(text, FoldText);
    case Normaliser::kEmail:
      return AddressPart(field, text);
    case Normaliser::kDomain:
      return DomainPart(field, text);
    case Normaliser::kCountry:
      return InCapitals(text);
    case Normaliser::kPhone:
      return PhonePart(field, op, text);
    case Normaliser::kRegion:
      return RegionPart(field, op, text);
    case Normaliser::kNone:
    case Normaliser::kTrim:
    case Normaliser::kCompany:
      break;
  }
  return Within(text, CleanText);
}

bool IsComparedText(std::string_view text) {
  return AllAscii(text) && std::ranges::none_of(text, IsAsciiUpper) &&
         !text.ends_with("googlemail.com");
}

std::string ComparedText(std::string_view text) {
  return text.contains('@') ? ComparedAddress(text) : std::string(ComparedMailDomain(text));
}

}  // namespace

std::optional<NamedRegion> WhyNoRegionOf(std::span<const std::string> countries,
                                         std::string_view region) {
  std::optional<NamedRegion> first;
  for (const std::string& country : countries) {
    Region kept = NormaliseRegion(country, region);
    if (kept.text == region) return std::nullopt;
    if (!first) first = NamedRegion{country, std::move(kept.text)};
  }
  return first;
}

std::string OthersWithRegion(std::span<const std::string> countries, std::string_view region) {
  // Of the United Kingdom its countries are known, not their councils.
  const auto may_have = [&](const std::string& country) {
    return !HasRegions(country) || country == "GB" || NormaliseRegion(country, region).known;
  };
  if (countries.empty() || std::ranges::any_of(countries, may_have)) return {};
  std::string others;
  for (const NamedRegion& one : RegionsNamed(region)) {
    if (one.code == region) others += others.empty() ? one.country : ", " + one.country;
  }
  return others;
}

Result<std::string> WholeTextForm(const FieldDecl& field, std::string_view text) {
  const std::string clean = CleanText(text);
  if (clean.empty()) {
    return Never(
        "{0} is never empty: without a value it is missing (ask for `missing`, in an "
        "expression `!has({0})`)",
        field.name);
  }
  if (!IsRead(field)) return std::string(text);
  if (IsNothing(field, clean)) {
    return Never(
        "'{1}' is read as no value, so {0} is never that (ask for `missing`, in an "
        "expression `!has({0})`)",
        field.name, clean);
  }
  PM_TRY(std::string form, NormalForm(field, clean));
  PM_TRY_VOID(ExpectRoom(field, form));
  return form;
}

std::optional<HostAsDomain> FindHostAsDomain(const FieldDecl& field, std::string_view written) {
  if (FormOf(field) != Normaliser::kDomain || !IsRead(field)) return std::nullopt;
  std::string_view text = written;
  if (const size_t scheme = text.find("://"); scheme != text.npos) text.remove_prefix(scheme + 3);
  text = text.substr(0, text.find_first_of("/?#"));
  text = text.substr(0, text.find(':'));
  const auto host = CanonicalHost(text);
  if (!host) return std::nullopt;
  const std::string_view domain = RegistrableDomain(*host);
  if (domain == *host || *host == fmt::format("www.{}", domain)) return std::nullopt;
  return HostAsDomain{
      fmt::format("{} holds what a company has registered: '{}' stands for all of {}", field.name,
                  written, domain),
      IsMailDomain(field)
          ? fmt::format("write {}; for that host alone ask `lead.email: {{ ends_with: '@{}' }}`",
                        domain, *host)
          : fmt::format("write {}", domain)};
}

Result<std::string> TextPartForm(const FieldDecl& field, TestOp op, std::string_view text) {
  if (text.empty()) return Never("an empty text is in every {}", field.name);
  if (!IsRead(field)) return std::string(text);
  PM_TRY(std::string part, NormalPart(field, op, text));
  PM_TRY_VOID(ExpectRoom(field, part));
  const bool blank = (op == TestOp::kStartsWith && part.starts_with(' ')) ||
                     (op == TestOp::kEndsWith && part.ends_with(' ')) || part == " ";
  if (!blank || part.empty()) return part;
  return Never("{} is kept without blanks at its ends, so '{}' is never there", field.name, text);
}

bool IsInSmallLetters(const FieldDecl& field) {
  const Normaliser form = FormOf(field);
  return IsRead(field) &&
         (form == Normaliser::kSymbol || form == Normaliser::kEmail || form == Normaliser::kDomain);
}

bool IsComparedOtherwise(const FieldDecl& field) {
  return field.normalise == Normaliser::kEmail || IsMailDomain(field);
}

bool IsComparedForm(const Value& value) {
  if (value.type == Type::kTextList)
    return std::ranges::all_of(ListItems(value.text), IsComparedText);
  return value.type != Type::kText || IsComparedText(value.text);
}

std::string ComparedForm(const Value& value) {
  if (value.type != Type::kTextList) return ComparedText(value.text);
  std::string encoded;
  for (const std::string_view item : ListItems(value.text)) {
    AppendListItem(&encoded, ComparedText(item));
  }
  return encoded;
}

}  // namespace pm
