// Tests only: one desk with an SLA, over rows in a map, told in short lines.
//
//   SlaBench bench;
//   bench.policy.milestones[...] = ...;
//   bench.Route("10:00");
//   EXPECT_THAT(bench.FireUntil("10:06"), ElementsAre("10:05:00 breached accept due 10:05:00"));
#pragma once
#include <gmock/gmock.h>
#include <simdjson.h>

#include "engine/stages/desk/sla/sla.h"
#include "engine/stages/testing.h"
#include "rules/book_builder.h"

namespace pm {

// `10:00` on Monday 2026-11-23, another day of that month as `24T10:00`, or any date; UTC.
inline Instant On(std::string_view text) {
  constexpr std::string_view kMonday = "2026-11-23T";
  std::string full(kMonday.substr(0, text[2] == 'T' ? 8 : text[2] == ':' ? 11 : 0));
  full += text;
  const Result<Instant> at = ParseInstant(full + (full.size() == 16 ? ":00Z" : "Z"));
  PM_CHECK(at.has_value());
  return *at;
}

class SlaBench {
 public:
  using Lines = std::vector<std::string>;

  SlaBench() {
    policy.name = "hot";
    policy.hours = SlaHours::kAlways;
    AddRep("ana", "Europe/Madrid");
    AddRep("bo", "America/New_York");
    AddPool("inbound", {"ana", "bo"});
    AddPool("house", {"ana", "bo"}).strategy = PoolStrategy::kQueue;
    CalendarSpec office;
    for (size_t d = 0; d < 5; ++d) office.weekly[d] = {*ParseSlot("09:00-17:00")};
    builder.AddCalendar("office", office);
  }

  RosterRep& AddRep(std::string id, std::string zone) {
    RosterRep& rep = builder->roster.emplace_back();
    rep.id = id;
    rep.email = id + "@ourco.com";
    rep.zone = std::move(zone);
    rep.hours = "always";
    rep.manager = "max@ourco.com";
    return rep;
  }
  Pool& AddPool(std::string name, std::vector<std::string> members) {
    Pool& pool = builder->pools.emplace_back();
    pool.name = std::move(name);
    for (std::string& rep : members) pool.members.push_back({std::move(rep), 1});
    return pool;
  }
  Pool& pool(std::string_view name) {
    return *std::ranges::find(builder->pools, name, &Pool::name);
  }
  RosterRep& rep(std::string_view id) {
    return *std::ranges::find(builder->roster, id, &RosterRep::id);
  }
  MilestoneRule& Accept(Duration within) {
    return Set(Milestone::kAccept, {true, within, true, true});
  }
  MilestoneRule& FirstTouch(Duration within) {
    return Set(Milestone::kFirstTouch, {true, within, false, false});
  }
  MilestoneRule& AssignWithin(Duration within) {
    return Set(Milestone::kAssign, {true, within, false, false});
  }
  Rung& AddRung(Milestone milestone, std::string text) {
    Rung& rung = policy.ladders[static_cast<size_t>(milestone)].emplace_back();
    rung.text = text;
    if (text.ends_with('%')) {
      rung.percent = true;
      rung.percent_of = std::stoi(text);
    } else if (text.starts_with("due + ")) {
      rung.after_due = *ParseDuration(text.substr(6));
    }
    return rung;
  }

  // Runs `act` as a step at that time and returns what it publishes about the SLA.
  template <class Act>
  Lines At(Instant now, Act act, Instant tick_before = kNever) {
    if (book == nullptr) Build();
    Effects effects;
    const EventId cause = Derive(EventId{7, 7}, 0, ++steps_);
    Step step(now, cause, root_of_steps, now, Mode::kLive, 0, *book, rows, effects);
    step.tick_before = tick_before;
    Desk desk(step, "main");
    act(desk);
    effects.rows = step.rows.Take();
    rows.Apply(effects.rows);
    Lines lines;
    for (Output& o : effects.outputs) {
      if (o.topic == Topic::kSla || o.topic == Topic::kAlerts) lines.push_back(LineOf(o.json));
      outputs.push_back(std::move(o));
    }
    return lines;
  }

  // A lead for that pool or, with kRep, that rep.
  Lines Route(std::string_view at, std::string target = "inbound",
              TargetKind kind = TargetKind::kPool, std::string_view routed_at = "") {
    RouteRequest request;
    request.card = card;
    request.seq = 1;
    request.decision = {3, 3};
    request.routed_at = On(routed_at.empty() ? at : routed_at);
    Candidate& c = request.candidates.emplace_back();
    c.route = "all";
    c.kind = kind;
    c.target = std::move(target);
    c.via = "rule";
    if (book == nullptr) Build();
    c.sla = policy.name;
    c.sla_hash = book->FindSla(policy.name)->hash;
    return At(On(at), [&](Desk& desk) { OnRouteRequest(desk, request); });
  }
  Lines Evidence(std::string_view at, Milestone milestone, std::string_view occurred_at,
                 const OutActor& actor) {
    return At(On(at), [&](Desk& desk) {
      SlaEvidence(desk, Edit(desk), milestone, On(occurred_at), actor);
    });
  }
  // What the rep who has it does, told at once.
  Lines Does(std::string_view at, Milestone milestone) {
    return Evidence(at, milestone, at, {"rep", row()->rep});
  }
  Lines Give(std::string_view at, const std::string& rep) {
    return At(On(at), [&](Desk& desk) {
      Replacement why;
      why.type = "assignment.transferred";
      why.reason = "manual";
      GiveTo(desk, card.lead, rep, why);
    });
  }
  // A rep loses it and it waits in the queue of `house`.
  Lines Queue(std::string_view at) {
    return At(On(at), [&](Desk& desk) {
      Unassign(desk, Edit(desk), true);
      Enqueue(desk, Edit(desk), *desk.step.rules.FindPool("house"));
    });
  }
  Lines Claim(std::string_view at, const std::string& rep) {
    return At(On(at), [&](Desk& desk) {
      Dequeue(desk, Edit(desk));
      Assign(desk, Edit(desk), rep, "claim", "assignment.claimed", {"rep", rep});
    });
  }
  // As a rep asks for it: the pool may take it back.
  Lines ClaimByEvent(std::string_view at, const std::string& rep) {
    BlockBuilder by;
    by.Set(Field("event.by"), Value::Text(rep));
    Event event;
    event.type = EventType::kLeadClaim;
    event.lead = card.lead;
    event.fields.bytes = by.Build();
    return At(On(at), [&](Desk& desk) { OnClaim(desk, event); });
  }
  Lines SetCard(std::string_view at, FieldNumber field, std::string_view text) {
    BlockBuilder fields;
    fields.Set(field, Value::Text(text));
    card.fields.bytes = fields.Build();
    return At(On(at), [&](Desk& desk) {
      AssignmentRow& row = Edit(desk);
      row.card = card;
      SlaCardChanged(desk, row);
    });
  }

