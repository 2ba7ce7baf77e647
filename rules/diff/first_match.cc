#include "rules/diff/first_match.h"

#include <set>
#include <unordered_map>

#include "rules/tables/route_table.h"

namespace pm {
namespace {

constexpr size_t kNowhere = SIZE_MAX;

class Comparison {
 public:
  Comparison(const MatchSide& before, const MatchSide& after, const LeadSpace& space,
             uint64_t budget)
      : before_(before), after_(after), space_(space), budget_(budget) {
    std::unordered_map<std::string_view, size_t> first_before;
    for (size_t u = 0; u < before.units.size(); ++u) first_before.emplace(before.units[u].key, u);
    for (const Unit& unit : after.units) {
      const auto found = first_before.find(unit.key);
      covered_from_.push_back(found == first_before.end() ? kNowhere : found->second);
    }
    for (size_t v = 0; v < after.units.size(); ++v) first_after_.emplace(after.units[v].key, v);
  }

  MatchDiff Run() {
    for (size_t u = 0; u < before_.units.size(); ++u) CompareUnit(u);
    return std::move(diff_);
  }

 private:
  // Which units of the new list may take a lead of the old one's unit `u`: none behind the first
  // that asks the same as `u`, and none that asks what one ahead of `u` asks.
  void CompareUnit(size_t u) {
    const Unit& old = before_.units[u];
    const auto same = first_after_.find(old.key);
    const size_t last = same == first_after_.end() ? after_.units.size() - 1 : same->second;
    for (size_t v = 0; v <= last; ++v) {
      if (covered_from_[v] < u) continue;
      const Unit& now = after_.units[v];
      if (old.outcome.signature == now.outcome.signature) continue;
      if (!known_.contains(Group(old, now))) ComparePair(u, v);
    }
  }

  static std::string Group(const Unit& old, const Unit& now) {
    return fmt::format("{}\n{}\n{}\n{}", old.route, old.outcome.signature, now.route,
                       now.outcome.signature);
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

  void ComparePair(size_t u, size_t v) {
    if (Apart(before_.units[u], after_.units[v])) return;
    if (diff_.work >= budget_) return Doubt(u, v, "the work bound is spent");
    LeadQuery query;
    query.must = {before_.units[u].when, after_.units[v].when};
    query.blocking = [&](Facts facts) -> std::optional<Condition> {
      const size_t old = before_.take(facts);
      if (old != u) return before_.units[old].when;
      const size_t now = after_.take(facts);
      if (now != v) return after_.units[now].when;
      return std::nullopt;
    };
    const LeadAnswer answer = FindLead(space_, query);
    diff_.work += answer.work;
    if (answer.none()) return;
    if (!answer.found()) return Doubt(u, v, answer.why);
    FactSheet sheet(space_.slots);
    sheet.Add(FieldBlock(answer.facts));
    if (before_.take(sheet.facts()) != u || after_.take(sheet.facts()) != v) {
      return Doubt(u, v, "the lead that was found is taken otherwise");
    }
    known_.insert(Group(before_.units[u], after_.units[v]));
    diff_.regions.push_back({u, v, answer.facts});
  }

  void Doubt(size_t u, size_t v, std::string why) {
    if (doubted_.insert(Group(before_.units[u], after_.units[v])).second)
      diff_.doubts.push_back({u, v, std::move(why)});
  }

  const MatchSide& before_;
  const MatchSide& after_;
  const LeadSpace& space_;
  const uint64_t budget_;
  std::vector<size_t>
      covered_from_;  // by unit of `after`: the first of `before` that asks the same
  std::unordered_map<std::string_view, size_t> first_after_;
  std::set<std::string> known_, doubted_;
  MatchDiff diff_;
};

}  // namespace

MatchDiff DiffFirstMatch(const MatchSide& before, const MatchSide& after, const LeadSpace& space,
                         uint64_t budget) {
  return Comparison(before, after, space, budget).Run();
}

}  // namespace pm
