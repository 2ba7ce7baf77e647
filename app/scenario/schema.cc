#include "app/scenario/schema.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>

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

int64_t NumberOf(const JsonNode& node) {
  int64_t number = 0;
  std::from_chars(node.text.data(), node.text.data() + node.text.size(), number);
  return number;
}

bool Same(const JsonNode& a, const JsonNode& b) {
  return a.kind == b.kind && a.text == b.text && a.boolean == b.boolean;
}

// The keywords that say nothing about what is allowed, or are read beside another.
constexpr auto kKnown = std::to_array<std::string_view>(
    {"$schema",       "$defs",    "$ref",          "title",
     "description",   "format",   "default",       "examples",
     "type",          "const",    "enum",          "required",
     "properties",    "anyOf",    "allOf",         "if",
     "then",          "items",    "propertyNames", "patternProperties",
     "minProperties", "minItems", "maxItems",      "minimum",
     "maximum",       "pattern",  "maxProperties", "additionalProperties",
     "oneOf",         "not"});

class Checker {
 public:
  explicit Checker(const JsonNode& root) : root_(root) {}

  std::string Problem(const JsonNode& schema, const JsonNode& value,
                      const std::string& pointer) const {
    if (schema.is(Kind::kBool)) return schema.boolean ? "" : pointer + " is not allowed";
    for (const auto& [keyword, unused] : schema.members) {
      if (std::ranges::find(kKnown, keyword) == kKnown.end()) {
        return fmt::format("{}: the schema's keyword '{}' is not checked here", pointer, keyword);
      }
    }
    std::string problem = ValueProblem(schema, value, pointer.empty() ? "/" : pointer);
    if (problem.empty()) problem = PartsProblem(schema, value, pointer);
    if (problem.empty() && value.is(Kind::kObject)) problem = ObjectProblem(schema, value, pointer);
    if (problem.empty() && value.is(Kind::kArray)) problem = ArrayProblem(schema, value, pointer);
    return problem;
  }

 private:
  // What is said about the value itself.
  static std::string ValueProblem(const JsonNode& schema, const JsonNode& value,
                                  const std::string& pointer) {
    if (const JsonNode* type = schema.Find("type"); type != nullptr) {
      const bool fits =
          type->is(Kind::kArray)
              ? std::ranges::any_of(type->items,
                                    [&](const JsonNode& one) { return IsOfType(value, one.text); })
              : IsOfType(value, type->text);
      if (!fits) {
        return fmt::format("{} is no {}", pointer,
                           type->is(Kind::kArray) ? type->items.front().text : type->text);
      }
    }
    if (const JsonNode* constant = schema.Find("const"); constant && !Same(*constant, value)) {
      return fmt::format("{} is not '{}'", pointer, constant->text);
    }
    if (const JsonNode* names = schema.Find("enum"); names != nullptr) {
      const bool known = std::ranges::any_of(
          names->items, [&value](const JsonNode& name) { return Same(name, value); });
      if (!known) return fmt::format("{} is '{}', which is none of the names", pointer, value.text);
    }
    if (value.is(Kind::kNumber)) {
      const JsonNode *low = schema.Find("minimum"), *high = schema.Find("maximum");
      const int64_t number = NumberOf(value);
      if ((low != nullptr && number < NumberOf(*low)) ||
          (high != nullptr && number > NumberOf(*high)))
        return fmt::format("{} is {}, out of range", pointer, number);
    }
    const JsonNode* pattern = value.is(Kind::kString) ? schema.Find("pattern") : nullptr;
    if (pattern == nullptr || RE2::PartialMatch(value.text, pattern->text)) return {};
    return fmt::format("{} is '{}', not {}", pointer, value.text, pattern->text);
  }

