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
  const auto system_of = [](std::string_view token) {
    const size_t colon = token.rfind(':');
    return token.substr(0, colon == std::string_view::npos ? 0 : colon);
  };
  w.BeginObject();
  for (auto it = ids.tokens.begin(); it != ids.tokens.end(); ++it) {
    const std::string_view system = system_of(*it);
    const bool replaced = std::any_of(it + 1, ids.tokens.end(), [&](const std::string& later) {
      return system_of(later) == system;
    });
    if (!replaced)
      w.Field(system, std::string_view(*it).substr(system.empty() ? 0 : system.size() + 1));
  }
  w.EndObject();
}

bool IsEmpty(const NamedValues& values) { return values.json == "{}"; }
void WriteJsonValue(JsonWriter& w, const NamedValues& values) { w.Raw(values.json); }

NamedValues NameFields(FieldBlock block, const FieldTable& fields) {
  constexpr size_t kUsualBytes = 1024;
  NamedValues named;
  named.json.clear();
  named.json.reserve(kUsualBytes);
  JsonWriter w(&named.json);
  w.BeginObject();
  for (BlockReader r(block); r.Next();) {
    const FieldDecl* decl = fields.Find(r.field());
    if (decl != nullptr) {
      w.Key(decl->name);
    } else {
      w.Key(fmt::format("field {}", r.field().number));
    }
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
      return w.Int(value.number);
    case Type::kDuration:
      return w.String(FormatDuration({value.number}));
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
  std::string_view first, last, lead_company, lead_source;
  // One walk over the block: a look-up of each would begin at its front every time.
  for (BlockReader r(fields); r.Next();) {
    const std::string_view text = r.value().text;
    switch (r.field().number) {
      case Field("lead.name").number:
        contact.name = text;
        break;
      case Field("lead.first_name").number:
        first = text;
        break;
      case Field("lead.last_name").number:
        last = text;
        break;
      case Field("lead.title").number:
        contact.title = text;
        break;
      case Field("account.name").number:
        contact.company = text;
        break;
      case Field("lead.company").number:
        lead_company = text;
        break;
      case Field("lead.email").number:
        contact.email = text;
        break;
      case Field("lead.phone").number:
        contact.phone = text;
        break;
      case Field("lead.country").number:
        contact.country = text;
        break;
      case Field("submission.source").number:
        contact.source = text;
        break;
      case Field("lead.source").number:
        lead_source = text;
        break;
      case Field("submission.message").number:
        contact.message = text;
        break;
      default:
        break;
    }
  }
  if (contact.name.empty()) {
    contact.name = first;
    if (!first.empty() && !last.empty()) contact.name += ' ';
    contact.name += last;
  }
  if (contact.company.empty()) contact.company = lead_company;
  if (contact.source.empty()) contact.source = lead_source;
  return contact;
}

OutScore ScoreOf(FieldBlock fields, std::vector<std::string> reasons) {
  OutScore score;
  for (BlockReader r(fields); r.Next();) {
    if (r.field() == Field("score.fit")) score.fit = r.value().number;
    if (r.field() == Field("score.engagement")) score.engagement = r.value().number;
    if (r.field() == Field("score.grade")) score.grade = r.value().text;
  }
  score.reasons = std::move(reasons);
  return score;
}

}  // namespace pm
