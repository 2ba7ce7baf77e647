// From desk to desk: a rep belongs to one desk, and only that desk knows the rep's caps and
// absence. A lead whose way leads there goes by message, as a route request with what is left of
// its way.
#include "engine/stages/desk/placing.h"
#include "engine/stages/desk/records/enrolment.h"
#include "engine/stages/desk/records/sla_run.h"

namespace pm {
namespace {

// A crossing is answered by telling the account stage: one message more.
constexpr uint32_t kHopsOfLastResort = 2;
constexpr uint32_t kHopsOfOthers = kHopsOfLastResort + 1;

template <class R>
std::string TakeRow(Desk& desk, const DeskLeadKey& key) {
  const R* row = desk.step.rows.Find<R>(key);
  if (row == nullptr) return {};
  std::string bytes = Encoded(*row);
  desk.step.rows.Erase<R>(key);
  return bytes;
}

template <class R>
void PutRow(Desk& desk, const DeskLeadKey& key, std::string_view bytes) {
  if (!bytes.empty()) PM_CHECK(Decode(bytes, &desk.step.rows.Edit<R>(key)));
}

}  // namespace

std::string OtherDesk(Desk& desk, const Candidate& c) {
  if (c.kind == TargetKind::kPool) {
    const Pool* pool = desk.step.rules.FindPool(c.target);
    return pool == nullptr || pool->desk == desk.name ? "" : pool->desk;
  }
  std::string rep = c.kind == TargetKind::kSdrOf ? SdrOf(desk, c.target) : c.target;
  if (rep.empty()) return {};
  if (const std::string id = ResolveRep(desk, rep); !id.empty()) rep = id;
  const std::string_view other = desk.step.rules.DeskOfRep(rep);
  return other == desk.name ? "" : std::string(other);
}

bool CanCross(const Desk& desk, bool last_resort) {
  return desk.step.hops + (last_resort ? kHopsOfLastResort : kHopsOfOthers) <= kMaxHops;
}

Candidate PoolBehind(const AssignmentRow& row, std::string pool, std::string via) {
  return {.route = row.route,
          .origin = row.origin,
          .kind = TargetKind::kPool,
          .target = std::move(pool),
          .via = std::move(via),
          .else_pool = "",
          .sla = row.sla,
          .sla_hash = row.sla_hash,
          .cadence = row.cadence,
          .cadence_hash = row.cadence_hash,
          .priority = row.priority};
}

void Cross(Placing& p, bool by_name, bool by_ladder) {
  Desk& desk = p.desk;
  AssignmentRow& row = p.row;
  const DeskLeadKey key = desk.KeyOf(row.card.lead);
  RouteRequest request;
  request.card = row.card;
  request.decision = row.decision;
  request.reason = row.reason;
  request.seq = row.seq;
  request.routed_at = row.routed_at;
  request.candidates = std::move(p.onward);
  request.passed_over = row.passed_over;
  request.tried = p.tried;
  request.handed_over = true;
  request.enrolment = TakeRow<Enrolment>(desk, key);
  const std::string to = OtherDesk(desk, request.candidates.front());
  PM_CHECK(!to.empty() && row.rep.empty());
  desk.step.mode = static_cast<Mode>(row.mode);
  if (row.place != Place::kNone) {
    request.moved = MovedLead{Encoded(row),
                              TakeRow<SlaRun>(desk, key),
                              std::string(p.output_type),
                              p.actor.type,
                              p.actor.id,
                              by_name,
                              by_ladder};
  }
  desk.step.rows.Edit<GoneRow>(key) = {row.seq, to, desk.step.now + GoneRow::kKept, row.card.round};
  desk.step.rows.Erase<AssignmentRow>(key);
  desk.step.Send(Stage::kDesk, to, MessageType::kRouteRequest, request);
}

bool SendAfter(Desk& desk, LeadId lead, MessageType type, std::string body) {
  const GoneRow* gone = desk.step.rows.Find<GoneRow>(desk.KeyOf(lead));
  if (gone == nullptr || gone->desk.empty()) return false;
  const bool in_time = desk.step.hops < kMaxHops && !IsKept(desk, lead);
  if (!in_time) {
    KeepForTick(desk, lead, type, std::move(body));
  } else {
    desk.step.SendBytes(Stage::kDesk, gone->desk, type, std::move(body));
  }
  return true;
}

bool FollowLead(Desk& desk, const RouteRequest& request) {
  const LeadId lead = request.card.lead;
  const GoneRow* gone = desk.step.rows.Find<GoneRow>(desk.KeyOf(lead));
  if (request.handed_over || gone == nullptr || gone->desk.empty()) return false;
  // Who ends what there was must be able to hand it over in the same chain.
  const bool in_time = desk.step.hops + 1 + kHopsOfOthers <= kMaxHops && !IsKept(desk, lead);
  if (!in_time) {
    KeepForTick(desk, lead, MessageType::kRouteRequest, Encoded(request));
  } else {
    desk.step.Send(Stage::kDesk, gone->desk, MessageType::kRouteRequest, request);
  }
  return true;
}

AssignmentRow Unpack(Desk& desk, const RouteRequest& request) {
  const DeskLeadKey key = desk.KeyOf(request.card.lead);
  AssignmentRow row;
  PM_CHECK(Decode(request.moved->assignment, &row));
  PutRow<SlaRun>(desk, key, request.moved->sla);
  return row;
}

void TakeEnrolment(Desk& desk, const RouteRequest& request) {
  PutRow<Enrolment>(desk, desk.KeyOf(request.card.lead), request.enrolment);
}

}  // namespace pm
