#include <fmt/format.h>

#include <cctype>

#include "base/text/json_writer.h"
#include "base/time/text.h"
#include "model/value_text.h"
#include "rules/prove/find_lead.h"

namespace pm {
namespace {

// A text that YAML reads as itself within `{ }` and `[ ]`; else quoted.
std::string YamlText(std::string_view text) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '/';
  };
  const auto inner = [&](char c) {
    return plain(c) || c == '-' || c == ' ' || c == '@' || c == '+';
  };
  const bool ends = !text.empty() && plain(text.front()) && plain(text.back());
  if (ends && std::ranges::all_of(text, inner)) return std::string(text);
  std::string quoted;
  JsonWriter(&quoted).String(text);
  return quoted;
}

std::string YamlValue(const Value& value) {
  if (value.type == Type::kText) return YamlText(value.text);
  if (value.type != Type::kTextList) {
    return value.type == Type::kDecimal ? DecimalText(value.number) : ValueText(value);
  }
  std::vector<std::string> items;
  for (const std::string_view item : ListItems(value.text)) items.push_back(YamlText(item));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

void WriteValue(const Value& value, JsonWriter* json) {
  switch (value.type) {
    case Type::kBool:
      return json->Bool(value.number != 0);
    case Type::kInt:
      return json->Int(value.number);
    case Type::kDecimal:
      return json->Micros(value.number);
    case Type::kText:
      return json->String(value.text);
    case Type::kTextList:
      json->BeginArray();
      for (const std::string_view item : ListItems(value.text)) json->String(item);
      return json->EndArray();
    case Type::kInstant:
      return json->String(FormatInstant({value.number}));
    case Type::kDuration:
      return json->String(FormatDuration({value.number}));
    case Type::kMissing:
      break;
  }
  json->Null();
}

template <class F>
void EachField(FieldBlock facts, const FieldTable& fields, const F& visit) {
  for (BlockReader reader(facts); reader.Next();) {
    if (const FieldDecl* field = fields.Find(reader.field())) visit(*field, reader.value());
  }
}

}  // namespace

std::string LeadYaml(FieldBlock facts, const FieldTable& fields) {
  std::vector<std::string> pairs;
  EachField(facts, fields, [&](const FieldDecl& field, const Value& value) {
    pairs.push_back(fmt::format("{}: {}", field.name, YamlValue(value)));
  });
  return pairs.empty() ? "{}" : fmt::format("{{ {} }}", fmt::join(pairs, ", "));
}

std::string ValueJson(const Value& value) {
  std::string text;
  JsonWriter json(&text);
  WriteValue(value, &json);
  return text;
}

std::string LeadJson(FieldBlock facts, const FieldTable& fields) {
  std::string text;
  JsonWriter json(&text);
  json.BeginObject();
  EachField(facts, fields, [&](const FieldDecl& field, const Value& value) {
    json.Key(field.name);
    WriteValue(value, &json);
  });
  json.EndObject();
  return text;
}

}  // namespace pm
