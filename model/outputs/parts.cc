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

bool IsEmpty(const NamedBlock& named) { return named.block.empty(); }
void WriteJsonValue(JsonWriter& w, const NamedBlock& named) {
  if (!named.json.empty()) return w.Raw(named.json);
  w.BeginObject();
  for (BlockReader r(named.block); r.Next();) {
    const FieldDecl* decl = named.fields->Find(r.field());
    if (decl != nullptr) {
      w.PlainKey(decl->name);
    } else {
      w.Key(fmt::format("field {}", r.field().number));
    }
    WriteValueJson(w, r.value());
  }
  w.EndObject();
}

NamedValues NameFields(FieldBlock block, const FieldTable& fields) {
  NamedValues named;
  named.json.clear();
  JsonWriter w(&named.json);
  WriteJsonValue(w, NamedBlock{block, &fields});
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
      return w.Plain(InstantText({value.number}).view());
    case Type::kText:
      return w.String(value.text);
    case Type::kTextList:
      w.BeginArray();
      for (const std::string_view item : ListItems(value.text)) w.String(item);
      return w.EndArray();
  }
}

OutContact ContactOf(FieldBlock fields) { return ContactOf(std::span(&fields, 1)); }

OutContact ContactOf(std::span<const FieldBlock> blocks) {
  std::string_view name, title, company, email, phone, country, source, message;
  std::string_view first, last, lead_company, lead_source;
  // One walk over a block: a look-up of each would begin at its front every time. What a later
  // block clears is empty.
  for (const FieldBlock block : blocks) {
    for (BlockReader r(block); r.Next();) {
      const std::string_view text = r.value().text;
      switch (r.field().number) {
        case Field("lead.name").number:
          name = text;
          break;
        case Field("lead.first_name").number:
          first = text;
          break;
        case Field("lead.last_name").number:
          last = text;
          break;
        case Field("lead.title").number:
          title = text;
          break;
        case Field("account.name").number:
          company = text;
          break;
        case Field("lead.company").number:
          lead_company = text;
          break;
        case Field("lead.email").number:
          email = text;
          break;
        case Field("lead.phone").number:
          phone = text;
          break;
        case Field("lead.country").number:
          country = text;
          break;
        case Field("submission.source").number:
          source = text;
          break;
        case Field("lead.source").number:
          lead_source = text;
          break;
        case Field("submission.message").number:
          message = text;
          break;
        default:
          break;
      }
    }
  }
  OutContact contact;
  contact.name = name;
  if (name.empty()) {
    contact.name.reserve(first.size() + last.size() + 1);
    contact.name = first;
    if (!first.empty() && !last.empty()) contact.name += ' ';
    contact.name += last;
  }
  contact.title = title;
  contact.company = company.empty() ? lead_company : company;
  contact.email = email;
  contact.phone = phone;
  contact.country = country;
  contact.source = source.empty() ? lead_source : source;
  contact.message = message;
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
