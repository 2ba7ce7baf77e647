#include <fmt/format.h>

#include "model/normalise/domain.h"
#include "model/normalise/free_mail.h"
#include "rules/compile/passes.h"
#include "rules/documents/scalar_hints.h"
#include "rules/literal.h"

namespace pm {
namespace {

constexpr int kNotTogether = 204, kBadLiteral = 210, kUnsayable = 218, kUnknownName = 221;
constexpr int kMostListItems = 1'000'000;

std::pair<int64_t, int64_t> DefaultBounds(Type type) {
  switch (type) {
    case Type::kText:
      return {0, 512};
    case Type::kTextList:
      return {0, 64};
    case Type::kBool:
      return {0, 1};
    case Type::kMissing:
    case Type::kInt:
    case Type::kDecimal:
    case Type::kInstant:
    case Type::kDuration:
      break;
  }
  return {INT64_MIN, INT64_MAX};
}

// What an expression can write, if need be in backticks.
bool CanBeQuoted(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-/ ").find(c) != std::string_view::npos;
  });
}

// Nothing when there is none, or when it is not of the form of the field's values, which is told.
std::optional<int64_t> BoundOf(CompileContext& context, std::string_view key,
                               std::string_view field, Type type,
                               const std::optional<Located<Bound>>& bound) {
  if (!bound || bound->place.source == nullptr) return std::nullopt;
  const std::string& text = bound->value.text;
  if (type == Type::kBool) {
    context.out.Error(kNotTogether, bound->place,
                      fmt::format("`{}` is for what has a size: {} is true or false", key, field));
    return std::nullopt;
  }
  const bool counted = type == Type::kText || type == Type::kTextList;
  if (counted && key == "min") {
    context.out.Error(
        kNotTogether, bound->place,
        fmt::format("`min` is for numbers, instants and durations; {} is {}", field,
                    type == Type::kText ? "a text" : "a list of texts"),
        fmt::format("leave it out; `max` bounds its {}", type == Type::kText ? "bytes" : "items"));
    return std::nullopt;
  }
  const FieldDecl like{.number = 0,
                       .name = field,
                       .type = counted ? Type::kInt : type,
                       .unit = {},
                       .min = INT64_MIN,
                       .max = INT64_MAX,
                       .normalise = Normaliser::kNone,
                       .set_by = SetBy::kPublisher,
                       .personal = false,
                       .meaning = {}};
  const Result<Operand> read = ReadLiteral(like, text);
  if (read.has_value() && (!counted || read->number >= 0)) return read->number;
  if (counted) {
    context.out.Error(kBadLiteral, bound->place,
                      fmt::format("`{}` of {} counts {}: a whole number from 0, which '{}' is not",
                                  key, field, type == Type::kText ? "bytes" : "items", text));
  } else {
    context.out.Report(read.error(), bound->place,
                       type == Type::kDuration ? HintOfDuration(text) : "");
  }
  return std::nullopt;
}

void CompileField(CompileContext& context, const Located<std::string>& name, const FieldDoc& doc) {
  if (doc.type == Type::kMissing) {
    context.wrong_fields.insert(name.value);
    return;
  }
  const bool text = doc.type == Type::kText || doc.type == Type::kTextList;
  if (doc.normalise && !text) {
    context.out.Error(kNotTogether, doc.normalise->place, "`normalise` is for texts");
  }
  auto [min, max] = DefaultBounds(doc.type);
  min = BoundOf(context, "min", name.value, doc.type, doc.min).value_or(min);
  max = BoundOf(context, "max", name.value, doc.type, doc.max).value_or(max);
  if (max < min) context.out.Error(216, doc.place, "`max` is below `min`");
  const Normaliser plain = text ? Normaliser::kTrim : Normaliser::kNone;
  const auto added = context.builder.fields().Add(name.value, doc.type, min, max,
                                                  doc.normalise ? doc.normalise->value : plain,
                                                  doc.personal, doc.meaning);
  if (added) return;
  context.wrong_fields.insert(name.value);
  context.out.Report(added.error(), name.place,
                     name.value.contains('.') ? "" : fmt::format("write `lead.{}`", name.value));
}

// The built-in list without what is no free mail to this company.
std::shared_ptr<const DomainSet> FreeMailWithout(
    CompileContext& context, const std::vector<Located<std::string>>& not_free) {
  if (not_free.empty()) return nullptr;
  std::vector<std::string_view> except;
  for (const Located<std::string>& domain : not_free) {
    const auto host = CanonicalHost(domain.value);
    if (!host) {
      context.out.Error(host.error().code, domain.place,
                        domain.value.empty()
                            ? "expected a domain such as acme.com, got an empty text"
                            : fmt::format("'{}' is no domain such as acme.com", domain.value));
    } else if (!BuiltInFreeMail().Contains(*host)) {
      const std::string near = DidYouMean(domain.value, FreeMailDomains());
      context.out.Warning(kUnknownName, domain.place,
                          fmt::format("'{}' is not among the free-mail domains", domain.value),
                          near.empty() ? "leave it out: a company's domain need not be named"
                                       : near + " A company's domain need not be named");
    }
    except.push_back(domain.value);
  }
  return std::make_shared<const DomainSet>(FreeMailDomains(), except);
}

}  // namespace

void CompileFields(CompileContext& context) {
  for (const FieldsDoc& doc : context.draft.fields) {
    for (const auto& [name, field] : doc.fields) CompileField(context, name, field);
  }
}

void CompileLists(CompileContext& context) {
  for (const char* name : {"free_mail", "disposable"}) {
    context.names.DeclareBuiltIn(NameKind::kList, name);
  }
  std::map<std::string, SourcePlace> declared;
  size_t items = 0;
  for (const ListsDoc& doc : context.draft.lists) {
    for (const auto& [name, list] : doc.lists) {
      const auto [first, is_new] = declared.emplace(name.value, name.place);
      if (!is_new) {
        context.out.Error(222, name.place, fmt::format("list '{}' is declared twice", name.value),
                          fmt::format("the first is at {}:{}", first->second.source->path(),
                                      first->second.position.line));
        continue;
      }
      if (!CanBeQuoted(name.value)) {
        context.out.Error(kUnsayable, name.place,
                          fmt::format("no expression can name a list '{}'", name.value),
                          "use letters, digits and '_'");
      }
      context.names.DeclareBuiltIn(NameKind::kList, name.value);
      context.builder.AddList(name.value, list);
      items += list.size();
    }
  }
  if (items > kMostListItems) {
    context.out.Error(217, context.draft.lists.back().lists.back().first.place,
                      fmt::format("the lists hold {} items, more than {}", items, kMostListItems));
  }
}

void RefuseNoTime(CompileContext& context, const Located<Duration>& time, std::string message,
                  std::string hint) {
  const bool read = time.place.source != nullptr;  // else it was told
  if (!read || time.value != Duration()) return;
  context.out.Error(216, time.place, std::move(message), std::move(hint));
}

void CompileIdentity(CompileContext& context) {
  if (!context.draft.identity) return;
  const IdentityDoc& doc = *context.draft.identity;
  RefuseNoTime(context, doc.stale_after,
               "every lead is delivered later than that: none would keep the SLA of its route",
               "say how late is too late, such as 1d");
  context.builder->identity = {.strip_plus = doc.email.plus_addressing == KeepOrStrip::kStrip,
                               .strip_gmail_dots = doc.email.gmail_dots == KeepOrStrip::kStrip,
                               .free_mail = FreeMailWithout(context, doc.email.not_free),
                               .survivorship = doc.survivorship,
                               .stale_after = doc.stale_after.value};
}

}  // namespace pm
