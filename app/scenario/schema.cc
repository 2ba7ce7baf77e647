#include "app/scenario/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/outputs/events.h"

namespace pm {
namespace {

using Kind = JsonNode::Kind;

bool IsOfType(const JsonNode& value, std::string_view type) {
  if (type == "object") return value.is(Kind::kObject);
  if (type == "array") return value.is(Kind::kArray);
  if (type == "string") return value.is(Kind::kString);
  if (type == "boolean") return value.is(Kind::kBool);
  if (type == "integer") {
    return value.is(Kind::kNumber) && value.text.find_first_of(".eE") == std::string::npos;
  }
  return type == "number" && value.is(Kind::kNumber);
}

std::string ObjectProblem(const JsonNode& schema, const JsonNode& value,
                          const std::string& pointer) {
  if (const JsonNode* required = schema.Find("required")) {
    for (const JsonNode& name : required->items) {
      if (value.Find(name.text) == nullptr)
        return fmt::format("{}/{} is missing", pointer, name.text);
    }
  }
  const JsonNode* properties = schema.Find("properties");
  const JsonNode* others = schema.Find("additionalProperties");
  const bool closed = others != nullptr && others->is(Kind::kBool) && !others->boolean;
  for (const auto& [name, member] : value.members) {
    const std::string path = fmt::format("{}/{}", pointer, name);
    const JsonNode* known = properties == nullptr ? nullptr : properties->Find(name);
    if (known == nullptr && closed) return path + " is not allowed";
    if (known == nullptr) continue;
    std::string problem = SchemaProblem(*known, member, path);
    if (!problem.empty()) return problem;
  }
  return {};
}

}  // namespace

std::string SchemaProblem(const JsonNode& schema, const JsonNode& value,
                          const std::string& pointer) {
  constexpr auto kKnown =
      std::to_array<std::string_view>({"$schema", "title", "description", "format", "type", "const",
                                       "required", "properties", "additionalProperties", "items"});
  if (schema.is(Kind::kBool)) return schema.boolean ? "" : pointer + " is not allowed";
  for (const auto& [keyword, unused] : schema.members) {
    if (std::ranges::find(kKnown, keyword) == kKnown.end()) {
      return fmt::format("{}: the schema's keyword '{}' is not checked here", pointer, keyword);
    }
  }
  if (const JsonNode* type = schema.Find("type"); type != nullptr && !IsOfType(value, type->text)) {
    return fmt::format("{} is no {}", pointer.empty() ? "/" : pointer, type->text);
  }
  if (const JsonNode* constant = schema.Find("const"); constant && constant->text != value.text) {
    return fmt::format("{} is not '{}'", pointer, constant->text);
  }
  if (value.is(Kind::kObject)) return ObjectProblem(schema, value, pointer);
  const JsonNode* items = schema.Find("items");
  if (!value.is(Kind::kArray) || items == nullptr) return {};
  for (size_t i = 0; i < value.items.size(); ++i) {
    std::string problem = SchemaProblem(*items, value.items[i], fmt::format("{}/{}", pointer, i));
    if (!problem.empty()) return problem;
  }
  return {};
}

void SchemaChecker::Check(const Output& output) {
  ++checked_;
  auto schema = schemas_.find(output.type);
  if (schema == schemas_.end()) {
    Result<JsonNode> parsed = ParseJson(OutputSchema(output.type));
    if (!parsed.has_value()) {
      problems_.emplace(output.type, "has no schema");
      return;
    }
    schema = schemas_.emplace(output.type, *std::move(parsed)).first;
  }
  const Result<JsonNode> json = ParseJson(output.json);
  const std::string problem =
      json.has_value() ? SchemaProblem(schema->second, *json) : json.error().text;
  if (!problem.empty()) problems_.emplace(output.type, problem + " in " + output.json);
}

std::string SchemaChecker::Problems() const {
  std::string text;
  for (const auto& [type, problem] : problems_) text += fmt::format("{}: {}\n", type, problem);
  return text;
}

}  // namespace pm