  // What is said by other schemas.
  std::string PartsProblem(const JsonNode& schema, const JsonNode& value,
                           const std::string& pointer) const {
    if (const JsonNode* ref = schema.Find("$ref"); ref != nullptr) {
      constexpr std::string_view kDefs = "#/$defs/";
      const JsonNode* target =
          ref->text.starts_with(kDefs)
              ? root_.At({"$defs", std::string_view(ref->text).substr(kDefs.size())})
              : nullptr;
      if (target == nullptr) return fmt::format("{}: the schema has no {}", pointer, ref->text);
      if (std::string problem = Problem(*target, value, pointer); !problem.empty()) return problem;
    }
    if (const JsonNode* all = schema.Find("allOf"); all != nullptr) {
      for (const JsonNode& part : all->items) {
        if (std::string problem = Problem(part, value, pointer); !problem.empty()) return problem;
      }
    }
    if (const JsonNode* any = schema.Find("anyOf"); any != nullptr) {
      std::string problems;
      for (const JsonNode& part : any->items) {
        const std::string problem = Problem(part, value, pointer);
        if (problem.empty()) return {};
        problems += fmt::format("{}{}", problems.empty() ? "" : "; or ", problem);
      }
      return problems;
    }
    if (const JsonNode* one = schema.Find("oneOf"); one != nullptr) {
      const auto holding = std::ranges::count_if(
          one->items, [&](const JsonNode& part) { return Problem(part, value, pointer).empty(); });
      if (holding != 1) return fmt::format("{} is {} of what it is one of", pointer, holding);
    }
    if (const JsonNode* no = schema.Find("not"); no && Problem(*no, value, pointer).empty()) {
      return fmt::format("{} is '{}', which it may not be", pointer, value.text);
    }
    const JsonNode *condition = schema.Find("if"), *then = schema.Find("then");
    if (condition == nullptr || then == nullptr || !Problem(*condition, value, pointer).empty())
      return {};
    return Problem(*then, value, pointer);
  }

  std::string ObjectProblem(const JsonNode& schema, const JsonNode& value,
                            const std::string& pointer) const {
    if (const JsonNode* required = schema.Find("required")) {
      for (const JsonNode& name : required->items) {
        if (value.Find(name.text) == nullptr)
          return fmt::format("{}/{} is missing", pointer, name.text);
      }
    }
    const JsonNode *least = schema.Find("minProperties"), *most = schema.Find("maxProperties");
    const auto size = static_cast<int64_t>(value.members.size());
    if ((least != nullptr && size < NumberOf(*least)) ||
        (most != nullptr && size > NumberOf(*most)))
      return fmt::format("{} has {} keys", pointer, size);
    for (const auto& [name, member] : value.members) {
      if (std::string problem = MemberProblem(schema, name, member, pointer); !problem.empty())
        return problem;
    }
    return {};
  }

  std::string MemberProblem(const JsonNode& schema, const std::string& name, const JsonNode& member,
                            const std::string& pointer) const {
    const std::string path = fmt::format("{}/{}", pointer, name);
    if (const JsonNode* names = schema.Find("propertyNames"); names != nullptr) {
      const JsonNode key{.kind = Kind::kString, .boolean = false, .text = name};
      if (std::string problem = Problem(*names, key, path); !problem.empty()) return problem;
    }
    bool known = false;
    if (const JsonNode* found = schema.At({"properties", name}); found != nullptr) {
      known = true;
      if (std::string problem = Problem(*found, member, path); !problem.empty()) return problem;
    }
    if (const JsonNode* patterns = schema.Find("patternProperties"); patterns != nullptr) {
      for (const auto& [pattern, part] : patterns->members) {
        if (!RE2::PartialMatch(name, pattern)) continue;
        known = true;
        if (std::string problem = Problem(part, member, path); !problem.empty()) return problem;
      }
    }
    const JsonNode* others = schema.Find("additionalProperties");
    return known || others == nullptr ? "" : Problem(*others, member, path);
  }

  std::string ArrayProblem(const JsonNode& schema, const JsonNode& value,
                           const std::string& pointer) const {
    const JsonNode *least = schema.Find("minItems"), *most = schema.Find("maxItems");
    const auto size = static_cast<int64_t>(value.items.size());
    if ((least != nullptr && size < NumberOf(*least)) ||
        (most != nullptr && size > NumberOf(*most)))
      return fmt::format("{} has {} items", pointer, size);
    const JsonNode* items = schema.Find("items");
    for (size_t i = 0; items != nullptr && i < value.items.size(); ++i) {
      std::string problem = Problem(*items, value.items[i], fmt::format("{}/{}", pointer, i));
      if (!problem.empty()) return problem;
    }
    return {};
  }

  const JsonNode& root_;
};

}  // namespace

std::string SchemaProblem(const JsonNode& schema, const JsonNode& value) {
  return Checker(schema).Problem(schema, value, "");
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
