// JSON Schema (draft 2020-12) from the descriptions of describe_yaml.h, for editors: a definition
// for each struct, with each key's meaning, type, bounds, names and default, and an entrance that
// looks at the document's `kind`. Keys that are not built yet are left out, so that they are
// refused. The same bytes each time.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/text/describe_docs.h"
#include "base/text/json_writer.h"

namespace pm {

// What the description does not know: JSON members that go beside the schema of a key, as
// `"examples":["ana","bo"]`; empty: none. A map's chosen keys are asked for as `<name>`, a document
// as its key `kind`, a struct as a whole by an empty key.
using SchemaExtras = std::function<std::string(std::string_view section, std::string_view key)>;

class YamlSchema {
 public:
  explicit YamlSchema(SchemaExtras extras = {}) : extras_(std::move(extras)) {}

  // A kind of document; its name is the struct's.
  template <YamlDescribed T>
  void Add();
  // A struct that only definitions below name.
  template <YamlDescribed T>
  void AddPart();
  // The schema of what YamlTypeName calls `type`, or of a name that such a schema refers to. A type
  // without one is any scalar, list or map.
  void Define(std::string_view type, std::string json);
  // `{"$ref":"#/$defs/NAME"}`; blanks are dashes.
  static std::string Ref(std::string_view name);
  // The text of a whole schema, a definition a line.
  std::string Json(std::string_view title, std::string_view description) const;
  const std::map<std::string, std::string>& definitions() const { return definitions_; }

  // For the visitor below.
  std::string Extras(std::string_view section, std::string_view key) const;
  void Mention(std::string_view type);

 private:
  template <YamlDescribed T>
  void AddStruct(bool is_document);

  SchemaExtras extras_;
  std::vector<std::string> kinds_;
  std::map<std::string, std::string> definitions_;  // by name with dashes
};

namespace yaml_detail {

inline constexpr std::string_view kAnyScalar = R"({"type":["string","number","boolean"]})";

std::string IntegerSchema(const YamlOptions& options);
std::string ArraySchema(const std::string& item, const YamlOptions& options);
std::string MapSchema(const std::string& key, const std::string& value, const YamlOptions& options);
// `schema`, an object, with the description, the default and the extras in it; `fallback` is JSON.
std::string DescribedSchema(const std::string& schema, std::string_view meaning,
                            const std::string& fallback, const std::string& extras);

// The schema of a type, adding the definitions of structs it mentions.
template <class X>
std::string SchemaOf(const YamlOptions& options, YamlSchema& schema) {
  if constexpr (std::same_as<X, int64_t>) {
    return IntegerSchema(options);
  } else if constexpr (std::same_as<X, bool>) {
    return R"({"type":"boolean"})";
  } else if constexpr (std::same_as<X, std::string>) {
    return std::string(kAnyScalar);
  } else if constexpr (kIsMap<X>) {
    using Pair = typename X::value_type;
    return MapSchema(SchemaOf<typename Pair::first_type>({}, schema),
                     SchemaOf<typename Pair::second_type>(options, schema), options);
  } else if constexpr (kIsVector<X>) {
    return ArraySchema(SchemaOf<typename X::value_type>(options, schema), options);
  } else if constexpr (kIsOptional<X>) {
    return SchemaOf<typename X::value_type>(options, schema);
  } else if constexpr (kIsPointer<X>) {
    return SchemaOf<typename X::element_type>(options, schema);
  } else if constexpr (kIsLocated<X>) {
    return SchemaOf<decltype(X::value)>(options, schema);
  } else if constexpr (YamlEnum<X>) {
    std::vector<std::string> names;
    for (const auto& entry : YamlNames(std::type_identity<X>{})) {
      names.push_back(JsonString(entry.name));
    }
    return fmt::format(R"({{"enum":[{}]}})", fmt::join(names, ","));
  } else if constexpr (YamlDescribed<X>) {
    schema.AddPart<X>();
    return YamlSchema::Ref(X::kYamlName);
  } else {
    const std::string_view type = YamlTypeName(std::type_identity<X>{});
    schema.Mention(type);
    return YamlSchema::Ref(type);
  }
}

// A default as JSON; empty: none to be told.
template <class X>
std::string DefaultJson(const X& value) {
  if constexpr (std::same_as<X, bool> || std::same_as<X, int64_t>) {
    return DefaultText(value);
  } else if constexpr (kIsLocated<X>) {
    return DefaultJson(value.value);
  } else if constexpr (kIsVector<X> || kIsOptional<X> || YamlDescribed<X>) {
    return {};
  } else {
    const std::string text = DefaultText(value);
    return text.empty() ? "" : JsonString(text);
  }
}

template <class T>
class SchemaVisitor {
 public:
  explicit SchemaVisitor(YamlSchema& schema) : schema_(schema) {}

