// Tests only: one desk, one lead, its cadence. Calls the desk's functions on rows in a map, fires
// dues as ticks do, and keeps what was published as lines that a test can read:
//
//   2026-11-23T08:00:00Z step_due 1 email intro-a by ana [window]
#pragma once
#include <functional>

#include "engine/stages/desk/cadence/cadence.h"
#include "engine/stages/testing.h"
#include "rules/book_builder.h"

namespace pm::cadence {

inline Instant At(std::string_view text) { return ParseInstant(text).value(); }

class Bench {
 public:
  // ana (office hours in Berlin) has bo as backup; cleo works in Madrid, dora at any time in UTC.
  explicit Bench(Cadence cadence, std::vector<std::string> anas_leave = {})
      : anas_leave_(std::move(anas_leave)) {
    TakeRules(cadence);
    row.card.lead = {{7, 1}, 1};
    row.seq = 1;
    row.rep = "ana";
    row.cadence = cadence.name;
    row.cadence_hash = book_->FindCadence(cadence.name)->hash;
    SetField(Field("lead.email"), Value::Text("kim@acme.com"));
    SetField(Field("lead.time_zone"), Value::Text("Europe/Berlin"));
  }
  // Rules with this cadence in place of the one so far, which what runs moves on to.
  void Propagate(std::string_view now, const Cadence& cadence) {
    TakeRules(cadence);
    Do(now, [&](Desk& desk) { CadenceMoveOn(desk, row); });
  }

  static CadenceStep Email(std::string template_name, Span after = {}) {
    CadenceStep step;
    step.channel = "email";
    step.variants = {{std::move(template_name), 100}};
    step.automatic = true;
    step.after = after;
    return step;
  }
  static CadenceStep Call(Span after = {}, std::optional<Span> expires = std::nullopt) {
    CadenceStep step;
    step.channel = "call";
    step.after = after;
    step.expires = expires;
    return step;
  }
  static StepWindow Window(int from_hour, int to_hour, bool prospect = true) {
    return {from_hour * 60, to_hour * 60, prospect, true};
  }

  void SetField(FieldNumber field, const Value& value) {
    fields_.Set(field, value);
    row.card.fields.bytes = fields_.Build();
  }

  // One step of the desk at `now`; the assignment row is stored as it stands.
  void Do(std::string_view now, const std::function<void(Desk&)>& act) { Take(At(now), act); }
  void Assign(std::string_view now) {
    Do(now, [&](Desk& desk) { CadenceAssigned(desk, row); });
  }
  void Reassign(std::string_view now, std::string rep) {
    row.previous_rep = std::exchange(row.rep, std::move(rep));
    ++row.seq;
    Assign(now);
  }
  void ExitOn(std::string_view now, ExitEvent event, std::string_view detail = "") {
    Do(now, [&](Desk& desk) { CadenceExit(desk, row, event, detail); });
  }
  // A report on a step: the newest that went out, unless `id` names one.
  void Report(std::string_view now, EventType type, std::string id = "",
              std::string_view occurred_at = "") {
    Event event;
    event.type = type;
    event.occurred_at = At(occurred_at.empty() ? now : occurred_at);
    BlockBuilder fields;
    const std::string step = id.empty() ? LastStepId() : id;
    fields.Set(Field("event.step"), Value::Text(step));
    event.fields.bytes = fields.Build();
    Do(now, [&](Desk& desk) { CadenceStepEvent(desk, row, event); });
  }
  void Away(std::string_view now, std::string_view rep, Instant until) {
    Do(now, [&](Desk& desk) {
      RepRow& state = desk.step.rows.Edit<RepRow>({desk.hash, std::string(rep)});
      state.away_from = desk.step.now;
      state.away_until = until;
    });
  }
  void Suppress(std::string_view now, EventType type,
                const std::vector<std::pair<FieldNumber, std::string_view>>& about) {
    Event event;
    event.type = type;
    event.occurred_at = At(now);
    BlockBuilder fields;
    for (const auto& [field, text] : about) fields.Set(field, Value::Text(text));
    event.fields.bytes = fields.Build();
    Do(now, [&](Desk& desk) { OnSuppression(desk, event); });
  }

  // Ticks: every due before `end` at its own time; with `late` all at `end`, as after an outage.
  void FireUntil(std::string_view end, bool late = false) {
    for (int guard = 0; const auto due = rows.FirstDue(At(end)); ++guard) {
      PM_CHECK(guard < 1000);
      PM_CHECK(due->key.front() == Enrolment::kPrefix);
      const Instant now = late ? At(end) : due->due;
      Take(now, [&](Desk& desk) { OnEnrolmentDue(desk, DeskLeadKeyOf(due->key).lead); });
      const Enrolment* after = Row();
      PM_CHECK(after->due > now);  // strictly on, or never
    }
  }

