// What is checked of rules that are well formed: the one declaration of every check. Its name is
// what `kind: checks` sets, its code what a finding carries and an acceptance names.
#pragma once
#include <array>
#include <optional>
#include <string_view>

#include "rules/documents/checks.h"

namespace pm {

enum class CheckKind : uint8_t {
  kNeverHolds,
  kAlwaysHolds,
  kUnreachableRoute,
  kUnreachableRow,
  kTableOverlap,
  kUnreachableScore,
  kScoringOverlap,
  kLifecycle,
  kPoolNeverTakes,
  kNoOpenTime,
  kCadenceNeverSends,
  kUnusedFile,
  kGap,
  kNotProved,
  kAcceptance,
  kRepGone,
  kSlaLadder,
  kPoolHours,
  kUnusedName,
  kConsentDefault,
  kTakenKey,
  kNoExit,
};

struct CheckDecl {
  CheckKind check;
  std::string_view name;
  int code;
  // Unless `kind: checks` says otherwise. Some checks find graver and lighter things.
  std::optional<Gravity> gravity;
  std::string_view meaning;
};

inline constexpr int kLifecycleCode = 244;
inline constexpr int kNeverHoldsCode = 236, kAlwaysHoldsCode = 238, kUnreachableRouteCode = 228,
                     kUnreachableRowCode = 237, kTableOverlapCode = 232,
                     kUnreachableScoreCode = 229, kScoringOverlapCode = 239,
                     kPoolNeverTakesCode = 224, kNoOpenTimeCode = 227, kCadenceNeverSendsCode = 240,
                     kUnusedFileCode = 234, kGapCode = 241, kNotProvedCode = 242,
                     kAcceptanceCode = 243;
inline constexpr int kRepGoneCode = 246, kSlaLadderCode = 247, kPoolHoursCode = 248,
                     kUnusedNameCode = 249, kConsentDefaultCode = 258, kTakenKeyCode = 259,
                     kNoExitCode = 260;

inline constexpr auto kChecks = std::to_array<CheckDecl>({
    {CheckKind::kNeverHolds, "never_holds", kNeverHoldsCode, Gravity::kError,
     "A condition, or a part of one, that no lead can meet."},
    {CheckKind::kAlwaysHolds, "always_holds", kAlwaysHoldsCode, Gravity::kWarning,
     "A condition that every lead meets, so that it asks for nothing."},
    {CheckKind::kUnreachableRoute, "unreachable_route", kUnreachableRouteCode, Gravity::kError,
     "A route, screening or repeat rule that gets no lead, since those before it, one or several "
     "together, take all it is for, or that has none with the field which is to name who gets it. "
     "That screening keeps them all from a route is a warning, and that all go to its `else`."},
    {CheckKind::kUnreachableRow, "unreachable_row", kUnreachableRowCode, Gravity::kWarning,
     "A row of a table that gets no lead, since rows or routes before it take all it is for."},
    {CheckKind::kTableOverlap, "table_overlap", kTableOverlapCode, Gravity::kError,
     "Two rows of a table match one lead where one row may."},
    {CheckKind::kUnreachableScore, "unreachable_score", kUnreachableScoreCode, Gravity::kError,
     "A threshold, grade or condition on a score that the points of the rules never add up to, "
     "since rules exclude each other, are limited or too few. What only says nothing is a warning: "
     "a cap, claim or milestone that another always comes before, a grade between those that "
     "scores have, where the lowest grade begins if scores below it have it, too, a rule's limit "
     "that its first points meet; a cap that only leads handed on fill is a note."},
    {CheckKind::kScoringOverlap, "scoring_overlap", kScoringOverlapCode, Gravity::kWarning,
     "A scoring rule that gives no points, or two that always count together: one undoes the "
     "other, or says the same again."},
    {CheckKind::kLifecycle, "lifecycle", kLifecycleCode, Gravity::kWarning,
     "A threshold to a stage that `route_when` does not list, a stage it lists that no threshold "
     "leads to, a threshold that an earlier one always comes before, a reason in a repeat rule "
     "that "
     "looks misspelt, or a repeat rule that asks what cannot be done with a lead in its stage."},
    {CheckKind::kPoolNeverTakes, "pool_never_takes", kPoolNeverTakesCode, std::nullopt,
     "A pool that can never take a lead, one whose members have no open time after the day of the "
     "check, or one whose overflow may be full as well."},
    {CheckKind::kNoOpenTime, "no_open_time", kNoOpenTimeCode, Gravity::kError,
     "A calendar without open time; as a warning, one whose open time is past by the day of the "
     "check."},
    {CheckKind::kCadenceNeverSends, "cadence_never_sends", kCadenceNeverSendsCode,
     Gravity::kWarning,
     "A step of a cadence that has no minute, ever or for months, in its window for leads that a "
     "route or row asks for, or none in which a rep who may get them works, or that is skipped for "
     "every lead of the routes that start the cadence."},
    {CheckKind::kUnusedFile, "unused_file", kUnusedFileCode, Gravity::kWarning,
     "A table or calendar file that no rule names."},
    {CheckKind::kGap, "gap", kGapCode, Gravity::kOff,
     "Leads that no route takes, so that they go to `otherwise`: one of them is shown."},
    {CheckKind::kNotProved, "not_proved", kNotProvedCode, Gravity::kNote,
     "What could be proved neither way: the work bound was spent, or a part of a condition can "
     "only be tried out."},
    {CheckKind::kAcceptance, "acceptance", kAcceptanceCode, Gravity::kWarning,
     "An acceptance that accepts nothing: without a reason, without a finding, or misspelt."},
    {CheckKind::kRepGone, "rep_gone", kRepGoneCode, Gravity::kWarning,
     "A rep to whom a route leads or who is a backup has left by the day of the check, or nobody "
     "who may take from a pool is there on it. A route to the SDR of somebody, when the roster has "
     "nobody who supports anybody."},
    {CheckKind::kSlaLadder, "sla_ladder", kSlaLadderCode, Gravity::kWarning,
     "Rungs of a ladder that do not stand in the order of their times, or do the same twice."},
    {CheckKind::kPoolHours, "pool_hours", kPoolHoursCode, Gravity::kWarning,
     "An SLA that counts the hours of pools which have none."},
    {CheckKind::kUnusedName, "unused_name", kUnusedNameCode, Gravity::kWarning,
     "A pool, SLA, cadence or list that no rule names. A declared field without a `meaning` that "
     "no rule reads is a note."},
    {CheckKind::kConsentDefault, "consent_default", kConsentDefaultCode, Gravity::kWarning,
     "A channel of a cadence that reaches leads for whose country or region `consent` of kind "
     "privacy has no word."},
    {CheckKind::kTakenKey, "taken_key", kTakenKeyCode, Gravity::kWarning,
     "A declared field that takes a key of forms or other events from the built-in field which the "
     "key meant."},
    {CheckKind::kNoExit, "no_exit", kNoExitCode, Gravity::kWarning,
     "A cadence with an empty `exit`, whose steps go on after a reply or a booked meeting."},
});

constexpr const CheckDecl& DeclOf(CheckKind check) { return kChecks[static_cast<size_t>(check)]; }
static_assert([] {
  for (size_t i = 0; i < kChecks.size(); ++i) {
    if (kChecks[i].check != static_cast<CheckKind>(i)) return false;
  }
  return true;
}());

}  // namespace pm
