#include "rules/diff/first_match.h"

#include <map>
#include <unordered_map>

#include "rules/tables/route_table.h"

namespace pm {
namespace {

constexpr size_t kNowhere = SIZE_MAX;

class Comparison {
 public:
  Comparison(const MatchSide& before, const MatchSide& after, const LeadSpace& space,
             uint64_t budget, const LeadQuery& among)
      : before_(before), after_(after), space_(space), budget_(budget), among_(among) {
    std::unordered_map<std::string_view, size_t> first_before;
    for (size_t u = 0; u < before.units.size(); ++u) {
      if (!before.units[u].partial) first_before.emplace(before.units[u].key, u);
    }
    for (const Unit& unit : after.units) {
      const auto found = first_before.find(unit.key);
      covered_from_.push_back(found == first_before.end() ? kNowhere : found->second);
    }
    for (size_t v = 0; v < after.units.size(); ++v) {
      if (!after.units[v].partial) first_after_.emplace(after.units[v].key, v);
    }
    for (const Unit& unit : before.units) groups_before_.push_back(GroupOf(unit));
    for (const Unit& unit : after.units) groups_after_.push_back(GroupOf(unit));
  }

  MatchDiff Run() {
    for (size_t u = 0; u < before_.units.size(); ++u) CompareUnit(u);
    return std::move(diff_);
  }

 private:
  // Which units of the new list may take a lead of the old one's unit `u`: none behind the first
  // that asks the same as `u`, and none that asks what one ahead of `u` asks.
  void CompareUnit(size_t u) {
    const auto same = first_after_.find(before_.units[u].key);
    const size_t last = same == first_after_.end() ? after_.units.size() - 1 : same->second;
    for (size_t v = 0; v <= last; ++v) {
      if (covered_from_[v] < u) continue;
      const Group &old = groups_before_[u], &now = groups_after_[v];
      if (old.SameOutcome(now) || Apart(before_.units[u], after_.units[v])) continue;
      const auto known = known_.find({old.number, now.number});
      if (known == known_.end()) {
        ComparePair(u, v);
      } else {
        Complete(&diff_.regions[known->second], u, v);
      }
    }
  }

  // Units of one route and outcome: the rows of a table that lead to one pool. Numbered.
  struct Group {
    size_t outcome = 0, names = 0, number = 0;
    bool SameOutcome(const Group& other) const {
      return outcome == other.outcome || names == other.names;
    }
  };
  Group GroupOf(const Unit& unit) {
    const auto number = [this](std::string text) {
      return numbers_.emplace(std::move(text), numbers_.size()).first->second;
    };
    return {number(unit.outcome.signature), number("names\n" + unit.outcome.names),
            number(fmt::format("{}\n{}", unit.route, unit.outcome.signature))};
  }
  using PairOfGroups = std::pair<size_t, size_t>;
  PairOfGroups GroupsOf(size_t u, size_t v) const {
    return {groups_before_[u].number, groups_after_[v].number};
  }

  // Rows that share a column but no value of it have no lead in common.
  static bool Apart(const Unit& a, const Unit& b) {
    if (a.table == nullptr || b.table == nullptr) return false;
    const auto& one = *static_cast<const RouteTable*>(a.table);
    const auto& other = *static_cast<const RouteTable*>(b.table);
    for (size_t i = 0; i < one.inputs().size(); ++i) {
      for (size_t j = 0; j < other.inputs().size(); ++j) {
        if (one.inputs()[i].field != other.inputs()[j].field) continue;
        if (!one.rows()[a.row].cells[i].Overlaps(other.rows()[b.row].cells[j])) return true;
      }
    }
    return false;
  }

  static Condition Instead(const MatchSide& side, size_t asked, size_t taken, Facts facts) {
    return side.instead ? side.instead(asked, taken, facts) : side.units[taken].when;
  }

  // A lead that the two units take.
  LeadAnswer LeadOf(size_t u, size_t v) {
    LeadQuery query{.must = among_.must, .must_not = among_.must_not};
    query.must.insert(query.must.begin(), {before_.units[u].when, after_.units[v].when});
    query.blocking = [&](Facts facts) -> std::optional<Condition> {
      const size_t old = before_.take(facts);
      if (old != u) return Instead(before_, u, old, facts);
      const size_t now = after_.take(facts);
      if (now != v) return Instead(after_, v, now, facts);
      return std::nullopt;
    };
    LeadAnswer answer = FindLead(space_, query);
    diff_.work += answer.work;
    if (!answer.found()) return answer;
    FactSheet sheet(space_.slots);
    sheet.Add(FieldBlock(answer.facts));
    if (before_.take(sheet.facts()) != u || after_.take(sheet.facts()) != v) {
      answer.kind = LeadAnswer::Kind::kNotProved;
      answer.why = "the lead that was found is taken otherwise";
    }
    return answer;
  }

  void ComparePair(size_t u, size_t v) {
    if (diff_.work >= budget_) return Doubt(u, v, "the work bound is spent");
    LeadAnswer answer = LeadOf(u, v);
    if (answer.none()) return;
    if (!answer.found()) return Doubt(u, v, answer.why);
    known_.emplace(GroupsOf(u, v), diff_.regions.size());
    diff_.regions.push_back({u, v, std::move(answer.facts), {u}, {v}});
  }

  // More units may change as those of the region do.
  void Complete(MatchRegion* region, size_t u, size_t v) {
    if (region->all_before.contains(u) && region->all_after.contains(v)) return;
    const bool asked = diff_.work < budget_;
    const LeadAnswer answer = asked ? LeadOf(u, v) : LeadAnswer{};
    if (asked && answer.none()) return;
    if (!asked || !answer.found()) {
      region->complete = false;
      return;
    }
    region->all_before.insert(u);
    region->all_after.insert(v);
  }

  void Doubt(size_t u, size_t v, std::string why) {
    if (doubted_.insert(GroupsOf(u, v)).second) diff_.doubts.push_back({u, v, std::move(why)});
  }

  const MatchSide& before_;
  const MatchSide& after_;
  const LeadSpace& space_;
  const uint64_t budget_;
  const LeadQuery& among_;
  std::vector<size_t>
      covered_from_;  // by unit of `after`: the first of `before` that asks the same
  std::unordered_map<std::string_view, size_t> first_after_;
  std::unordered_map<std::string, size_t> numbers_;
  std::vector<Group> groups_before_, groups_after_;
  std::map<PairOfGroups, size_t> known_;  // which region
  std::set<PairOfGroups> doubted_;
  MatchDiff diff_;
};

}  // namespace

MatchDiff DiffFirstMatch(const MatchSide& before, const MatchSide& after, const LeadSpace& space,
                         uint64_t budget, const LeadQuery& among) {
  return Comparison(before, after, space, budget, among).Run();
}

}  // namespace pm
