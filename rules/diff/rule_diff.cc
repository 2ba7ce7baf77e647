#include "rules/diff/rule_diff.h"

#include <algorithm>
#include <map>
#include <set>

#include "rules/diff/condition_key.h"
#include "rules/diff/definitions.h"
#include "rules/diff/lead_comparison.h"
#include "rules/diff/score_diff.h"

namespace pm {
namespace {

constexpr size_t kMostLinesNamed = 3;  // of rows that change alike

// A list of conditions, first match wins, each with what it comes to; the last takes every lead.
struct PlainList {
  std::vector<Unit> units;
  std::vector<const Condition*> own;  // in the book's slots; null: always

  void Add(std::string name, const Origin& origin, const Condition& when, std::string outcome,
           Slots* slots) {
    units.push_back({std::move(name),
                     origin.Text(),
                     when.Rebound(slots),
                     KeyOf(when),
                     {outcome, outcome, outcome}});
    own.push_back(&when);
  }
  void End(std::string outcome) {
    units.push_back({"", "", {}, "", {outcome, outcome, outcome}});
    own.push_back(nullptr);
  }
  size_t Take(Facts facts) const {
    const auto taken = std::ranges::find_if(
        own, [&](const Condition* c) { return c == nullptr || c->Holds(facts); });
    return static_cast<size_t>(taken - own.begin());
  }
};

PlainList ScreeningOf(const RuleBook& book, Slots* slots) {
  PlainList list;
  for (const ScreeningRule& rule : book.screening) {
    std::string outcome = "taken out";
    if (!rule.as.empty()) outcome += " as " + rule.as;
    if (rule.hold_for_review) outcome += ", reviewed for " + FormatSpan(*rule.hold_for_review);
    list.Add(rule.name, rule.origin, rule.when, outcome, slots);
  }
  list.End("let in");
  return list;
}

PlainList ThresholdsOf(const RuleBook& book, std::string_view to, Slots* slots) {
  PlainList list;
  for (const Threshold& one : book.lifecycle.thresholds) {
    if (one.to != to) continue;
    std::string outcome = fmt::format("becomes {}", to);
    if (one.cooldown.ms > 0) outcome += ", not again for " + FormatDuration(one.cooldown);
    list.Add("threshold", one.origin, one.when, outcome, slots);
  }
  list.End(fmt::format("does not become {}", to));
  return list;
}

int64_t RowsOf(const std::vector<Unit>& units, const std::set<size_t>& some) {
  return units[*some.begin()].table == nullptr ? 0 : static_cast<int64_t>(some.size());
}

// `Territories (tables/territories.csv:9)`; of several rows `... (tables/territories.csv, 20 rows:
// lines 9, 10, 12 and 17 more)`.
std::string RuleText(const std::vector<Unit>& units, const std::set<size_t>& some, bool complete) {
  const Unit& first = units[*some.begin()];
  if (first.route.empty()) return {};
  const bool single = RowsOf(units, some) < (complete ? 2 : 1);
  if (single) return fmt::format("{} ({})", first.route, first.origin);
  std::vector<std::string_view> lines;
  for (const size_t unit : some) {
    const std::string_view origin = units[unit].origin;
    if (lines.size() < kMostLinesNamed) lines.push_back(origin.substr(origin.rfind(':') + 1));
  }
  const size_t others = some.size() - lines.size();
  return fmt::format("{} ({}, {}{} row{}: line{} {}{})", first.route,
                     first.origin.substr(0, first.origin.rfind(':')), complete ? "" : "at least ",
                     some.size(), some.size() == 1 ? "" : "s", some.size() == 1 ? "" : "s",
                     fmt::join(lines, ", "), others > 0 ? fmt::format(" and {} more", others) : "");
}

PlainList HoldOf(const RuleBook& book, Slots* slots) {
  PlainList list;
  const auto& hold = book.routing.hold;
  if (hold) list.Add("", {}, hold->until, "routed at once", slots);
  list.End(hold ? "held for " + FormatDuration(hold->at_most) : "routed at once");
  return list;
}

class Differ {
 public:
  Differ(const RuleBook& before, const RuleBook& after)
      : before_(before),
        after_(after),
        names_{.pools = RenamedPools(before, after)},
        leads_(before, after, fields_, &slots_) {}

