// What the parts of the SLA share: a run with what it rests on, its clock, its outputs.
#pragma once
#include "engine/stages/desk/desk.h"
#include "engine/stages/desk/records/sla_run.h"

namespace pm {

// A timer later than this was held up by an outage (`time.late`).
inline constexpr Duration kSlaLate = Seconds(60);

// The run of a lead within a step. Made anew after anything that may assign or close the lead.
struct Sla {
  Desk& desk;
  const AssignmentRow& row;
  const SlaPolicy& policy;
  SlaRun& run;
  const Calendar* hours;  // what the run's clock goes by; the rule book's

  Instant now() const { return desk.step.now; }
  bool paused() const { return run.paused_since != kNever; }
  const MilestoneRule& RuleOf(const MilestoneRun& m) const {
    return policy.milestones[static_cast<size_t>(m.milestone)];
  }
  // Business time that the milestone has.
  Duration WithinOf(const MilestoneRun& m) const {
    return m.within.ms > 0 ? m.within : RuleOf(m).within;
  }
  const std::vector<Rung>& LadderOf(const MilestoneRun& m) const {
    return policy.ladders[static_cast<size_t>(m.milestone)];
  }
};
// The lead's run, to be edited; nullopt when there is none or its policy is unknown.
std::optional<Sla> FindRun(Desk& desk, const AssignmentRow& row);
MilestoneRun* FindMilestone(std::vector<MilestoneRun>& milestones, Milestone milestone);
// Nothing of it is to come: met, or answered too late.
inline bool IsOver(const MilestoneRun& m) {
  return m.state == SlaState::kMet || m.met_at != kNever;
}

// The assignment ended after the due and within the grace: evidence may still come.
inline bool AwaitsVerdict(const MilestoneRun& m, const PastAssignment& past) {
  return m.state == SlaState::kRunning && m.due < past.to;
}

// ---- clock.cc: business time
const Calendar& HoursOf(Desk& desk, const SlaPolicy& policy, const SlaClock& clock);
SlaClock ClockOf(Desk& desk, const SlaPolicy& policy, const AssignmentRow& row);
// Business time from the milestone's start until `at`; never negative.
Duration UsedUntil(const Sla& sla, const MilestoneRun& m, Instant at);
// Counts business time up to now, by the clock as it stands.
void CountUp(const Sla& sla, MilestoneRun& m);
// The deadline by the clock as it stands; a deadline that has passed stays.
void SetDue(const Sla& sla, MilestoneRun& m);
// The same, told where it has moved.
void Reschedule(const Sla& sla, MilestoneRun& m, std::string_view reason);
// Whether no business time counts because nobody may have the lead before its pool's hours open.
bool StandsUntilOpening(const Sla& sla);
// Begins or ends that, as the lead's place says.
void FollowHold(const Sla& sla);
// Changes the clock: what was used stays used, the rest runs by the new hours.
void ChangeClock(Sla& sla, SlaClock clock, std::string_view reason);

// What comes next. `rung` is the place in the milestone's ladder, kVerdict the verdict.
struct SlaHappening {
  static constexpr int kVerdict = -1;
  Instant at = kNever;
  Milestone milestone = Milestone::kAssign;
  int rung = kVerdict;
  PastAssignment* past = nullptr;  // whose verdict it is if not the present assignment's
};
SlaHappening NextHappening(const Sla& sla);
// When the milestone is judged: evidence may still arrive during the grace.
Instant VerdictAt(const Sla& sla, const MilestoneRun& m);
// Sets the row's due to what comes next, or now if that is past. A row that an outage
// held up keeps its due: the tick that ends the outage fires it and sees by it that there was one.
void SetRowDue(Sla& sla);
// Business time that a rung waits for, from the milestone's start.
Duration PlaceOf(const Rung& rung, Duration within);

// ---- evidence.cc
// Evidence dated `at` for a milestone: met, breached at once when it is too late, or amended. True
// when it was amended. `past` says whose milestone it is if not the present assignment's.
bool MeetMilestone(const Sla& sla, MilestoneRun& m, Instant at, const OutActor& actor,
                   std::string_view reason, const PastAssignment* past = nullptr);
// The verdict: not met by its due.
void BreachMilestone(const Sla& sla, MilestoneRun& m, const PastAssignment* past = nullptr);

// ---- pause.cc
// Begins or ends the pause as the card says.
void FollowPauses(Sla& sla);
void AddToLedger(SlaRun& run, SlaLedgerEntry entry);

// ---- report.cc
// An output about the milestone as it stands now; `past` as above.
SlaOutput ReportOn(const Sla& sla, const MilestoneRun& m, const PastAssignment* past = nullptr);
void Publish(const Sla& sla, std::string_view type, SlaOutput output);
// `rep`, `manager`, ids and addresses as the address to write to, else the id; no duplicates.
std::vector<std::string> Recipients(const Sla& sla, const std::vector<std::string>& names);

}  // namespace pm