  template <class X>
  void Field(std::string_view key, X T::* member, std::string_view meaning,
             const YamlOptions& options = {}) {
    AddKey(key, SchemaOf<X>(options, schema_), meaning, DefaultJson(defaults_.*member));
  }
  template <class X>
  void Required(std::string_view key, X T::*, std::string_view meaning,
                const YamlOptions& options = {}) {
    AddKey(key, SchemaOf<X>(options, schema_), meaning, "");
    required_.push_back(JsonString(key));
  }
  template <class X, class K>
  void Rest(std::string_view name, YamlMap<X, K> T::*, std::string_view meaning,
            const YamlOptions& options = {}) {
    std::string type;
    if constexpr (requires { typename T::RestIs; }) {
      type = SchemaOf<typename T::RestIs>(options, schema_);
    } else {
      type = SchemaOf<X>(options, schema_);
    }
    rest_ =
        DescribedSchema(type, meaning, "", schema_.Extras(T::kYamlName, fmt::format("<{}>", name)));
  }

  std::string Json(bool is_document) const {
    std::vector<std::string> properties = properties_, required = required_;
    if (is_document) {
      properties.insert(
          properties.begin(),
          "\"kind\":" + DescribedSchema(fmt::format(R"({{"const":{}}})", JsonString(T::kYamlName)),
                                        "", "", schema_.Extras(T::kYamlName, "kind")));
      required.insert(required.begin(), "\"kind\"");
    }
    const std::string schema = fmt::format(
        R"({{"title":{},"type":"object","properties":{{{}}},"required":[{}],"additionalProperties":{}}})",
        JsonString(T::kYamlName), fmt::join(properties, ","), fmt::join(required, ","),
        rest_.empty() ? "false" : rest_);
    return DescribedSchema(schema, "", "", schema_.Extras(T::kYamlName, ""));
  }

 private:
  void AddKey(std::string_view key, const std::string& type, std::string_view meaning,
              const std::string& fallback) {
    properties_.push_back(
        fmt::format("{}:{}", JsonString(key),
                    DescribedSchema(type, meaning, fallback, schema_.Extras(T::kYamlName, key))));
  }

  YamlSchema& schema_;
  std::vector<std::string> properties_, required_;
  std::string rest_;
  T defaults_{};
};

}  // namespace yaml_detail

template <YamlDescribed T>
void YamlSchema::AddStruct(bool is_document) {
  std::string name(T::kYamlName);
  std::ranges::replace(name, ' ', '-');
  const auto [place, is_new] = definitions_.emplace(name, "");
  if (!is_new) return;
  yaml_detail::SchemaVisitor<T> visitor(*this);
  T::Describe(visitor);
  place->second = visitor.Json(is_document);
}

template <YamlDescribed T>
void YamlSchema::Add() {
  kinds_.emplace_back(T::kYamlName);
  AddStruct<T>(true);
}

template <YamlDescribed T>
void YamlSchema::AddPart() {
  AddStruct<T>(false);
}

}  // namespace pm
