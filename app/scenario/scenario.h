// Scenarios: given rules, events and times, which outputs come. The format of `rules test` and of
// tests/scenarios; docs/guide/scenarios.md shows it by example.
//
//   scenario: A demo request goes to the owner of its account
//   rules: |                      # or a folder, relative to this file; left out: the folder tested
//     kind: routing ...
//   files: { reps.csv: "id,email ..." }
//   events:
//     - { at: 2026-03-02T09:00:00Z, type: lead.submitted, email: ann@acme.com, form: demo }
//     - { at: +10m, type: lead.accept, lead_id: "${assignment.routed.lead.id}" }
//   until: +2h
//   expect:                       # found in this order; others may stand between
//     - assignment.routed: { rep.id: ana, at: 2026-03-02T09:00:00Z }
//     - sla.met: { milestone: accept, at: +10m }
//   none: [ sla.breached ]
//   counts: { lead.created: 1 }
//   outcome: { grade: A2, rep: ana, due: { accept: +5m } }     # short forms: outcome.h
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/scenario/outcome.h"
#include "base/text/describe_yaml.h"
#include "base/time/instant.h"

namespace pm {

// `2026-03-02T09:00:00Z`, or `+10m` after what came before.
struct When {
  std::optional<Instant> absolute;
  Duration after;
  Instant From(Instant before) const { return absolute.has_value() ? *absolute : before + after; }
};
Result<When> ParseWhen(std::string_view text);
bool ReadYaml(const YamlNode& node, When* out, Diagnostics& diagnostics);

// Rules that come into force: documents as text, a folder relative to the scenario's file, or files
// that replace those of the same name (an empty one takes its file away).
struct NewRules {
  std::string text;
  YamlMap<std::string> files;
  bool given() const { return !text.empty() || !files.empty(); }
};
bool ReadYaml(const YamlNode& node, NewRules* out, Diagnostics& diagnostics);

struct ScenarioEvent {
  static constexpr std::string_view kYamlName = "event";
  When at;
  std::string type;
  std::string id, source, mode;
  std::optional<When> time;
  std::string raw;
  NewRules switch_to;
  bool propagate = false;
  bool outage = false;
  YamlNode data;
  YamlMap<YamlNode> rest;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    using T = ScenarioEvent;
    v.Field("at", &T::at, "When it becomes durable; +10m: after the event before.");
    v.Field("type", &T::type, "Type of the event.");
    v.Field("id", &T::id, "Its id; left out: its number.");
    v.Field("source", &T::source, "Who publishes it; left out: test.");
    v.Field("mode", &T::mode, "live, backfill, shadow or test.");
    v.Field("time", &T::time, "When it happened, if not `at`: -10m is not possible, say the time.");
    v.Field("raw", &T::raw, "The bytes to send, instead of all else.");
    v.Field("switch", &T::switch_to, "Rules that come into force instead of an event.");
    v.Field("propagate", &T::propagate, "Of a switch: SLAs and cadences that run go over to it.");
    v.Field("outage", &T::outage, "Time jumps there in one tick, as after an outage.");
    v.Field("data", &T::data, "Data whose keys would clash with those above.");
    v.Rest("field", &T::rest, "Data of the event.");
  }
};

struct Expectation {
  std::string type;
  std::vector<std::pair<std::string, YamlNode>> fields;  // dotted path -> what is wanted
  SourcePlace place;
};
bool ReadYaml(const YamlNode& node, Expectation* out, Diagnostics& diagnostics);

struct Scenario {
  static constexpr std::string_view kYamlName = "scenario";
  Located<std::string> name;
  std::string rules;
  YamlMap<std::string> files;
  std::vector<ScenarioEvent> events;
  std::optional<When> until;
  std::vector<Expectation> expect;
  std::vector<Expectation> none;
  YamlMap<int64_t, Located<std::string>> counts;
  std::vector<Outcome> outcome;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    using T = Scenario;
    v.Required("scenario", &T::name, "What behaviour it shows.");
    v.Field("rules", &T::rules, "Rule documents, or a folder relative to this file.");
    v.Field("files", &T::files, "Further files of the rule folder: rosters, tables, calendars.");
    v.Required("events", &T::events, "What comes in, in order.");
    v.Field("until", &T::until, "How far timers run; +2h: after the last event.");
    v.Field("expect", &T::expect, "Outputs to find, in order.");
    v.Field("none", &T::none, "Outputs that must not come.", {.or_one = true});
    v.Field("counts", &T::counts, "How many outputs of a type come.");
    v.Field("outcome", &T::outcome, "What became of a person, in short.", {.or_one = true});
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};

// A plain scalar that is a number, true, false or null as JSON has it; everything else is text.
// `resolve` turns `${...}` in texts into what it stands for.
using Resolver = std::function<Result<std::string>(std::string_view reference)>;
Result<std::string> YamlToJson(const YamlNode& node, const Resolver& resolve);

}  // namespace pm