  RuleDiff Run() {
    DiffDefinitions(before_, after_, &names_, &diff_);
    if (!JoinFields()) return std::move(diff_);
    static const NamesThere kSame;
    const UnitList old(before_, kSame, &slots_), now(after_, names_, &slots_);
    const PlainList old_screening = ScreeningOf(before_, &slots_);
    const PlainList new_screening = ScreeningOf(after_, &slots_);
    const PlainList old_hold = HoldOf(before_, &slots_), new_hold = HoldOf(after_, &slots_);
    std::map<std::string, std::pair<PlainList, PlainList>> thresholds;
    for (const RuleBook* book : {&before_, &after_}) {
      for (const Threshold& one : book->lifecycle.thresholds) {
        thresholds[one.to] = {ThresholdsOf(before_, one.to, &slots_),
                              ThresholdsOf(after_, one.to, &slots_)};
      }
    }
    RuleDiff scores;
    leads_.JoinScores(DiffScores(before_, after_, leads_.Space(), &scores));
    CompareScreening(old_screening, new_screening);
    Take(std::move(scores));
    leads_.LeaveOutScreened();
    for (const auto& [to, lists] : thresholds) ComparePlain("lifecycle", lists.first, lists.second);
    ComparePlain("hold", old_hold, new_hold);
    CompareRoutes(old, now);
    return std::move(diff_);
  }

 private:
  // The fields of both. False when one is of two types: then no lead is a lead of both.
  bool JoinFields() {
    for (const RuleBook* book : {&after_, &before_}) {
      for (const FieldDecl& field : book->fields().all()) {
        const FieldDecl* known = fields_.Find(field.name);
        if (known != nullptr && known->type == field.type) continue;
        if (known == nullptr) {
          const Result<void> added =
              fields_.Add(std::string(field.name), field.type, field.min, field.max,
                          field.normalise, field.personal, std::string(field.meaning));
          if (added.has_value()) continue;
          diff_.not_proved.push_back(added.error().text);
          return false;
        }
        diff_.not_proved.push_back(fmt::format(
            "what the rules do: {} is of another type, so no lead is one of both", field.name));
        return false;
      }
    }
    return true;
  }

  void Take(RuleDiff part) {
    const auto append = [](auto& to, auto& from) {
      to.insert(to.end(), std::make_move_iterator(from.begin()),
                std::make_move_iterator(from.end()));
    };
    append(diff_.regions, part.regions);
    append(diff_.definitions, part.definitions);
    append(diff_.without_effect, part.without_effect);
    append(diff_.not_proved, part.not_proved);
  }

  void Add(std::string_view what, const MatchDiff& found, const std::vector<Unit>& before,
           const std::vector<Unit>& after) {
    for (const MatchRegion& region : found.regions) {
      const Unit &old = before[region.before], &now = after[region.after];
      diff_.regions.push_back({.what = std::string(what),
                               .before_rule = RuleText(before, region.all_before, region.complete),
                               .before = old.outcome.words,
                               .after_rule = RuleText(after, region.all_after, region.complete),
                               .after = now.outcome.words,
                               .lead = ExampleOf(FieldBlock(region.facts), fields_),
                               .before_rows = RowsOf(before, region.all_before),
                               .after_rows = RowsOf(after, region.all_after),
                               .more_rows = !region.complete});
    }
    for (const MatchDoubt& doubt : found.doubts) {
      diff_.not_proved.push_back(fmt::format("{}: leads of '{}' may now come to '{}': {}", what,
                                             before[doubt.before].route, after[doubt.after].route,
                                             doubt.why));
    }
  }

  ListSide SideOf(const RuleBook& book, const PlainList& list) const {
    return {book, list.units, [&list](Facts own) { return list.Take(own); }};
  }

