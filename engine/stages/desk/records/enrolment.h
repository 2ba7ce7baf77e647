// A lead's way through cadences at its desk: at most one runs. The row stays when it ends, so that
// `once` and the ids of steps hold as long as the lead does.
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "engine/stages/desk/records/assignment_ref.h"
#include "engine/stages/desk/records/keys.h"

namespace pm {

// Stored: never renumber.
enum class StepFate : uint8_t {
  kNone = 0,
  kIssued = 1,     // automatic: out, and closed as far as the track is concerned
  kClosed = 2,     // done, failed, skipped or expired; nothing more is expected
  kCancelled = 3,  // recalled
};

// A step that went out, so that what is reported of it later finds it, or was left out.
struct StepRecord {
  EventId id;
  uint32_t step = 0;
  StepFate fate = StepFate::kNone;
  bool contacts = false;  // who does it by hand reaches the person
  std::string left_out;   // why it did not go out; empty: it did
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "id", &StepRecord::id, "Step id.");
    v.Field(2, "step", &StepRecord::step, "Its number, from 1; 0: the cadence has it no more.");
    v.Field(3, "fate", &StepRecord::fate, "What became of it.");
    v.Field(4, "contacts", &StepRecord::contacts, "Who does it by hand reaches the person.");
    v.Field(5, "left_out", &StepRecord::left_out, "Why it did not go out.");
  }
};

// A manual step that somebody has to do. It holds the track.
struct OpenStep {
  EventId id;
  std::string rep;  // who does it: the assignee or a backup
  Instant issued;
  Instant due;
  Instant expires = kNever;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "id", &OpenStep::id, "Step id.");
    v.Field(2, "rep", &OpenStep::rep, "Who does it.");
    v.Field(3, "issued", &OpenStep::issued, "When it went out.");
    v.Field(4, "due", &OpenStep::due, "When it is due.");
    v.Field(5, "expires", &OpenStep::expires, "When it lapses.");
  }
};

struct Enrolment {
  using Key = DeskLeadKey;
  static constexpr char kPrefix = 'e';
  static constexpr size_t kMostPast = 30;  // steps remembered
  static constexpr size_t kMostDone = 30;  // cadences remembered
  std::string cadence;                     // the one that runs or ran last
  ContentHash hash;                        // pinned
  EventId id;
  AssignmentRef under;  // for whose assignment it runs
  uint32_t step = 0;    // the next or open step, from 1; 0: no cadence runs
  // Over (done, sent or left out) are the steps before `step`; or, once the enrolment has gone over
  // to a cadence with another order, those of `over`, which are in none.
  bool reordered = false;
  std::vector<uint32_t> over;
  static constexpr size_t kMostGot = 100;
  std::vector<std::string> got;  // what went out by steps that it has no more, oldest first
  std::optional<OpenStep> open;
  Instant base = kNever;     // what that step's span counts from; kNever: not known
  Instant scheduled;         // when that step would go out, windows aside
  Instant planned = kNever;  // the same with windows, hours and business days
  std::vector<std::string> delays;
  Instant paused_until = kNever;  // kNever: not paused
  std::string paused_why;
  uint32_t runs = 0;              // enrolments so far
  uint32_t issues = 0;            // step ids given out so far, over all runs
  std::vector<StepRecord> past;   // of this enrolment, oldest first
  std::vector<std::string> done;  // cadences the lead has been enrolled in, oldest first
  std::string no_email;           // `bounced`: no e-mail to that address
  Instant due = kNever;           // planned, expiry or end of the pause
  bool told_no_minute = false;    // the alert that a step of this enrolment has no safe minute

  bool running() const { return step != 0; }
  bool paused() const { return paused_until != kNever; }
  bool is_over(uint32_t number) const {
    return reordered ? std::ranges::find(over, number) != over.end() : number < step;
  }

  template <class V>
  static void Describe(V& v) {
    using T = Enrolment;
    v.Field(1, "cadence", &T::cadence, "Cadence.");
    v.Field(2, "hash", &T::hash, "The cadence's content.");
    v.Field(3, "id", &T::id, "Enrolment id.");
    // 4 was given out once.
    v.Field(5, "step", &T::step, "Next or open step.");
    v.Field(6, "open", &T::open, "Manual step that is out.");
    v.Field(7, "scheduled", &T::scheduled, "When the step would go out.");
    v.Field(8, "planned", &T::planned, "When it goes out.");
    v.Field(9, "delays", &T::delays, "Why that is later.");
    v.Field(10, "paused_until", &T::paused_until, "End of the pause.");
    v.Field(11, "paused_why", &T::paused_why, "Why it is paused.");
    v.Field(12, "runs", &T::runs, "Enrolments so far.");
    v.Field(13, "issues", &T::issues, "Step ids given out.");
    v.Field(14, "past", &T::past, "Steps that went out or were left out.");
    v.Field(15, "done", &T::done, "Cadences the lead has been in.");
    v.Field(16, "no_email", &T::no_email, "Why no e-mail may be sent.");
    v.Field(17, "due", &T::due, "What comes next.");
    v.Field(18, "under", &T::under, "Assignment for which it runs.");
    v.Field(19, "told_no_minute", &T::told_no_minute,
            "A step had no safe minute, and it was told.");
    v.Field(20, "over", &T::over, "Steps that are over.");
    v.Field(23, "got", &T::got, "What went out by steps that are gone: channel and template.");
    v.Field(22, "reordered", &T::reordered, "These, not those before `step`.");
    v.Field(21, "base", &T::base, "What the step's span counts from.");
  }
};

}  // namespace pm
