#include "app/reference/rule_schema.h"

#include "app/reference/condition_schema.h"
#include "app/reference/rule_kinds.h"
#include "base/text/describe_schema.h"
#include "model/event_types.h"
#include "rules/compile/checks/catalogue.h"
#include "rules/compile/compile.h"
#include "rules/compile/draft.h"
#include "rules/condition_make.h"
#include "rules/stage_names.h"

namespace pm {
namespace {

using Texts = std::vector<std::string>;

// What may be offered for a key.
enum class Offer : uint8_t {
  kPool,
  kRep,
  kSla,
  kCadence,
  kCalendar,
  kSlaHours,
  kOwner,
  kField,
  kNumberField,
  kEventType,
  kReason,
  kStage,
  kPeople,
  kTable,
  kDaysOff
};
// Whether other names are errors.
enum class Choice : uint8_t { kOpen, kClosed, kClosedOrColumn };
struct OfferOfKey {
  std::string_view section, key;
  Offer offer;
  Choice choice = Choice::kOpen;
};
constexpr auto kOffers = std::to_array<OfferOfKey>({
    {"bands", "of", Offer::kNumberField, Choice::kClosed},
    {"calendar", "holidays", Offer::kDaysOff},
    {"else", "pool", Offer::kPool, Choice::kClosedOrColumn},
    {"engagement rule", "signal", Offer::kEventType},
    {"handoff", "briefing", Offer::kField, Choice::kClosed},
    {"handoff", "sla", Offer::kSla, Choice::kClosed},
    {"lifecycle", "route_when", Offer::kReason},
    {"member", "rep", Offer::kRep, Choice::kClosed},
    {"no show", "cadence", Offer::kCadence, Choice::kClosed},
    {"otherwise", "cadence", Offer::kCadence, Choice::kClosed},
    {"otherwise", "sla", Offer::kSla, Choice::kClosed},
    {"pool", "hours", Offer::kCalendar, Choice::kClosed},
    {"pool", "overflow", Offer::kPool, Choice::kClosed},
    {"repeat", "stage", Offer::kStage, Choice::kClosed},
    {"route", "cadence", Offer::kCadence, Choice::kClosed},
    {"route", "match", Offer::kField, Choice::kClosed},
    {"route", "sla", Offer::kSla, Choice::kClosed},
    {"route", "table", Offer::kTable},
    {"rung", "escalate", Offer::kPeople},
    {"rung", "notify", Offer::kPeople},
    {"sla policy", "hours", Offer::kSlaHours, Choice::kClosed},
    {"target", "owner", Offer::kOwner},
    {"target", "pool", Offer::kPool, Choice::kClosedOrColumn},
    {"target", "rep", Offer::kRep, Choice::kClosedOrColumn},
    {"target", "sdr_of", Offer::kOwner},
    {"team", "roster", Offer::kTable},
    {"threshold", "to", Offer::kReason},
});

// What spans several keys of a section, as its own check says it.
constexpr auto kShapes = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"target",
     R"("oneOf":[{"required":["pool"]},{"required":["rep"]},{"required":["owner"]},{"required":["sdr_of"]},{"required":["ae_of"]}])"},
    {"route", R"("oneOf":[{"required":["to"]},{"required":["routes"]}])"},
    {"screening rule", R"("anyOf":[{"required":["as"]},{"required":["hold_for_review"]}])"},
    {"fit rule", R"("oneOf":[{"required":["points"]},{"required":["bands"]}])"},
    {"rung",
     R"("oneOf":[{"required":["notify"]},{"required":["escalate"]},{"required":["reassign"]}])"},
    {"milestones",
     R"("anyOf":[{"required":["assign"]},{"required":["accept"]},{"required":["first_touch"]}])"},
    {"throttle", R"("anyOf":[{"required":["per_rep"]},{"required":["per_domain"]}])"},
    {"step",
     R"("oneOf":[{"required":["email"]},{"required":["call"]},{"required":["linkedin"]},{"required":["sms"]},{"required":["task"]}])"},
    {"fields",
     R"("propertyNames":{"pattern":"^(kind|(lead|account|submission|event|rep)\\.[a-z0-9_.]+)$"})"},
});

