// Who owned what is taken over, and which of them are fenced.
#include <fmt/format.h>

#include "engine/runtime/kafka/state/take_over.h"

namespace pm {

namespace {

constexpr int kMostClaimRecords = 10'000;
constexpr Duration kClaimWait = Milliseconds(200);
constexpr size_t kMostIdle = 10;  // of these, in which nothing came
// Who is asked besides tasks and owners. No transactional id looks so.
constexpr char kGroup[] = "who is in the group", kClaims[] = "whose claims are open";

}  // namespace

// Who wrote a changelog before us may have died, or sleep, with a transaction open: it holds back
// what we must read and the offset we must know. Nobody else's can, for only owners write there.
// Whoever is in the group lives, and ends by itself what it has open: to fence it would end the
// transactions of the tasks that it has now. Once out of it, it can commit nothing any more.
// Whoever hands a task over alive has ended what it had open there. What the dead had open may hold
// back others, inputs of the next stage above all: so they are fenced though nothing is missed
// here.
Result<void> TakeOvers::FenceOwners() {
  if (!pace_.MayAsk(kGroup)) return {};
  const std::vector<const TakeOver*> held = HeldBack();
  const bool may_fence =
      std::ranges::any_of(left_, [this](const auto& owner) { return pace_.MayAsk(owner.first); });
  if (held.empty() && !may_fence) return {};
  const auto alive = pace_.Ask(kGroup, [this] { return Alive(); });
  if (!alive) return IsPassing(alive.error()) ? Result<void>{} : std::unexpected(alive.error());
  Owners dead;
  for (const auto& [id, address] : std::exchange(left_, {})) AddOwner(id, address, *alive, &dead);
  for (const TakeOver* one : held) {
    if (const auto& owner = one->restore->owner())
      AddOwner(owner->transactional_id, owner->address, *alive, &dead);
  }
  if (!held.empty()) {
    if (dead.empty()) PM_TRY_VOID(AddClaims(held, *alive, &dead));
    if (dead.empty()) fenced_.clear();  // from the start, should it go on
  }
  for (const auto& [transactional_id, address] : dead)
    PM_TRY_VOID(Fence(transactional_id, address));
  return {};
}

// That have waited long enough. They wait again from now on.
std::vector<const TakeOver*> TakeOvers::HeldBack() {
  const Duration now = clock_.Measure();
  std::vector<const TakeOver*> held;
  for (auto& [task, one] : all_) {
    if (one.phase != TaskPhase::kRestores || !one.is_held_back()) continue;
    if (now - one.moved_at < settings_.fence_after) continue;
    one.moved_at = now;
    one.stands = true;
    held.push_back(&one);
  }
  return held;
}

// Transactional ids, our own among them.
Result<std::set<std::string>> TakeOvers::Alive() const {
  std::set<std::string> alive = {settings_.transactional_id};
  if (!settings_.members) return alive;
  PM_TRY(const std::set<std::string> members, settings_.members());
  for (const std::string& instance : members)
    alive.insert(settings_.names.TransactionalId(instance));
  return alive;
}

void TakeOvers::AddOwner(const std::string& id, const std::string& address,
                         const std::set<std::string>& alive, Owners* owners) const {
  if (!id.empty() && !alive.contains(id) && !fenced_.contains(id)) (*owners)[id] = address;
}

// Whoever died in the transaction by which it claimed a task is named there alone: it is open, and
// lies behind what is committed.
Result<void> TakeOvers::AddClaims(std::span<const TakeOver* const> held,
                                  const std::set<std::string>& alive, Owners* owners) {
  if (!settings_.uncommitted || !pace_.MayAsk(kClaims)) return {};
  const Duration began = clock_.Measure();
  std::vector<PartitionOffset> from;
  for (const TakeOver* one : held) from.push_back({one->changelog, one->read_to, {}});
  PM_TRY(const std::unique_ptr<KafkaReader> reader, settings_.uncommitted());
  PM_TRY_VOID(reader->Assign(from));
  const auto is_read = [&](const PartitionOffset& one) {
    const auto position = reader->Position(one.partition);
    const auto end = reader->End(one.partition);
    return position && end && *position >= *end;
  };
  size_t idle = 0;
  for (int n = 0; n < kMostClaimRecords && idle < kMostIdle + held.size(); ++n) {
    PM_TRY(const std::optional<KafkaRecord> record, reader->Poll(kClaimWait));
    if (!record) {
      if (std::ranges::all_of(from, is_read)) break;
      ++idle;
      continue;
    }
    OwnerRecord owner;
    if (record->key == OwnerKey() && Decode(record->value, &owner))
      AddOwner(owner.transactional_id, owner.address, alive, owners);
  }
  pace_.Note(kClaims, !owners->empty(), clock_.Measure() - began);
  return {};
}

// With our own client, which has one producer at a time. Who cannot be fenced now is left for
// later, also once all that is taken over runs.
Result<void> TakeOvers::Fence(const std::string& transactional_id, const std::string& address) {
  if (!pace_.MayAsk(transactional_id)) {
    left_[transactional_id] = address;
    return {};
  }
  for (auto& [task, one] : all_) {
    const bool is_its = one.restore && one.restore->owner() &&
                        one.restore->owner()->transactional_id == transactional_id;
    if (is_its) one.moved_at = clock_.Measure();
  }
  const Result<void> fenced =
      pace_.Ask(transactional_id, [&] { return client_.InitTransactions(transactional_id); });
  const Result<void> ours = client_.InitTransactions(settings_.transactional_id);
  if (!fenced) {
    left_[transactional_id] = address;
  } else if (fenced_.insert(transactional_id).second) {
    ++counters_.owners_fenced;
    if (settings_.say)
      settings_.say(fmt::format("{} at {} is gone, and may have held back what it had: fenced",
                                transactional_id, address));
  }
  if (!ours) lost_producer_ = true;
  for (const Result<void>* done : {&fenced, &ours}) {
    if (!*done && !IsPassing(done->error())) return *done;
  }
  return {};
}

}  // namespace pm
