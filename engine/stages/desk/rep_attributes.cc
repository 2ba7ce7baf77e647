// What `rep.upserted` says of a rep: checked under the rules in force, kept, and laid over the
// roster file.
#include "engine/stages/desk/desk.h"
#include "rules/documents/scalars.h"
#include "rules/hours.h"

namespace pm {
namespace {

constexpr size_t kMostExternal = 16;

struct TextAttribute {
  FieldNumber field;
  std::string RosterRep::* member;
};
constexpr TextAttribute kTexts[] = {
    {Field("rep.email"), &RosterRep::email},   {Field("rep.name"), &RosterRep::name},
    {Field("rep.zone"), &RosterRep::zone},     {Field("rep.hours"), &RosterRep::hours},
    {Field("rep.role"), &RosterRep::role},     {Field("rep.manager"), &RosterRep::manager},
    {Field("rep.backup"), &RosterRep::backup}, {Field("rep.supports"), &RosterRep::supports}};

struct ListAttribute {
  FieldNumber field;
  std::vector<std::string> RosterRep::* member;
};
constexpr ListAttribute kLists[] = {{Field("rep.holidays"), &RosterRep::holidays},
                                    {Field("rep.leave"), &RosterRep::leave},
                                    {Field("rep.skills"), &RosterRep::skills}};

std::string_view ZoneOf(FieldBlock fields, std::string_view otherwise) {
  const std::string_view zone = fields.Text(Field("rep.zone"));
  return zone.empty() ? otherwise : zone;
}

std::string WhyNoDaysOff(const RuleBook& rules, std::string_view item, bool may_be_dates) {
  if (rules.KnowsDaysOff(item)) return {};
  if (!may_be_dates || item.ends_with(".ics"))
    return fmt::format("the rules have no file '{}' of days off", item);
  const Result<ClosedTimes> leave = ParseLeave(item);
  return leave.has_value() ? std::string() : leave.error().text;
}

std::string WhyNoDay(std::string_view text, std::string_view zone) {
  const Result<Instant> day = ParseWorkday(text, zone, 0);
  return day.has_value() ? std::string() : day.error().text;
}

// Why the rules in force can do nothing with the value; empty: they can.
std::string WhyUnusable(const RuleBook& rules, FieldNumber field, const Value& value,
                        std::string_view zone) {
  if (field == Field("rep.zone")) {
    const auto found = FindZone(value.text);
    return found.has_value() ? std::string() : found.error().text;
  }
  if (field == Field("rep.hours")) {
    if (rules.KnowsCalendar(value.text)) return {};
    return fmt::format("the rules have no calendar '{}'", value.text);
  }
  if (field == Field("rep.active_from") || field == Field("rep.active_to"))
    return WhyNoDay(value.text, zone);
  for (const std::string_view item : ListItems(value.text)) {
    std::string why;
    if (field == Field("rep.holidays")) why = WhyNoDaysOff(rules, item, false);
    if (field == Field("rep.leave")) why = WhyNoDaysOff(rules, item, true);
    if (field == Field("rep.caps")) {
      if (const auto cap = ParseCap(item); !cap) why = cap.error().text;
    }
    if (!why.empty()) return why;
  }
  return {};
}

bool IsRepField(const FieldTable& fields, FieldNumber field) {
  const FieldDecl* decl = fields.Find(field);
  return decl != nullptr && EntityOf(*decl) == Entity::kRep;
}

}  // namespace

RosterRep WithAttributes(RosterRep rep, const RepAttributes& said) {
  const FieldBlock fields(said.fields);
  for (const TextAttribute& text : kTexts) {
    if (const std::string_view value = fields.Text(text.field); !value.empty())
      rep.*text.member = value;
  }
  for (const ListAttribute& list : kLists) {
    const Value value = fields.Get(list.field);
    if (value.missing()) continue;
    const std::vector<std::string_view> items = ListItems(value.text);
    (rep.*list.member).assign(items.begin(), items.end());
  }
  if (const Value caps = fields.Get(Field("rep.caps")); !caps.missing()) {
    rep.caps.clear();
    for (const std::string_view item : ListItems(caps.text)) {
      if (const auto cap = ParseCap(item)) rep.caps.push_back(*cap);
    }
  }
  if (const auto from = ParseWorkday(fields.Text(Field("rep.active_from")), rep.zone, 0))
    rep.active_from = *from;
  if (const auto to = ParseWorkday(fields.Text(Field("rep.active_to")), rep.zone, 1))
    rep.active_to = *to;
  rep.external.insert(rep.external.end(), said.external.begin(), said.external.end());
  return rep;
}

void TakeAttributes(Desk& desk, RepRow* row, const Event& event) {
  const RuleBook& rules = desk.step.rules;
  RepAttributes& said = row->attributes.has_value() ? *row->attributes : row->attributes.emplace();
  const FieldBlock incoming(event.fields);
  const std::string zone(ZoneOf(incoming, ZoneOf(FieldBlock(said.fields), "UTC")));
  BlockBuilder taken;
  for (BlockReader r(incoming); r.Next();) {
    if (!IsRepField(rules.fields(), r.field())) continue;
    std::string why;
    if (!r.value().missing()) why = WhyUnusable(rules, r.field(), r.value(), zone);
    if (why.empty()) {
      taken.Set(r.field(), r.value());
      continue;
    }
    // Every desk hears of every rep, the rep's own tells what is wrong.
    const std::string_view rep = FieldBlock(event.fields).Text(Field("event.rep"));
    if (rules.DeskOfRep(rep) != desk.name) continue;
    const std::string_view key = rules.fields().Find(r.field())->name.substr(4);
    desk.step.DeadLetter("invalid_value", why, fmt::format("/data/{}", key), event.raw);
  }
  const std::string newer = taken.Build();
  std::string merged;
  FieldBlock::Merge(FieldBlock(said.fields), FieldBlock(newer), &merged);
  said.fields.bytes = std::move(merged);
  for (const std::string& token : event.tokens) {
    const bool known = std::ranges::find(said.external, token) != said.external.end();
    if (!known && said.external.size() < kMostExternal) said.external.push_back(token);
  }
}

}  // namespace pm
