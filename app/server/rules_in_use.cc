#include "app/server/rules_in_use.h"

#include "app/views/read_rows.h"
#include "engine/stages/desk/records/assignment_row.h"
#include "engine/stages/desk/records/enrolment.h"
#include "engine/stages/desk/records/rep_row.h"
#include "engine/stages/desk/records/sla_run.h"

namespace pm {
namespace {

// False when there are more than `*left` rows.
template <class R, class Visit>
bool VisitRows(const StoreView& store, World world, size_t* left, Visit visit) {
  const std::string prefix = StoredKey(world, {&R::kPrefix, 1});
  std::string after = prefix;
  while (const std::optional<std::string> key = store.NextKey(prefix, after)) {
    if ((*left)-- == 0) return false;
    R row;
    PM_CHECK(Decode(store.Get(*key).value_or(""), &row));
    visit(*key, row);
    after = *key;
  }
  return true;
}

// How many leads a rep has; of more than `most` as many.
size_t LeadsOf(const StoreView& store, const DeskNameKey& rep, size_t most = 1) {
  std::string prefix(1, OpenEntry::kPrefix);
  AppendBigEndian32(&prefix, rep.desk);
  AppendBigEndian(&prefix, Hash64(rep.name));
  size_t count = 0;
  std::optional<std::string> key = store.NextKey(prefix, prefix);
  while (key && ++count < most) key = store.NextKey(prefix, *key);
  return count;
}
bool HasLeads(const StoreView& store, const DeskNameKey& rep) { return LeadsOf(store, rep) > 0; }

}  // namespace

std::optional<std::set<ContentHash>> DocumentsInUse(const StoreView& store, size_t most) {
  std::set<ContentHash> used;
  const auto use = [&](ContentHash hash) {
    if (hash) used.insert(hash);
  };
  const auto of_lead = [&](const std::string&, const AssignmentRow& row) {
    use(row.sla_hash);
    use(row.cadence_hash);
  };
  const auto of_run = [&](const std::string&, const SlaRun& run) { use(run.policy); };
  const auto of_enrolment = [&](const std::string&, const Enrolment& enrolment) {
    if (enrolment.running()) use(enrolment.hash);
  };
  for (const World world : kWorlds) {
    const bool all = VisitRows<AssignmentRow>(store, world, &most, of_lead) &&
                     VisitRows<SlaRun>(store, world, &most, of_run) &&
                     VisitRows<Enrolment>(store, world, &most, of_enrolment);
    if (!all) return std::nullopt;
  }
  return used;
}

std::vector<RepWithLeads> DroppedRepsWithLeads(const StoreView& store, const RuleBook& rules) {
  std::vector<RepWithLeads> dropped;
  size_t no_bound = SIZE_MAX;
  // Nobody waits for a shadow or a test lead: it is released without being asked.
  VisitRows<RepRow>(store, World::kLive, &no_bound, [&](const std::string& key, const RepRow& row) {
    const DeskNameKey rep = DeskNameKeyOf(key);
    const bool known = rules.FindRep(rep.name) != nullptr || row.attributes.has_value();
    if (known) return;
    if (const size_t leads = LeadsOf(store, rep, kMostLeadsCounted); leads > 0)
      dropped.push_back({std::string(rep.name), leads});
  });
  std::ranges::sort(dropped, {}, &RepWithLeads::rep);
  return dropped;
}

std::vector<std::string> MovedReps(const StoreView& store, const RuleBook& rules) {
  std::vector<std::string> moved;
  size_t no_bound = SIZE_MAX;
  VisitRows<RepRow>(store, World::kLive, &no_bound, [&](const std::string& key, const RepRow&) {
    const DeskNameKey rep = DeskNameKeyOf(key);
    const bool is_there = DeskHash(rules.DeskOfRep(rep.name)) == rep.desk;
    if (!is_there && HasLeads(store, rep)) moved.emplace_back(rep.name);
  });
  std::ranges::sort(moved);
  return moved;
}

}  // namespace pm
