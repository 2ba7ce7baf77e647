// What the parts of placement share: a lead on its way to a rep or a queue. The desk's contract
// (OnRouteRequest, PlaceAnew and the rest) is in desk.h.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "engine/stages/desk/desk.h"

namespace pm {

// What trying one pool or rep came to. kElsewhere: who comes next belongs to another desk.
enum class Try : uint8_t { kPlaced, kNobody, kElsewhere };

// How often a pool that shares out by itself looks whether it can take what waits there: caps and
// hours let somebody take a lead without any event.
inline constexpr Duration kLookAgain = Minutes(15);

struct Placing {
  static constexpr size_t kMostPassedOver = 60;

  Desk& desk;
  AssignmentRow& row;
  std::string_view output_type;
  const OutActor& actor;
  std::vector<std::string> tried;  // pools, and absent reps' backups elsewhere: against circles
  // With kElsewhere the way from there on, with kPlaced what is left of it. What has no route yet
  // is of the route at hand.
  std::vector<Candidate> onward;

  void PassOver(std::string_view who, std::string_view reason) {
    if (row.passed_over.size() >= kMostPassedOver) return;
    std::string& text = row.passed_over.emplace_back();  // there are many
    text.reserve(who.size() + reason.size() + 2);
    text += who;
    text += ": ";
    text += reason;
  }
};

// ---- reps.cc
// On leave now by the roster.
bool IsOnLeave(const Desk& desk, const RosterRep& rep);

// ---- queue.cc
// 0 before 1 before 2: an urgent lead, one of high priority, any other.
int UrgencyOf(const AssignmentRow& row);

// ---- pool_choice.cc
// Whether that was tried on the way before; it is from now on.
bool Tried(Placing& p, std::string name);
struct Asleep {
  std::string rep;
  const Calendar* hours;
};
struct Eligibility {
  std::vector<std::string> now;  // may take it at once
  std::vector<Asleep> later;     // only their hours stand in the way
};
// A pool's members for this lead; the others are passed over with their reasons, but for those
// whose hours alone stand in the way.
Eligibility Sift(Placing& p, const Pool& pool);
// When the first of `later` begins work; kNever when nobody ever does.
Instant SoonestOpening(const Desk& desk, const std::vector<Asleep>& later);
// Gives the lead to a member, holds it for the pool's hours or queues it; with nobody there the
// pools it overflows into are tried. A pool of another desk is not looked into from here.
Try TryPool(Placing& p, const std::string& name);
// Whether TryPool would find somebody or a queue; changes nothing but `p.row.passed_over`.
bool CouldTake(Placing& p, const std::string& name);

// ---- way.cc
// Along the candidates until one takes the lead. A lead that was placed before keeps its SLA and
// cadence.
Try TryWay(Placing& p, std::span<const Candidate> way);
// The pool it is in, if any, and on by what was behind when the lead was routed: further pools of
// an overflow, `else`, the next routes.
Try TryFurther(Placing& p);

// ---- placement.cc
// Places a lead that waits in a queue or for its pool's hours: its pool as it is now, what was
// behind, else the fallback queue.
void PlaceWaiting(Desk& desk, AssignmentRow& row);
// The pool of last resort takes it into a queue, whatever its strategy. Never kNobody.
Try FallBack(Placing& p);
// Ends a placement: who came to nobody falls back, who goes elsewhere crosses, and the decision is
// published by the desk where the lead lands. `p.row` is gone afterwards when it crossed.
void Land(Placing& p, Try came_to, bool by_ladder = false);
void PublishQueued(Placing& p, std::string_view reason);
void PublishDecision(Desk& desk, AssignmentRow& row);
// Whether the request is to be placed here: none that came before, none that a later one overtook,
// none whose lead went on from here. Ends what an earlier one has made here. `seq`: the number
// asked for, or the next that is free here.
bool MakeWay(Desk& desk, const RouteRequest& request, uint32_t* seq);
void RaisePlacementAlert(Desk& desk, const AssignmentRow& row, std::string code, std::string what,
                         std::string what_to_do);

// ---- crossing.cc: to another desk, by message
// Where a candidate's pool or rep belongs, when that is another desk; else empty.
std::string OtherDesk(Desk& desk, const Candidate& c);
// Whether the chain of messages may still be as long as that takes. The pool of last resort may use
// what others must leave for it.
bool CanCross(const Desk& desk, bool last_resort);
// The row as a candidate: its route and policies, a pool as target.
Candidate PoolBehind(const AssignmentRow& row, std::string pool, std::string via);
// Sends the lead along `p.onward`, with everything the desk has of it if it was placed before, and
// leaves word where it went.
void Cross(Placing& p, bool by_name, bool by_ladder);
// The row of a lead that comes from another desk; its SLA run stands beside it again.
AssignmentRow Unpack(Desk& desk, const RouteRequest& request);
// The same of its enrolments, which outlast its assignments: `once` and the ids of steps hold as
// long as the lead does, at whatever desk.
void TakeEnrolment(Desk& desk, const RouteRequest& request);
// A lead that went to another desk is to be routed anew: sends the request after it, so that who
// has it ends that first. False: nothing of it is elsewhere.
bool FollowLead(Desk& desk, const RouteRequest& request);

}  // namespace pm