  const Enrolment* Row() {
    const RowBox* box =
        rows.Get(RowKey<Enrolment>({DeskHash("main"), row.card.lead}), &DecodeRow<Enrolment>);
    return box == nullptr ? nullptr : &static_cast<const TypedRow<Enrolment>*>(box)->row;
  }
  // Lines since the last call.
  std::vector<std::string> Lines() {
    std::vector<std::string> lines;
    for (; told_ < outputs.size(); ++told_) lines.push_back(LineOf(outputs[told_]));
    return lines;
  }
  static std::string ValueOf(std::string_view json, std::string_view key) {
    const std::string before = fmt::format("\"{}\":", key);
    size_t at = json.find(before);
    if (at == std::string_view::npos) return {};
    at += before.size();
    if (json[at] == '"') return std::string(json.substr(at + 1, json.find('"', at + 1) - at - 1));
    if (json[at] == '[') return std::string(json.substr(at, json.find(']', at) - at + 1));
    return std::string(json.substr(at, json.find_first_of(",}", at) - at));
  }
  std::string LastStepId() const {
    for (auto it = outputs.rbegin(); it != outputs.rend(); ++it) {
      if (it->type == "cadence.step_due") return ValueOf(it->json, "step_id");
    }
    return {};
  }

  AssignmentRow row;
  MapReader rows;
  std::vector<Output> outputs;

 private:
  void Take(Instant now, const std::function<void(Desk&)>& act) {
    Effects effects;
    Step step(now, Derive({1, 1}, 0, ++steps_), {1, 1}, now, Mode::kLive, 1, *book_, rows, effects);
    Desk desk(step, "main");
    step.rows.Edit<AssignmentRow>(desk.KeyOf(row.card.lead)) = row;
    act(desk);
    effects.rows = step.rows.Take();
    rows.Apply(effects.rows);
    for (Output& output : effects.outputs) outputs.push_back(std::move(output));
  }
  void TakeRules(Cadence cadence) {
    RuleBookBuilder builder;
    builder.InheritPinned(book_.get());
    CalendarSpec office;
    for (size_t day = 0; day < 5; ++day) office.weekly[day] = {ParseSlot("09:00-17:00").value()};
    builder.AddCalendar("office", office);
    const auto add = [&](RosterRep rep) { builder->roster.push_back(std::move(rep)); };
    add({.id = "ana",
         .zone = "Europe/Berlin",
         .hours = "office",
         .backup = "bo",
         .leave = anas_leave_});
    add({.id = "bo", .zone = "Europe/Berlin", .hours = "office"});
    add({.id = "cleo", .zone = "Europe/Madrid", .hours = "office"});
    add({.id = "dora", .zone = "UTC"});
    Pool pool;
    pool.name = "sdr";
    pool.members = {{"ana", 1}};
    builder->pools.push_back(pool);
    builder->routing.otherwise.to.name = "sdr";
    for (CadenceStep& step : cadence.steps) {
      step.skip_if = step.skip_if.Rebound(&builder.slots());
    }
    builder.AddCadence(std::move(cadence));
    book_ = builder.Build();
  }
  static std::string LineOf(const Output& output) {
    const std::string_view json = output.json;
    if (!output.type.starts_with("cadence.")) {
      const std::string code = ValueOf(json, "code");
      return fmt::format("{} {} {}", ValueOf(json, "time"), output.type,
                         code.empty() ? ValueOf(json, "reason") : code);
    }
    const std::string data(json.substr(json.find("\"data\":")));
    std::string line = fmt::format("{} {}", ValueOf(json, "time"), output.type.substr(8));
    const auto add = [&](std::string_view key) {
      const std::string value = ValueOf(data, key);
      if (!value.empty() && value != "0") line += " " + value;
    };
    add("step");
    add("channel");
    add("template");
    // The struct's own `reason` follows `delays`; assignments have one as well.
    const std::string rep = data.find("\"rep\":") == std::string::npos
                                ? ""
                                : ValueOf(data.substr(data.find("\"rep\":") + 6), "id");
    if (output.type.starts_with("cadence.step_")) line += " by " + rep;
    add("delays");
    const size_t own = data.find("\"cadence\":");
    const std::string reason = ValueOf(data.substr(own), "reason");
    if (!reason.empty()) line += " (" + reason + ")";
    return line;
  }

  const std::vector<std::string> anas_leave_;
  std::shared_ptr<const RuleBook> book_;
  BlockBuilder fields_;
  size_t told_ = 0;
  uint32_t steps_ = 0;
};

}  // namespace pm::cadence
