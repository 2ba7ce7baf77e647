// What an SLA publishes.
#include "engine/stages/desk/sla/sla.h"

namespace pm {
namespace {

std::string ManagerOf(const Sla& sla, std::string_view rep_id) {
  const KnownRep rep = FindRep(sla.desk, rep_id);
  return rep.has_value() ? rep->manager : "";
}

// Of the rep who has the lead; while it waits, of the pool's members.
std::vector<std::string> Managers(const Sla& sla) {
  if (!sla.row.rep.empty()) return {ManagerOf(sla, sla.row.rep)};
  std::vector<std::string> managers;
  const Pool* pool = sla.desk.step.rules.FindPool(sla.row.pool);
  if (pool == nullptr) return managers;
  for (const PoolMember& member : pool->members) managers.push_back(ManagerOf(sla, member.rep));
  return managers;
}

std::string AddressOf(const Sla& sla, const std::string& name) {
  const std::string id = ResolveRep(sla.desk, name);
  const KnownRep rep = FindRep(sla.desk, id);
  return rep.has_value() && !rep->email.empty() ? rep->email : name;
}

}  // namespace

SlaOutput ReportOn(const Sla& sla, const MilestoneRun& m, const PastAssignment* past) {
  const AssignmentRow& row = sla.row;
  const AssignmentRef what = past != nullptr ? past->what : RefOf(sla.desk, row);
  SlaOutput output;
  output.decision_id = row.decision;
  output.actor = {"rule", sla.policy.name};
  output.lead = OutLeadOf(row.card);
  output.assignment = OutAssignmentOf(row.card.lead, what);
  if (!what.rep.empty()) output.rep = OutRepOf(sla.desk, what.rep);
  output.manager = ManagerOf(sla, what.rep);
  output.policy = sla.policy.name;
  output.policy_hash = sla.policy.hash;
  output.milestone = MilestoneName(m.milestone);
  output.started = m.started;
  output.due = m.due;
  output.met_at = m.met_at;
  output.business_ms = UsedUntil(sla, m, sla.now()).ms;
  return output;
}

void Publish(const Sla& sla, std::string_view type, SlaOutput output) {
  sla.desk.step.Publish(type, ToText(sla.row.card.lead), std::move(output));
}

std::vector<std::string> Recipients(const Sla& sla, const std::vector<std::string>& names) {
  std::vector<std::string> recipients;
  const auto add = [&](const std::string& meant) {
    if (meant.empty()) return;
    std::string address = AddressOf(sla, meant);
    if (std::ranges::find(recipients, address) == recipients.end()) {
      recipients.push_back(std::move(address));
    }
  };
  for (const std::string& name : names) {
    if (name == "rep") {
      add(sla.row.rep);
    } else if (name == "manager") {
      for (const std::string& manager : Managers(sla)) add(manager);
    } else {
      add(name);
    }
  }
  return recipients;
}

}  // namespace pm