  // Fires timers due before `end`, each at its due, and checks that each moves on.
  Lines FireUntil(std::string_view end) {
    Lines all;
    while (const std::optional<RowDue> due = rows.FirstDue(On(end))) {
      for (std::string& line : Fire(*due, due->due)) all.push_back(std::move(line));
    }
    return all;
  }
  // A tick after an outage: what is more than a minute late fires now.
  Lines FireLate(std::string_view tick, std::string_view tick_before) {
    Lines all;
    while (std::optional<RowDue> due = rows.FirstDue(On(tick))) {
      due->tick_before = On(tick_before);
      const bool late = On(tick) - due->due > Seconds(60);
      for (std::string& line : Fire(*due, late ? On(tick) : due->due)) {
        all.push_back(std::move(line));
      }
    }
    return all;
  }

  const AssignmentRow* row() { return Row<AssignmentRow>(); }
  const SlaRun* run() { return Row<SlaRun>(); }
  AssignmentRow& Edit(Desk& desk) {
    return desk.step.rows.Edit<AssignmentRow>(desk.KeyOf(card.lead));
  }
  static std::string OtherThan(const std::string& rep) { return rep == "ana" ? "bo" : "ana"; }

  RuleBookBuilder builder;
  SlaPolicy policy;
  std::shared_ptr<const RuleBook> book;
  LeadCard card = [] {
    LeadCard c;
    c.lead = {{11, 1}, 1};
    c.home = {11};
    return c;
  }();
  MapReader rows;
  std::vector<Output> outputs;
  EventId root_of_steps{5, 5};

 private:
  MilestoneRule& Set(Milestone milestone, MilestoneRule rule) {
    return policy.milestones[static_cast<size_t>(milestone)] = rule;
  }
  void Build() {
    builder.AddSla(policy);
    builder->routing.otherwise.to.name = "house";
    book = builder.Build();
  }
  template <class R>
  const R* Row() {
    const RowBox* box = rows.Get(RowKey<R>({DeskHash("main"), card.lead}), &DecodeRow<R>);
    return box == nullptr ? nullptr : &static_cast<const TypedRow<R>*>(box)->row;
  }
  Lines Fire(const RowDue& due, Instant now) {
    const Lines lines = At(
        now,
        [&](Desk& desk) {
          if (due.key[0] == SlaRun::kPrefix) return OnSlaDue(desk, card.lead);
          PM_CHECK(due.key[0] == AssignmentRow::kPrefix);
          OnAssignmentDue(desk, card.lead);
        },
        due.tick_before);
    if (due.key[0] == SlaRun::kPrefix && run() != nullptr) {
      EXPECT_GT(run()->due, now) << "a timer fires once";
    }
    return lines;
  }

  // `10:05:00 breached accept due 10:05:00 [rung] -> recipients (reason)`; another day than Monday
  // shows as `24T10:05:00`.
  static std::string LineOf(const std::string& json) {
    simdjson::dom::parser parser;
    const simdjson::dom::element event = parser.parse(json);
    const auto text = [&](const char* pointer) {
      std::string_view found;
      return event.at_pointer(pointer).get(found) == simdjson::SUCCESS ? found : "";
    };
    const auto clock = [](std::string_view at) {
      return at.substr(8, 2) == "23" ? at.substr(11, 8) : at.substr(8, 11);
    };
    const std::string_view type = text("/type");
    std::string line(clock(text("/time")));
    line += ' ';
    line += type.starts_with("sla.") ? type.substr(4) : text("/data/code");
    for (const char* part : {"/data/milestone", "/data/action"}) {
      if (!text(part).empty()) line += fmt::format(" {}", text(part));
    }
    if (!text("/data/rung").empty()) line += fmt::format(" at {}", text("/data/rung"));
    if (!text("/data/due").empty()) line += fmt::format(" due {}", clock(text("/data/due")));
    if (!text("/data/met_at").empty()) line += fmt::format(" met {}", clock(text("/data/met_at")));
    simdjson::dom::array recipients;
    if (event.at_pointer("/data/recipients").get(recipients) == simdjson::SUCCESS) {
      line += " ->";
      for (const auto one : recipients) line += fmt::format(" {}", std::string_view(one));
    }
    if (!text("/data/reason").empty()) line += fmt::format(" ({})", text("/data/reason"));
    return line;
  }

  uint32_t steps_ = 0;
};

}  // namespace pm
