#include "rules/compile/conditions/field_hints.h"

#include <fmt/format.h>

#include "base/text/diagnostic.h"
#include "base/text/name_hint.h"
#include "base/text/slips.h"
#include "base/time/civil.h"
#include "rules/documents/scalar_hints.h"
#include "rules/literal.h"

namespace pm {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr Habit kFieldHabits[] = {{"mail", "lead.email"},
                                  {"email_address", "lead.email"},
                                  {"telephone", "lead.phone"},
                                  {"mobile", "lead.phone"},
                                  {"given_name", "lead.first_name"},
                                  {"family_name", "lead.last_name"},
                                  {"surname", "lead.last_name"},
                                  {"job_title", "lead.title"},
                                  {"role", "lead.title"},
                                  {"position", "lead.title"},
                                  {"company_name", "lead.company"},
                                  {"organisation", "lead.company"},
                                  {"organization", "lead.company"},
                                  {"state", "lead.region"},
                                  {"province", "lead.region"},
                                  {"zip", "lead.postcode"},
                                  {"zip_code", "lead.postcode"},
                                  {"postal_code", "lead.postcode"},
                                  {"timezone", "lead.time_zone"},
                                  {"lead_source", "lead.source"},
                                  {"created", "lead.created_at"},
                                  {"create_date", "lead.created_at"},
                                  {"lifecycle_stage", "lead.stage"},
                                  {"size", "account.employees"},
                                  {"company_size", "account.employees"},
                                  {"employee_count", "account.employees"},
                                  {"number_of_employees", "account.employees"},
                                  {"headcount", "account.employees"},
                                  {"sector", "account.industry"},
                                  {"annual_revenue", "account.revenue"},
                                  {"segment", "account.tier"},
                                  {"score", "score.total"},
                                  {"page_url", "event.url"}};
constexpr Habit kClocks[] = {
    {"now", "now"},     {"today", "now"},     {"current_time", "now"},     {"current_date", "now"},
    {"sysdate", "now"}, {"yesterday", "now"}, {"current_timestamp", "now"}};

std::string_view LastPart(std::string_view name) { return name.substr(name.rfind('.') + 1); }

std::vector<std::string_view> Views(std::span<const std::string> names) {
  return {names.begin(), names.end()};
}

bool IsNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kDigits) == text.npos;
}
std::string_view Trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// `50-100`, `1,000 to 5,000`, `50+`, `< 5`.
std::string HintOfRange(std::string_view text) {
  const auto plain = [](std::string_view part) {
    part = Trimmed(part);
    return IsNumber(part) ? std::string(part) : PlainNumber(part).value_or("");
  };
  for (const std::string_view between : {"..", "–", " to ", "-"}) {
    const size_t at = text.find(between);
    if (at == text.npos) continue;
    const std::string from = plain(text.substr(0, at)),
                      to = plain(text.substr(at + between.size()));
    if (!from.empty() && !to.empty()) return fmt::format("write {{ between: [{}, {}] }}", from, to);
  }
  if (text.ends_with('+')) {
    const std::string from = plain(text.substr(0, text.size() - 1));
    if (!from.empty()) return fmt::format("write {{ gte: {} }}", from);
  }
  const bool zeros = text.find_first_not_of("-0123456789") == text.npos;  // the message says it
  return zeros ? "" : HintOfNumber(text);
}

std::string HintOfInstant(std::string_view text) {
  return ParseDate(text) ? fmt::format("write {}T00:00:00Z", text) : "";
}

// `@gmail.com` and `*@gmail.com` of an address.
std::string HintOfAddress(std::string_view text) {
  const std::string_view domain = text.substr(text.find_last_of("@*") + 1);  // npos wraps to 0
  if (!domain.contains('.')) return {};
  return fmt::format(
      "for a domain, write `{{ ends_with: '@{0}' }}`, or test `lead.email_domain: {0}`", domain);
}

// `DE, AT` in one text.
std::string HintOfSeveral(const FieldDecl& field, std::string_view literal) {
  std::vector<std::string_view> values;
  for (size_t at = 0; at <= literal.size();) {
    const size_t end = std::min(literal.find_first_of(",;|", at), literal.size());
    values.push_back(Trimmed(literal.substr(at, end - at)));
    if (!ReadLiteral(field, values.back())) return {};
    at = end + 1;
  }
  return values.size() < 2 ? "" : fmt::format("write a list: [{}]", fmt::join(values, ", "));
}

}  // namespace

std::string HintOfFieldName(std::string_view name, std::span<const std::string> known) {
  const std::vector<std::string_view> names = Views(known);
  const std::string hint = DidYouMeanName(name, names);
  if (!hint.empty()) return hint;
  const std::string_view meant = MeantBy(kFieldHabits, LastPart(name));
  const bool there = std::ranges::find(names, meant) != names.end();
  return there ? fmt::format("did you mean '{}'?", meant) : "";
}

std::string HintOfLastPart(std::string_view name, std::span<const std::string> known) {
  std::vector<std::string_view> parts;
  for (const std::string& one : known) parts.push_back(LastPart(one));
  const std::string_view near = Nearest(LastPart(name), parts);
  return near.empty() ? "" : DidYouMeanName(near, Views(known));
}

std::string HintOfClock(std::string_view name) {
  return MeantBy(kClocks, name).empty() ? ""
                                        : "conditions read no clock: compare with a time, as "
                                          "timestamp('2026-01-01T00:00:00Z')";
}

std::string HintOfLiteral(const FieldDecl& field, std::string_view literal) {
  switch (field.type) {
    case Type::kInt:
    case Type::kDecimal:
      return HintOfRange(literal);
    case Type::kBool:
      return HintOfTruth(literal);
    case Type::kInstant:
      return HintOfInstant(literal);
    case Type::kDuration:
      return HintOfDuration(literal);
    case Type::kText:
      if (std::string hint = HintOfSeveral(field, literal); !hint.empty()) return hint;
      return field.normalise == Normaliser::kEmail ? HintOfAddress(literal) : "";
    case Type::kTextList:
    case Type::kMissing:
      break;
  }
  return {};
}

}  // namespace pm
