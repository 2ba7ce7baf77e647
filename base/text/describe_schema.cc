#include "base/text/describe_schema.h"

#include <algorithm>

namespace pm {
namespace {

std::string Dashed(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, ' ', '-');
  return text;
}

}  // namespace

void YamlSchema::Define(std::string_view type, std::string json) {
  definitions_[Dashed(type)] = std::move(json);
}

std::string YamlSchema::Ref(std::string_view name) {
  return fmt::format(R"({{"$ref":"#/$defs/{}"}})", Dashed(name));
}

std::string YamlSchema::Extras(std::string_view section, std::string_view key) const {
  return extras_ ? extras_(section, key) : "";
}

void YamlSchema::Mention(std::string_view type) {
  definitions_.emplace(Dashed(type), fmt::format(R"({{"title":{}}})", JsonString(type)));
}

std::string YamlSchema::Json(std::string_view title, std::string_view description) const {
  std::vector<std::string> names, branches, definitions;
  for (const std::string& kind : kinds_) {
    names.push_back(JsonString(kind));
    branches.push_back(fmt::format(
        R"({{"if":{{"properties":{{"kind":{{"const":{}}}}},"required":["kind"]}},"then":{}}})",
        names.back(), Ref(kind)));
  }
  for (const auto& [name, json] : definitions_) {
    definitions.push_back(fmt::format("{}:{}", JsonString(name), json));
  }
  return fmt::format(
      R"({{"$schema":"https://json-schema.org/draft/2020-12/schema","title":{},"description":{},
"type":"object","required":["kind"],
"properties":{{"kind":{{"description":"What the document is about.","enum":[{}]}}}},
"allOf":[
{}],
"$defs":{{
{}}}}}
)",
      JsonString(title), JsonString(description), fmt::join(names, ","), fmt::join(branches, ",\n"),
      fmt::join(definitions, ",\n"));
}

namespace yaml_detail {

std::string IntegerSchema(const YamlOptions& options) {
  std::string json = R"({"type":"integer")";
  if (options.min != INT64_MIN) json += fmt::format(R"(,"minimum":{})", options.min);
  if (options.max != INT64_MAX) json += fmt::format(R"(,"maximum":{})", options.max);
  return json + "}";
}

std::string ArraySchema(const std::string& item, const YamlOptions& options) {
  const std::string list =
      fmt::format(R"({{"type":"array","items":{},"maxItems":{}}})", item, options.max_items);
  return options.or_one ? fmt::format(R"({{"anyOf":[{},{}]}})", item, list) : list;
}

std::string MapSchema(const std::string& key, const std::string& value,
                      const YamlOptions& options) {
  const std::string names = key == kAnyScalar ? "" : fmt::format(R"("propertyNames":{},)", key);
  return fmt::format(R"({{"type":"object",{}"additionalProperties":{},"maxProperties":{}}})", names,
                     value, options.max_items);
}

std::string DescribedSchema(const std::string& schema, std::string_view meaning,
                            const std::string& fallback, const std::string& extras) {
  std::string json = schema.substr(0, schema.size() - 1);
  const auto add = [&json](std::string_view members) {
    if (members.empty()) return;
    if (!json.ends_with('{')) json += ',';
    json += members;
  };
  if (!meaning.empty()) add(fmt::format(R"("description":{})", JsonString(meaning)));
  if (!fallback.empty()) add(fmt::format(R"("default":{})", fallback));
  add(extras);
  return json + "}";
}

}  // namespace yaml_detail
}  // namespace pm