// What a document of each kind is about.
constexpr auto kMeanings = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"fields", "Fields of your own, with their types."},
    {"lists", "Names for lists of values, for `in: lists.NAME`."},
    {"identity", "Who is one person, and which source wins."},
    {"screening", "Who is no lead: taken out before scoring."},
    {"scoring", "Points for who they are and what they did, and grades."},
    {"lifecycle", "What routes a lead, when a person becomes an mql, what another form does."},
    {"routing", "Who gets a lead: the first route that matches."},
    {"team", "Reps and pools."},
    {"calendars", "Hours of work."},
    {"sla", "Deadlines, and what a missed one does."},
    {"cadence", "Follow-up, step by step."},
    {"handoff", "A meeting with an AE."},
    {"privacy", "What counts while a person has said nothing."},
    {"checks", "How grave the findings of each check are."},
});

Texts With(Texts first, const Texts& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

// One of these; a name that looks like a number is one to an editor.
std::string EnumSchema(const Texts& names) {
  Texts values;
  for (const std::string& name : names) {
    values.push_back(JsonString(name));
    const bool number = !name.empty() && name.size() < 16 && (name.size() == 1 || name[0] != '0') &&
                        name.find_first_not_of("0123456789") == std::string::npos;
    if (number || name == "true" || name == "false") values.push_back(name);
  }
  return fmt::format(R"({{"enum":[{}]}})", fmt::join(values, ","));
}

class Offers {
 public:
  Offers(const RuleNames* names, const std::vector<RuleNames::Field>& fields)
      : names_(names), fields_(fields) {}

  std::string operator()(std::string_view section, std::string_view key) const {
    if (key == "kind") return Meaning(section);
    if (key.empty()) return Shape(section);
    for (const OfferOfKey& row : kOffers) {
      if (row.section == section && row.key == key) return Choices(row);
    }
    return {};
  }

 private:
  static std::string Meaning(std::string_view kind) {
    for (const auto& [name, meaning] : kMeanings) {
      if (name == kind) return fmt::format(R"("description":{})", JsonString(meaning));
    }
    return {};
  }

  static std::string Shape(std::string_view section) {
    if (section == "checks") {
      Texts names = {"kind"};
      for (const CheckDecl& check : kChecks) names.emplace_back(check.name);
      return fmt::format(R"("propertyNames":{})", EnumSchema(names));
    }
    for (const auto& [name, shape] : kShapes) {
      if (name == section) return std::string(shape);
    }
    return {};
  }

  // A list may stand where one name may.
  std::string Choices(const OfferOfKey& row) const {
    const Texts texts = NamesFor(row.offer);
    std::string members = Examples(texts);
    const bool known = names_ != nullptr || row.offer == Offer::kStage;
    if (row.choice == Choice::kOpen || texts.empty() || !known) return members;
    std::string one = EnumSchema(texts);
    if (row.choice == Choice::kClosedOrColumn) {
      one = fmt::format(R"({{"anyOf":[{},{{"type":"string","pattern":"^\\$"}}]}})", one);
    }
    return members + fmt::format(R"(,"allOf":[{{"if":{{"type":"array"}},"then":{{"items":{0}}}}},)"
                                 R"({{"if":{{"type":["string","number","boolean"]}},"then":{0}}}])",
                                 one);
  }

  static std::string Examples(const Texts& texts) {
    if (texts.empty()) return {};
    Texts quoted;
    for (const std::string& text : texts) quoted.push_back(JsonString(text));
    return fmt::format(R"("examples":[{}])", fmt::join(quoted, ","));
  }

  Texts Of(Texts RuleNames::* member) const {
    return names_ == nullptr ? Texts() : names_->*member;
  }

  Texts NamesFor(Offer offer) const {
    switch (offer) {
      case Offer::kPool:
        return Of(&RuleNames::pools);
      case Offer::kRep:
        return Of(&RuleNames::reps);
      case Offer::kSla:
        return Of(&RuleNames::slas);
      case Offer::kCadence:
        return Of(&RuleNames::cadences);
      case Offer::kCalendar:
        return With({"always"}, Of(&RuleNames::calendars));
      case Offer::kSlaHours:
        return With({"assignee", "pool", "prospect", "always"}, Of(&RuleNames::calendars));
      case Offer::kOwner:
        return {"account", "lead", "account.owner", "lead.owner"};
      case Offer::kPeople:
        return With({"rep", "manager"}, Of(&RuleNames::reps));
      case Offer::kReason:
        return {"hand_raise", "mql"};
      case Offer::kStage:
        return {kStageNames.begin(), kStageNames.end()};
      case Offer::kTable:
        return Of(&RuleNames::tables);
      case Offer::kDaysOff:
        return Of(&RuleNames::days_off);
      case Offer::kEventType:
        return EventTypes();
      case Offer::kField:
      case Offer::kNumberField:
        return FieldNames(offer == Offer::kNumberField);
    }
    return {};
  }

  static Texts EventTypes() {
    Texts types;
    for (const EventTypeDecl& decl : kEventTypes) {
      if (decl.subject == Subject::kPerson) types.emplace_back(decl.name);
    }
    return types;
  }

  Texts FieldNames(bool numbers) const {
    Texts texts;
    for (const RuleNames::Field& field : fields_) {
      const bool number = field.type == Type::kInt || field.type == Type::kDecimal;
      if (!numbers || number) texts.push_back(field.name);
    }
    return texts;
  }

  const RuleNames* names_;
  const std::vector<RuleNames::Field>& fields_;
};

// What the readers of scalars take, by what the reference calls them. Editors' parsers turn `30`
// and `true` into numbers and booleans, so texts may be those.
void DefineScalars(YamlSchema* schema) {
  constexpr std::string_view kLength = R"(([0-9]+(w|d|h|m|s|ms))+)";
  const auto text = [schema](std::string_view type, std::string_view pattern,
                             std::string_view meaning, std::string_view example) {
    schema->Define(
        type, fmt::format(R"({{"type":"string","pattern":{},"description":{},"examples":[{}]}})",
                          JsonString(fmt::format("^{}$", pattern)), JsonString(meaning),
                          JsonString(example)));
  };
  const std::string per = fmt::format("[0-9]+ +per +({})", kLength);
  text("duration", kLength, "A length of time: 90s, 10m, 2h, 14d, 1w, 1h30m.", "14d");
  text("duration or business days", fmt::format("({}|[0-9]+ +business +days?)", kLength),
       "A length of time (90s, 10m, 2h, 14d), or business days.", "2 business days");
  text("points per duration", per, "Most points in a length of time.", "30 per 7d");
  text("cap", fmt::format("[0-9]+ +(open|per +(day|week|month|{}))", kLength),
       "40 open; 15 per day, week or month (civil, in the rep's zone); 60 per 7d (rolling).",
       "15 per day");
  text("rate", fmt::format("[0-9]+ +per +(day|week|month|{})", kLength),
       "150 per day, week or month (civil), or per 7d (rolling).", "150 per day");
  text("count of open leads", "[0-9]+ +open", "How many may be open.", "5 open");
  text("window", "[0-9]{1,2}:[0-9]{2}-[0-9]{1,2}:[0-9]{2}( +(prospect|rep))?",
       "Minutes of the day, on the prospect's or the rep's clock.", "09:00-11:30 prospect");
  text("time of a ladder", fmt::format(R"(([0-9]{{1,3}}%|due( *\+ *{})?))", kLength),
       "80% of the time, due, or due + 30m.", "due + 30m");
  text("percentage", "[0-9]{1,3}%", "1% to 100%.", "50%");
  text("open hours", "[0-9]{1,2}:[0-9]{2}-[0-9]{1,2}:[0-9]{2}", "From and to, on the wall clock.",
       "09:00-13:00");
  text("date", "[0-9]{4}-[0-9]{2}-[0-9]{2}", "A day.", "2026-12-24");
  text("weekdays", "(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?",
       "A weekday or a range of them.", "mon-fri");
  schema->Define("number, instant or duration",
                 R"({"type":["number","string"],"description":"As the field's values: 0.5, 1h."})");
  schema->Define("whole number or `all`",
                 R"({"anyOf":[{"type":"integer","minimum":0},{"const":"all"}]})");
  const std::string content =
      fmt::format(R"({{"anyOf":[{},{}]}})", yaml_detail::kAnyScalar, YamlSchema::Ref("content"));
  schema->Define(
      "content or variants",
      fmt::format(
          R"({{"anyOf":[{},{},{{"type":"array","minItems":1,"items":{}}}],)"
          R"("description":"A template or action, what it is in full, or variants with shares."}})",
          yaml_detail::kAnyScalar, YamlSchema::Ref("content"), content));
}

void DefineMembers(const RuleNames* names, YamlSchema* schema) {
  const bool known = names != nullptr && !names->reps.empty();
  schema->Define(
      "rep or member",
      fmt::format(R"({{"anyOf":[{},{}],"description":"A rep's id, or rep and weight."}})",
                  known ? EnumSchema(names->reps) : std::string(yaml_detail::kAnyScalar),
                  YamlSchema::Ref("member")));
}

std::vector<RuleNames::Field> AllFields(const RuleNames* names) {
  std::vector<RuleNames::Field> fields;
  for (const FieldDecl& field : kFields) {
    if (EntityOf(field) == Entity::kRep) continue;
    fields.push_back(
        {std::string(field.name), std::string(field.meaning), field.type, AlwaysPresent(field)});
  }
  if (names != nullptr) fields.insert(fields.end(), names->fields.begin(), names->fields.end());
  return fields;
}

template <class Map>
void AddNames(const Map& map, Texts* names) {
  for (const auto& [name, value] : map) names->push_back(name.value);
}

void AddFiles(const std::vector<RuleFile>& files, RuleNames* names) {
  for (const RuleFile& file : files) {
    if (file.path.ends_with(".csv")) names->tables.push_back(file.path);
    if (file.path.ends_with(".ics")) names->days_off.push_back(file.path);
  }
}

}  // namespace

RuleNames NamesOfRules(std::vector<RuleFile> files) {
  RuleNames names;
  AddFiles(files, &names);
  {
    const SourceSet sources(files);
    Diagnostics ignored;
    const Draft draft = ReadDraft(sources, ignored);
    for (const TeamDoc& team : draft.teams) AddNames(team.pools, &names.pools);
    for (const SlasDoc& slas : draft.slas) AddNames(slas.policies, &names.slas);
    for (const CalendarsDoc& doc : draft.calendars) AddNames(doc.calendars, &names.calendars);
    for (const ListsDoc& lists : draft.lists) AddNames(lists.lists, &names.lists);
    for (const auto& [cadence, tree] : draft.cadences) names.cadences.push_back(cadence.name.value);
    for (const FieldsDoc& doc : draft.fields) {
      for (const auto& [name, field] : doc.fields) {
        names.fields.push_back({name.value, field.meaning, field.type, false});
      }
    }
  }
  const CompileResult compiled = Compile(std::move(files));
  if (!compiled.ok()) return names;
  for (const RosterRep& rep : compiled.book->roster) names.reps.push_back(rep.id);
  return names;
}

std::string RuleSchema(const RuleNames* names) {
  const std::vector<RuleNames::Field> fields = AllFields(names);
  YamlSchema schema{Offers(names, fields)};
  AddRuleKinds(schema);
  schema.AddPart<MemberDoc>();
  schema.AddPart<ContentDoc>();
  DefineScalars(&schema);
  DefineMembers(names, &schema);
  DefineConditions(fields, names == nullptr ? nullptr : &names->lists, &schema);
  return schema.Json("Pointsman rules",
                     "A document of a Pointsman rule folder; `kind` says what it is about.");
}

std::vector<std::pair<std::string_view, std::string_view>> KeysWithNames() {
  std::vector<std::pair<std::string_view, std::string_view>> keys;
  for (const OfferOfKey& row : kOffers) keys.emplace_back(row.section, row.key);
  return keys;
}

}  // namespace pm