  void CompareScreening(const PlainList& before, const PlainList& after) {
    Add("screening", leads_.CompareScreening(SideOf(before_, before), SideOf(after_, after)),
        before.units, after.units);
  }

  void ComparePlain(std::string_view what, const PlainList& before, const PlainList& after) {
    Add(what,
        leads_.Compare(what, SideOf(before_, before), SideOf(after_, after), &diff_.not_proved),
        before.units, after.units);
  }

  void CompareRoutes(const UnitList& before, const UnitList& after) {
    const auto side = [](const UnitList& list) {
      return ListSide{list.book(), list.units(), [&list](Facts own) { return list.Take(own); },
                      &list};
    };
    const MatchDiff found = leads_.Compare("routing", side(before), side(after), &diff_.not_proved);
    Add("routing", found, before.units(), after.units());
    const auto same = [](const Unit& a, const Unit& b) {
      return a.key == b.key && a.outcome.names == b.outcome.names;
    };
    if (!std::ranges::equal(before.units(), after.units(), same)) {
      for (const UnitList* list : {&before, &after}) {
        for (const std::string& unseen : list->unseen()) diff_.not_proved.push_back(unseen);
      }
    }
    TellWithoutEffect(before.units(), after.units(), found);
  }

  using Contents =
      std::map<std::string, std::vector<std::string>>;  // route -> what it asks and gives

  static Contents ContentsOf(const std::vector<Unit>& units) {
    Contents contents;
    for (const Unit& unit : units) {
      contents[unit.route].push_back(unit.key + "\n" + unit.outcome.names);
    }
    return contents;
  }

  static std::vector<std::string> OrderOf(const std::vector<Unit>& units, const Contents& others) {
    std::vector<std::string> order;
    for (const Unit& unit : units) {
      if (others.contains(unit.route) && (order.empty() || order.back() != unit.route))
        order.push_back(unit.route);
    }
    return order;
  }

  void TellWithoutEffect(const std::vector<Unit>& before, const std::vector<Unit>& after,
                         const MatchDiff& found) {
    std::set<std::string> told;  // routes of which a difference is shown
    for (const MatchRegion& region : found.regions) {
      told.insert({before[region.before].route, after[region.after].route});
    }
    for (const MatchDoubt& doubt : found.doubts) {
      told.insert({before[doubt.before].route, after[doubt.after].route});
    }
    const Contents old = ContentsOf(before), now = ContentsOf(after);
    const auto say = [this](std::string line) { diff_.without_effect.push_back(std::move(line)); };
    std::set<std::string> renamed;
    for (const auto& [route, is] : old) {
      const auto same = now.find(route);
      if (same != now.end()) {
        if (same->second != is && !told.contains(route))
          say(fmt::format("route '{}' is written otherwise", route));
        continue;
      }
      const auto other = std::ranges::find_if(
          now, [&](const auto& entry) { return entry.second == is && !old.contains(entry.first); });
      if (other != now.end()) {
        renamed.insert(other->first);
        say(fmt::format("route '{}' is called '{}' now", route, other->first));
      } else if (!told.contains(route)) {
        say(fmt::format("route '{}' is gone; what it took goes the same way", route));
      }
    }
    for (const auto& [route, is] : now) {
      if (!old.contains(route) && !renamed.contains(route) && !told.contains(route))
        say(fmt::format("route '{}' is new; what it takes went the same way", route));
    }
    if (found.regions.empty() && found.doubts.empty() &&
        OrderOf(before, now) != OrderOf(after, old))
      say("the routes are in another order");
  }

  const RuleBook& before_;
  const RuleBook& after_;
  NamesThere names_;  // of what is defined now
  FieldTable fields_;
  Slots slots_;
  LeadComparison leads_;
  RuleDiff diff_;
};

}  // namespace

LeadExample ExampleOf(FieldBlock facts, const FieldTable& fields) {
  return {LeadYaml(facts, fields), LeadJson(facts, fields)};
}

RuleDiff DiffRules(const RuleBook& before, const RuleBook& after) {
  return Differ(before, after).Run();
}

}  // namespace pm
