// What the parts of placement share: a lead on its way to a rep or a queue. The desk's contract
// (OnRouteRequest, PlaceAnew and the rest) is in desk.h.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "engine/stages/desk/desk.h"

namespace pm {

// What trying one pool or rep came to.
enum class Try : uint8_t { kPlaced, kNobody };

struct Placing {
  static constexpr size_t kMostPassedOver = 60;

  Desk& desk;
  AssignmentRow& row;
  std::string_view output_type;
  const OutActor& actor;
  std::vector<std::string> tried_pools;  // against circles of overflow

  void PassOver(std::string_view who, std::string_view reason) {
    if (row.passed_over.size() < kMostPassedOver) {
      row.passed_over.push_back(fmt::format("{}: {}", who, reason));
    }
  }
};

// ---- pool_choice.cc
struct Eligibility {
  std::vector<std::string> now;    // may take it at once
  std::vector<std::string> later;  // only their hours stand in the way
};
// A pool's members for this lead; the others are passed over with their reasons.
Eligibility Sift(Placing& p, const Pool& pool);
// When the first of `later` begins work; kNever when nobody ever does.
Instant SoonestOpening(Desk& desk, const std::vector<std::string>& later);
// Gives the lead to a member, holds it for the pool's hours or queues it; with nobody there the
// pools it overflows into are tried.
Try TryPool(Placing& p, const std::string& name);
// Whether TryPool would find somebody or a queue; changes nothing but `p.row.passed_over`.
bool CouldTake(Placing& p, const std::string& name);

// ---- placement.cc
// Places a lead that waits in a queue or for its pool's hours: its pool as it is now, else the
// fallback queue.
void PlaceWaiting(Desk& desk, AssignmentRow& row);
// The pool of last resort takes it into a queue, whatever its strategy.
void FallBack(Placing& p);
void PublishQueued(Placing& p, std::string_view reason);
void PublishDecision(Desk& desk, const AssignmentRow& row);
void RaisePlacementAlert(Desk& desk, const AssignmentRow& row, std::string code, std::string what,
                         std::string what_to_do);

}  // namespace pm
