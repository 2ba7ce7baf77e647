#include "model/outputs/parts.h"

#include <array>

namespace pm {

std::string_view TopicName(Topic topic) {
  constexpr std::array<std::string_view, kTopics> kNames = {
      "leads",   "assignments", "sla",    "cadence",     "handoffs",
      "privacy", "decisions",   "alerts", "dead-letters"};
  return kNames[static_cast<size_t>(topic)];
}

bool IsEmpty(const ExternalIds& ids) { return ids.tokens.empty(); }

void WriteJsonValue(JsonWriter& w, const ExternalIds& ids) {
  w.BeginObject();
  for (const std::string& token : ids.tokens) {
    const size_t colon = token.rfind(':');
    w.Field(token.substr(0, colon == std::string::npos ? 0 : colon),
            std::string_view(token).substr(colon == std::string::npos ? 0 : colon + 1));
  }
  w.EndObject();
}

bool IsEmpty(const NamedValues& values) { return values.json == "{}"; }
void WriteJsonValue(JsonWriter& w, const NamedValues& values) { w.Raw(values.json); }

NamedValues NameFields(FieldBlock block, const FieldTable& fields) {
  NamedValues named;
  named.json.clear();
  JsonWriter w(&named.json);
  w.BeginObject();
  for (BlockReader r(block); r.Next();) {
    const FieldDecl* decl = fields.Find(r.field());
    w.Key(decl == nullptr ? fmt::format("field {}", r.field().number) : std::string(decl->name));
    WriteValueJson(w, r.value());
  }
  w.EndObject();
  return named;
}

void WriteValueJson(JsonWriter& w, const Value& value) {
  switch (value.type) {
    case Type::kMissing:
      return w.Null();
    case Type::kBool:
      return w.Bool(value.number != 0);
    case Type::kInt:
    case Type::kDuration:
      return w.Int(value.number);
    case Type::kDecimal:
      return w.Micros(value.number);
    case Type::kInstant:
      return w.String(FormatInstant({value.number}));
    case Type::kText:
      return w.String(value.text);
    case Type::kTextList:
      w.BeginArray();
      for (const std::string_view item : ListItems(value.text)) w.String(item);
      return w.EndArray();
  }
}

OutContact ContactOf(FieldBlock fields) {
  OutContact contact;
  contact.name = fields.Text(Field("lead.name"));
  if (contact.name.empty()) {
    contact.name = fields.Text(Field("lead.first_name"));
    const std::string_view last = fields.Text(Field("lead.last_name"));
    if (!contact.name.empty() && !last.empty()) contact.name += ' ';
    contact.name += last;
  }
  contact.title = fields.Text(Field("lead.title"));
  contact.company = fields.Text(Field("account.name"));
  if (contact.company.empty()) contact.company = fields.Text(Field("lead.company"));
  contact.email = fields.Text(Field("lead.email"));
  contact.phone = fields.Text(Field("lead.phone"));
  contact.country = fields.Text(Field("lead.country"));
  contact.source = fields.Text(Field("submission.source"));
  if (contact.source.empty()) contact.source = fields.Text(Field("lead.source"));
  contact.message = fields.Text(Field("submission.message"));
  return contact;
}

OutScore ScoreOf(FieldBlock fields, std::vector<std::string> reasons) {
  OutScore score;
  score.fit = fields.Get(Field("score.fit")).number;
  score.engagement = fields.Get(Field("score.engagement")).number;
  score.grade = fields.Text(Field("score.grade"));
  score.reasons = std::move(reasons);
  return score;
}

}  // namespace pm
