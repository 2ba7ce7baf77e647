#include "app/simulate/lead_file.h"

#include <array>

#include "app/scenario/scenario.h"
#include "base/text/json_writer.h"
#include "base/time/text.h"
#include "model/decode/json_tree.h"

namespace pm {
namespace {

constexpr int kNoLead = 720;
constexpr std::string_view kType = "lead.submitted";
constexpr auto kIdentities =
    std::to_array<std::string_view>({"email", "lead.email", "phone", "lead.phone", "anonymous_id",
                                     "external_ids", "person_id", "lead_id"});

void Write(const JsonNode& node, JsonWriter& w) {
  switch (node.kind) {
    case JsonNode::Kind::kNull:
      return w.Null();
    case JsonNode::Kind::kBool:
      return w.Bool(node.boolean);
    case JsonNode::Kind::kNumber:
      return w.Raw(node.text);
    case JsonNode::Kind::kString:
      return w.String(node.text);
    case JsonNode::Kind::kArray:
      w.BeginArray();
      for (const JsonNode& item : node.items) Write(item, w);
      return w.EndArray();
    case JsonNode::Kind::kObject:
      w.BeginObject();
      for (const JsonMember& member : node.members) {
        w.Key(member.name);
        Write(member.value, w);
      }
      return w.EndObject();
  }
}

std::string TextOf(const JsonNode& node) {
  std::string text;
  JsonWriter w(&text);
  Write(node, w);
  return text;
}

Result<std::string> AsJson(const std::string& path, std::string text) {
  if (ParseJson(text).has_value()) return text;
  const Source source(path, std::move(text));
  Diagnostics diagnostics;
  const std::vector<YamlNode> documents = ParseYaml(source, diagnostics);
  if (diagnostics.has_errors()) return Fail(kNoLead, diagnostics.Render());
  if (documents.size() != 1) {
    return Fail(kNoLead,
                fmt::format("{} holds {} documents; one lead is wanted", path, documents.size()));
  }
  return YamlToJson(documents.front(), [](std::string_view reference) -> Result<std::string> {
    return fmt::format("${{{}}}", reference);
  });
}

bool IsEntity(std::string_view name) { return EntityOf(std::string(name) + ".x").has_value(); }

}  // namespace

Result<LeadFile> LeadFile::Read(const std::string& path, std::string text) {
  PM_TRY(const std::string json, AsJson(path, std::move(text)));
  const Result<JsonNode> tree = ParseJson(json);
  if (!tree.has_value()) return Fail(kNoLead, fmt::format("{}: {}", path, tree.error().text));
  if (!tree->is(JsonNode::Kind::kObject)) {
    return Fail(kNoLead, fmt::format("{} is no map of fields and no event", path));
  }
  LeadFile lead;
  const JsonNode* data = tree->Find("data");
  const std::string_view type = tree->Text({"type"});
  if (data != nullptr && !type.empty()) {
    if (type != kType || !data->is(JsonNode::Kind::kObject)) {
      return Fail(kNoLead, fmt::format("{} is an event of type '{}'; a lead comes as {}", path,
                                       type, kType));
    }
    if (const auto time = ParseInstant(tree->Text({"time"}))) lead.time_ = *time;
  } else {
    data = &*tree;
  }
  std::string twice;
  const auto add = [&](const std::string& key, const JsonNode& value) {
    if (!lead.data_.emplace(key, TextOf(value)).second) twice = key;
  };
  for (const JsonMember& member : data->members) {
    if (!member.value.is(JsonNode::Kind::kObject) || !IsEntity(member.name)) {
      add(member.name, member.value);
      continue;
    }
    for (const JsonMember& field : member.value.members) {
      add(member.name + "." + field.name, field.value);
    }
  }
  if (!twice.empty()) return Fail(kNoLead, fmt::format("{} says '{}' twice", path, twice));
  return lead;
}

std::string LeadFile::EventAt(Instant at) const {
  EventData all = data();
  if (!NamesSomebody()) all.emplace_back("external_ids", R"({"file:lead":"1"})");
  const std::string time = FormatInstant(at);
  return EventJson({.id = "lead", .source = "form", .type = kType, .time = time}, all);
}

bool LeadFile::NamesSomebody() const {
  return std::ranges::any_of(kIdentities, [this](std::string_view key) {
    const auto said = data_.find(std::string(key));
    return said != data_.end() && said->second != "null" && said->second != R"("")";
  });
}

std::optional<std::string> LeadFile::Take(const std::string& key) {
  const auto found = data_.find(key);
  if (found == data_.end()) return std::nullopt;
  std::string json = std::move(found->second);
  data_.erase(found);
  return json;
}

void LeadFile::Set(const FieldTable& fields, std::string_view field, const std::string& json) {
  const std::string name(field);
  data_.erase(name);
  const std::string bare = name.substr(name.find('.') + 1);
  // A form's bare key is the submission's field if it has such a one, else the lead's.
  const bool of_submission = fields.Find("submission." + bare) != nullptr;
  if (name == (of_submission ? "submission." : "lead.") + bare) data_.erase(bare);
  if (!json.empty()) data_[name] = json;
}

}  // namespace pm
