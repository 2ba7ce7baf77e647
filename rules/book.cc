#include "rules/book.h"

#include <algorithm>
#include <functional>

#include "model/normalise/email.h"
#include "rules/book_parts.h"

namespace pm {
namespace {

template <class Map, class Key>
auto FindShared(const Map& map, const Key& key) -> decltype(map.begin()->second.get()) {
  const auto it = map.find(key);
  return it == map.end() ? nullptr : it->second.get();
}

}  // namespace

bool LifecycleRules::RoutesOn(std::string_view reason) const {
  return std::ranges::find(route_when, reason) != route_when.end();
}

const SignalRules* ScoringRules::RulesOn(EventType signal) const {
  const auto it = std::ranges::lower_bound(by_signal, signal, {}, &SignalRules::signal);
  return it == by_signal.end() || it->signal != signal ? nullptr : &*it;
}

const ScoringRule* ScoringRules::EngagementRule(uint32_t id) const {
  const auto it =
      std::ranges::lower_bound(engagement_by_id, id, {}, &std::pair<uint32_t, uint32_t>::first);
  return it == engagement_by_id.end() || it->first != id ? nullptr : &engagement[it->second];
}

bool Cadence::ExitsOn(ExitEvent e) const { return std::ranges::find(exits, e) != exits.end(); }

std::string_view MilestoneName(Milestone m) {
  switch (m) {
    case Milestone::kAssign:
      return "assign";
    case Milestone::kAccept:
      return "accept";
    case Milestone::kFirstTouch:
      return "first_touch";
  }
  return {};
}

bool Pool::HasMember(std::string_view rep) const {
  if (members.empty()) return strategy == PoolStrategy::kQueue;
  return std::ranges::find(members, rep, &PoolMember::rep) != members.end();
}

const RosterRep* RuleBook::FindRep(std::string_view id) const {
  if (parts_ == nullptr) return nullptr;
  const auto it = parts_->rep_by_id.find(id);
  return it == parts_->rep_by_id.end() ? nullptr : it->second;
}

const RosterRep* RuleBook::FindRepBy(std::string_view text) const {
  if (const RosterRep* rep = FindRep(text)) return rep;
  auto it = parts_->rep_by_name.find(text);
  const bool is_address = text.find('@') != std::string_view::npos;
  if (it == parts_->rep_by_name.end() && is_address) {
    it = parts_->rep_by_name.find(ComparedAddress(text));
  }
  return it == parts_->rep_by_name.end() ? nullptr : FindRep(it->second);
}

const std::vector<std::string>& RuleBook::SupportersOf(std::string_view rep) const {
  static const std::vector<std::string> kNobody;
  const auto it = parts_->supporters.find(rep);
  return it == parts_->supporters.end() ? kNobody : it->second;
}

const Pool* RuleBook::FindPool(std::string_view name) const {
  if (parts_ == nullptr) return nullptr;
  const auto it = parts_->pool_by_name.find(name);
  return it == parts_->pool_by_name.end() ? nullptr : it->second;
}

std::string_view RuleBook::DeskOfRep(std::string_view rep) const {
  auto it = parts_->desk_of_rep.find(rep);
  if (it != parts_->desk_of_rep.end()) return it->second;
  const RosterRep* named = FindRepBy(rep);
  if (named != nullptr) it = parts_->desk_of_rep.find(named->id);
  return it == parts_->desk_of_rep.end() ? std::string_view(parts_->common_desk) : it->second;
}

std::vector<std::string> RuleBook::Desks() const {
  return parts_ == nullptr ? std::vector<std::string>{"main"} : parts_->desks;
}

const SlaPolicy* RuleBook::FindSla(std::string_view name) const {
  return FindShared(parts_->slas, name);
}

const SlaPolicy* RuleBook::FindSla(ContentHash hash) const {
  return FindShared(parts_->pinned_slas, hash);
}

const Cadence* RuleBook::FindCadence(std::string_view name) const {
  return FindShared(parts_->cadences, name);
}

const Cadence* RuleBook::FindCadence(ContentHash hash) const {
  return FindShared(parts_->pinned_cadences, hash);
}

std::vector<ContentHash> RuleBook::OwnDocuments() const {
  std::vector<ContentHash> own;
  for (const auto& [name, policy] : parts_->slas) own.push_back(policy->hash);
  for (const auto& [name, cadence] : parts_->cadences) own.push_back(cadence->hash);
  std::ranges::sort(own);
  return own;
}

bool RuleBook::InList(std::string_view list, std::string_view text) const {
  const TextList* found = FindShared(parts_->lists, list);
  return found != nullptr && found->Contains(text);
}

const Calendar& RuleBook::Hours(std::string_view calendar, std::string_view zone,
                                const std::vector<std::string>& holidays,
                                const std::vector<std::string>& leave) const {
  return parts_->hours.Of(calendar, zone, holidays, leave);
}

bool RuleBook::KnowsDaysOff(std::string_view file) const {
  return parts_->hours.KnowsDaysOff(file);
}

bool RuleBook::KnowsCalendar(std::string_view calendar) const {
  return calendar.empty() || calendar == "always" ||
         parts_->hours.FindCalendar(calendar) != nullptr;
}

}  // namespace pm
