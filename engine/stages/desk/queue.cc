// Queues: leads that wait until a rep claims them, in the pool's order.
#include "engine/stages/desk/placing.h"

namespace pm {
namespace {

// Fixed-width bytes that sort as the pool's order says. Urgent leads come before all others.
std::string OrderOf(Desk& desk, const AssignmentRow& row, const Pool& pool) {
  std::string order;
  order += static_cast<char>(UrgencyOf(row));
  const auto rising = [&](int64_t n) {
    AppendBigEndian(&order, static_cast<uint64_t>(n) ^ (uint64_t{1} << 63));
  };
  for (const QueueOrder by : pool.order) {
    switch (by) {
      case QueueOrder::kDue:
        rising(SlaNextDue(desk, row.card.lead).ms);
        break;
      case QueueOrder::kScore: {
        const FieldBlock fields(row.card.fields);
        rising(-(fields.Get(Field("score.fit")).number +
                 fields.Get(Field("score.engagement")).number));
        break;
      }
      case QueueOrder::kArrival:
        rising(row.queued_at.ms);
        break;
    }
  }
  return order;
}

QueueEntry::Key EntryOf(const Desk& desk, const AssignmentRow& row) {
  return {desk.hash, Hash64(row.pool), row.queue_order, row.card.lead};
}

std::string QueuePrefix(const Desk& desk, std::string_view pool) {
  std::string prefix(1, QueueEntry::kPrefix);
  AppendBigEndian32(&prefix, desk.hash);
  AppendBigEndian(&prefix, Hash64(pool));
  return prefix;
}

// A queue that names nobody is open to the reps whose leads this desk counts.
bool MayClaim(const Desk& desk, const Pool& pool, std::string_view rep) {
  return pool.HasMember(rep) &&
         (!pool.members.empty() || desk.step.rules.DeskOfRep(rep) == desk.name);
}

std::string WhyNotQueue(Desk& desk, std::string_view name, const std::string& rep) {
  const Pool* pool = desk.step.rules.FindPool(name);
  if (pool == nullptr) return "unknown_pool";
  if (pool->strategy != PoolStrategy::kQueue) return "not_a_queue";
  return MayClaim(desk, *pool, rep) ? "" : "not_a_member";
}

void Insert(Desk& desk, AssignmentRow& row, const Pool& pool) {
  row.queue_order = OrderOf(desk, row, pool);
  desk.step.rows.Edit<QueueEntry>(EntryOf(desk, row));
  PoolRow& state = desk.step.rows.Edit<PoolRow>({desk.hash, pool.name});
  ++state.queued;
  state.order = OrderName(pool);
  // Nobody claims from a pool that shares out by itself: it looks again for somebody.
  if (pool.strategy != PoolStrategy::kQueue) {
    state.due = std::min(state.due, desk.step.now + kLookAgain);
  }
}

HeldEntry::Key HeldOf(const Desk& desk, const AssignmentRow& row) {
  return {desk.hash, Hash64(row.pool), "", row.card.lead};
}

// The lead the rep would get: the named one, or the first of the named or any of the rep's queues.
std::optional<LeadId> Wanted(Desk& desk, const Event& event, const std::string& rep,
                             std::string* refusal) {
  if (event.lead || event.assignment) {
    return event.lead ? event.lead : event.assignment.lead;
  }
  const std::string_view named = FieldBlock(event.fields).Text(Field("event.pool"));
  *refusal = named.empty() ? "" : WhyNotQueue(desk, named, rep);
  if (!refusal->empty()) return std::nullopt;
  for (const Pool& pool : desk.step.rules.pools) {
    if (!named.empty() && pool.name != named) continue;
    if (!MayClaim(desk, pool, rep) || pool.desk != desk.name) continue;
    const std::string prefix = QueuePrefix(desk, pool.name);
    if (const std::optional<std::string> key = desk.step.rows.NextKey(prefix, prefix)) {
      return LeadOfIndexKey(*key);
    }
  }
  *refusal = "queue_empty";
  return std::nullopt;
}

std::string WhyNot(Desk& desk, const AssignmentRow& row, const RosterRep& rep) {
  if (row.place != Place::kQueued) return "not_queued";
  const Pool* pool = desk.step.rules.FindPool(row.pool);
  if (pool == nullptr) return {};
  if (!MayClaim(desk, *pool, rep.id)) return "not_a_member";
  const RepRow* state = desk.step.rows.Find<RepRow>({desk.hash, rep.id});
  if (pool->claim_at_most_open > 0 && OpenFrom(state, pool->name) >= pool->claim_at_most_open) {
    return "too_many_open";
  }
  return CapReached(desk, rep, pool).empty() ? "" : "cap_reached";
}

}  // namespace

int UrgencyOf(const AssignmentRow& row) {
  if (row.priority == "urgent") return 0;
  return row.priority == "high" ? 1 : 2;
}

void Enqueue(Desk& desk, AssignmentRow& row, const Pool& pool) {
  row.pool = pool.name;
  SetPlace(row, Place::kQueued);
  row.via = "queue";
  if (row.queued_at == kNever) row.queued_at = desk.step.now;
  row.due = kNever;
  SlaRouted(desk, row);
  CadenceWaits(desk, row);
  Insert(desk, row, pool);
}

bool IsQueuedAs(const PoolRow& state, const Pool& pool) { return state.order == OrderName(pool); }

std::string OrderName(const Pool& pool) {
  std::string name;
  for (const QueueOrder by : pool.order) {
    name += by == QueueOrder::kDue ? "due " : by == QueueOrder::kScore ? "score " : "arrival ";
  }
  return name;
}

void HoldForHours(Desk& desk, AssignmentRow& row, const Pool& pool, Instant until) {
  row.pool = pool.name;
  SetPlace(row, Place::kHeldForHours);
  row.via = "off_hours";
  row.queued_at = desk.step.now;
  desk.step.rows.Edit<HeldEntry>(HeldOf(desk, row));
  ++desk.step.rows.Edit<PoolRow>({desk.hash, pool.name}).held;
  row.due = until;
  SlaRouted(desk, row);
  CadenceWaits(desk, row);
}

void Reorder(Desk& desk, LeadId lead) {
  const AssignmentRow* found = desk.step.rows.Find<AssignmentRow>(desk.KeyOf(lead));
  if (found == nullptr || found->place != Place::kQueued) return;
  const Pool* pool = desk.step.rules.FindPool(found->pool);
  if (pool == nullptr || OrderOf(desk, *found, *pool) == found->queue_order) return;
  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(desk.KeyOf(lead));
  desk.step.rows.Erase<QueueEntry>(EntryOf(desk, row));
  row.queue_order = OrderOf(desk, row, *pool);
  desk.step.rows.Edit<QueueEntry>(EntryOf(desk, row));
}

void Dequeue(Desk& desk, AssignmentRow& row) {
  if (row.place == Place::kHeldForHours) {
    desk.step.rows.Erase<HeldEntry>(HeldOf(desk, row));
    PoolRow& pool = desk.step.rows.Edit<PoolRow>({desk.hash, row.pool});
    PM_CHECK(pool.held > 0);
    --pool.held;
    row.due = kNever;
    row.queued_at = kNever;
  }
  if (row.place != Place::kQueued) return;
  desk.step.rows.Erase<QueueEntry>(EntryOf(desk, row));
  PoolRow& pool = desk.step.rows.Edit<PoolRow>({desk.hash, row.pool});
  PM_CHECK(pool.queued > 0);
  --pool.queued;
  row.queue_order.clear();
  row.queued_at = kNever;
}

void OnClaim(Desk& desk, const Event& event) {
  const FieldBlock fields(event.fields);
  const std::string_view said = fields.Text(Field("event.by")).empty()
                                    ? fields.Text(Field("event.rep"))
                                    : fields.Text(Field("event.by"));
  const std::string id = ResolveRep(desk, said);
  const KnownRep rep = id.empty() ? KnownRep() : FindRep(desk, id);
  if (!rep || !IsActive(desk, *rep)) return RequestResult(desk, event, nullptr, "unknown_rep");
  std::string refusal;
  const std::optional<LeadId> lead = Wanted(desk, event, id, &refusal);
  if (!lead) return RequestResult(desk, event, nullptr, refusal);
  const AssignmentRow* found = desk.step.rows.Find<AssignmentRow>(desk.KeyOf(*lead));
  if (found == nullptr) {
    if (!SendAfter(desk, *lead, MessageType::kEvent, Encoded(event))) {
      RequestResult(desk, event, nullptr, "unknown_lead");
    }
    return;
  }
  refusal = WhyNot(desk, *found, *rep);
  if (!refusal.empty()) return RequestResult(desk, event, found, refusal);

  AssignmentRow& row = desk.step.rows.Edit<AssignmentRow>(desk.KeyOf(*lead));
  Dequeue(desk, row);
  // A claim meets assign and accept.
  Assign(desk, row, id, "claim", "assignment.claimed", {"rep", id}, Place::kAccepted);
  SlaEvidence(desk, row, Milestone::kAccept, desk.step.now, {"rep", id});
  const Pool* pool = desk.step.rules.FindPool(row.pool);
  if (pool != nullptr && pool->claim_return_after > Duration{}) {
    row.due = desk.step.now + pool->claim_return_after;
  }
  RequestResult(desk, event, &row, "");
}

}  // namespace pm
