// `kind: fields`, `identity`, `lists` as written.
#pragma once
#include "rules/documents/scalars.h"

namespace pm {

constexpr std::array<YamlName<Type>, 7> YamlNames(std::type_identity<Type>) {
  return {{{"bool", Type::kBool},
           {"int", Type::kInt},
           {"decimal", Type::kDecimal},
           {"text", Type::kText},
           {"text_list", Type::kTextList},
           {"instant", Type::kInstant},
           {"duration", Type::kDuration}}};
}
inline constexpr Habit kTypeHabits[] = {
    {"integer", "int"},    {"number", "int"},       {"string", "text"},    {"str", "text"},
    {"boolean", "bool"},   {"float", "decimal"},    {"double", "decimal"}, {"money", "decimal"},
    {"date", "instant"},   {"datetime", "instant"}, {"time", "instant"},   {"timestamp", "instant"},
    {"list", "text_list"}, {"array", "text_list"},  {"tags", "text_list"}};
constexpr std::span<const Habit> YamlHabits(std::type_identity<Type>) { return kTypeHabits; }
constexpr std::array<YamlName<Normaliser>, 9> YamlNames(std::type_identity<Normaliser>) {
  return {{{"none", Normaliser::kNone},
           {"trim", Normaliser::kTrim},
           {"symbol", Normaliser::kSymbol},
           {"email", Normaliser::kEmail},
           {"domain", Normaliser::kDomain},
           {"phone", Normaliser::kPhone},
           {"country", Normaliser::kCountry},
           {"region", Normaliser::kRegion},
           {"company", Normaliser::kCompany}}};
}

// A bound, in the form its field is written in: read once the field's type is known.
struct Bound {
  std::string text;
};
inline bool ReadYaml(const YamlNode& node, Bound* out, Diagnostics& diagnostics) {
  return ReadYaml(node, &out->text, diagnostics);
}
constexpr std::string_view YamlTypeName(std::type_identity<Bound>) {
  return "number, instant or duration";
}

struct FieldDoc {
  static constexpr std::string_view kYamlName = "field";
  static constexpr std::string_view kYamlShort = "{ type: * }";
  static constexpr Habit kYamlHabits[] = {
      {"description", "meaning"}, {"label", "meaning"}, {"pii", "personal"}};
  Type type = Type::kMissing;  // as long as it could not be read
  std::optional<Located<Bound>> min, max;
  std::optional<Located<Normaliser>> normalise;
  bool personal = false;
  std::string meaning;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    v.Required("type", &FieldDoc::type, "What the field holds.");
    v.Field("min", &FieldDoc::min,
            "Smallest value, written as its field's values are: `0.5`, `1h`. Not of texts.");
    v.Field("max", &FieldDoc::max,
            "Largest value, written alike; of texts: bytes, of lists: items.");
    v.Field("normalise", &FieldDoc::normalise, "What intake does to it; texts: trim.");
    v.Field("personal", &FieldDoc::personal, "It says something about a person: erased with them.");
    v.Field("meaning", &FieldDoc::meaning, "What it means, for people.");
  }
};

struct FieldsDoc {
  static constexpr std::string_view kYamlName = "fields";
  YamlMap<FieldDoc, Located<std::string>> fields;
  template <class V>
  static void Describe(V& v) {
    v.Rest("lead.name", &FieldsDoc::fields, "A field of a lead, account, submission or event.");
  }
};

enum class KeepOrStrip : uint8_t { kStrip, kKeep };
constexpr std::array<YamlName<KeepOrStrip>, 2> YamlNames(std::type_identity<KeepOrStrip>) {
  return {{{"strip", KeepOrStrip::kStrip}, {"keep", KeepOrStrip::kKeep}}};
}
struct EmailDoc {
  static constexpr std::string_view kYamlName = "email";
  KeepOrStrip plus_addressing = KeepOrStrip::kStrip;
  KeepOrStrip gmail_dots = KeepOrStrip::kStrip;
  std::vector<Located<std::string>> not_free;
  template <class V>
  static void Describe(V& v) {
    v.Field("plus_addressing", &EmailDoc::plus_addressing, "ann+x@acme.com is ann@acme.com.");
    v.Field("gmail_dots", &EmailDoc::gmail_dots, "a.nn@gmail.com is ann@gmail.com.");
    v.Field("not_free", &EmailDoc::not_free,
            "Free-mail domains that are companies to you: their people share one account. Homes "
            "follow it, so say it before the first lead comes.",
            {.max_items = 1000, .or_one = true});
  }
};
struct IdentityDoc {
  static constexpr std::string_view kYamlName = "identity";
  EmailDoc email;
  std::vector<std::string> survivorship;
  Located<Duration> stale_after{Days(7), {}};
  template <class V>
  static void Describe(V& v) {
    v.Field("email", &IdentityDoc::email, "When two addresses are one person.");
    v.Field("survivorship", &IdentityDoc::survivorship,
            "Classes of sources, strongest first; then the newest wins.", {.max_items = 64});
    v.Field("stale_after", &IdentityDoc::stale_after,
            "Leads delivered later than this get the standard SLA.");
  }
};

struct ListsDoc {
  static constexpr std::string_view kYamlName = "lists";
  YamlMap<std::vector<std::string>, Located<std::string>> lists;
  template <class V>
  static void Describe(V& v) {
    v.Rest("name", &ListsDoc::lists, "Texts, for `in: lists.name`; case does not count.");
  }
};

}  // namespace pm
