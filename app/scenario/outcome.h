// The short forms of what a scenario expects: of one person, what all outputs of the scenario came
// to. docs/guide/scenarios.md shows them by example.
//
//   outcome:
//     email: ann@acme.example       # whose; left out when all is about one person
//     grade: A2
//     route: Hot and unowned
//     rep: ana
//     due: { accept: +5m, first_touch: 2026-03-02T09:15:00Z }
//     steps: [ email hot-intro at +0s, call at +10m ]
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/text/describe_yaml.h"
#include "model/decode/json_tree.h"

namespace pm {

// An output that came.
struct Seen {
  std::string type;
  JsonNode json;
};

// What is wanted of a value is written as in `expect`; a node of kind null wants nothing.
struct Outcome {
  static constexpr std::string_view kYamlName = "outcome";
  std::string email;
  YamlNode stage, grade, fit, engagement, because, screened;
  YamlNode route, pool, rep, priority, sla, cadence;
  YamlMap<YamlNode> due;
  YamlNode steps;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    using T = Outcome;
    v.Field("email", &T::email, "Whose; left out: of the one person the scenario is about.");
    v.Field("stage", &T::stage, "Stage of the lead.");
    v.Field("grade", &T::grade, "Grade of the score.");
    v.Field("fit", &T::fit, "Fit score.");
    v.Field("engagement", &T::engagement, "Engagement score.");
    v.Field("because", &T::because, "Scoring rules with points that are told as reasons.");
    v.Field("screened", &T::screened, "What the lead is screened as.");
    v.Field("route", &T::route, "Route that has the lead.");
    v.Field("pool", &T::pool, "Pool it comes from.");
    v.Field("rep", &T::rep, "Rep who has it, by id.");
    v.Field("priority", &T::priority, "urgent, high or normal.");
    v.Field("sla", &T::sla, "SLA policy.");
    v.Field("cadence", &T::cadence, "Cadence it is enrolled in.");
    v.Field("due", &T::due, "Deadline by milestone; +5m: after the clock's start.");
    v.Field("steps", &T::steps, "Every cadence step that came due, in order: `call at +10m`.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;  // PM0708
};

// What differs, a line each without its place: `ann@acme.example: rep: expected ana, got bo`.
// Empty: all is as wanted.
//
// Of a person the last word counts: the last output that tells the score, the last hand-over, the
// last start of a milestone's clock. A step is `CHANNEL [TEMPLATE or ACTION] [at TIME]`; `+10m`
// counts from the enrolment.
std::vector<std::string> Differences(const Outcome& wanted, std::span<const Seen> seen);

}  // namespace pm
