#include "rules/compile/checks/earlier.h"

#include <fmt/format.h>

#include "rules/prove/row_condition.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

constexpr size_t kMostBlamed = 8;  // places that are tried out singly for the blame
constexpr size_t kMostNamed = 3;   // of these in a message

std::string NameOf(const RulePlace& place) {
  if (place.row == SIZE_MAX) return fmt::format("'{}'", place.route->name);
  return std::to_string(place.route->table->rows()[place.row].line);
}

// `'A', 'B' and 'C'`.
std::string Joined(const std::vector<std::string>& names) {
  if (names.size() < 2) return names.empty() ? "" : names.front();
  return fmt::format("{} and {}", fmt::join(names.begin(), names.end() - 1, ", "), names.back());
}

}  // namespace

std::string TextOf(const Blame& blame, bool of_row) {
  std::vector<std::string> routes, lines;
  for (const RulePlace& place : blame.places) {
    if (routes.size() + lines.size() == kMostNamed) break;
    (place.row == SIZE_MAX ? routes : lines).push_back(NameOf(place));
  }
  const size_t others = blame.places.size() - routes.size() - lines.size();
  const auto add_others = [&](std::vector<std::string>* names) {
    if (others > 0) names->push_back(fmt::format("{} more", others));
  };
  const auto listed = [](std::string_view what, const std::vector<std::string>& names) {
    return names.empty()
               ? std::string()
               : fmt::format("{}{} {}", what, names.size() == 1 ? "" : "s", Joined(names));
  };
  std::vector<std::string> who;
  add_others(lines.empty() ? &routes : &lines);
  if (of_row) {
    for (const std::string& text : {listed("route", routes), listed("line", lines)}) {
      if (!text.empty()) who.push_back(text);
    }
  } else {
    who = std::move(routes);
  }
  return Joined(who) + (blame.places.size() == 1 ? " before it takes" : " before it together take");
}

void Earlier::Add(const Route& route, const Condition& whole) {
  if (!Keeps(route)) return;
  takers_.emplace_back(route, whole, *prover_.context().builder.operator->());
}

Earlier::Blocking Earlier::Before(RulePlace place, bool sure_only) {
  blamed_.clear();
  return [this, place, sure_only](Facts facts) -> std::optional<Condition> {
    for (const Taker& taker : takers_) {
      prover_.Spend(1 + taker.passing_rows.size());
      if (sure_only && !taker.is_sure) continue;
      auto taken = TakenBy(taker, facts, prover_.fields());
      if (!taken) continue;
      Note({taker.route});
      return taken;
    }
    return place.row == SIZE_MAX ? std::nullopt : TakenByRow(place, facts);
  };
}

Earlier::Blocking Earlier::TakenOrTold() {
  return [this, taken = Before({})](Facts facts) -> std::optional<Condition> {
    if (auto by = taken(facts)) return by;
    for (const Taker& taker : takers_) {
      if (auto left = LeftByClash(taker, facts, prover_.fields())) return left;
    }
    return std::nullopt;
  };
}

std::optional<Condition> Earlier::TakenByRow(RulePlace place, Facts facts) {
  const RouteTable& table = *place.route->table;
  const size_t hit = table.FirstMatch(facts);
  if (hit >= place.row) return std::nullopt;
  Note({place.route, hit});
  return RowCondition(table, hit, prover_.fields());
}

Blame Earlier::WhoTakesAll(LeadQuery query, RulePlace place) {
  query.blocking = Before(place, true);
  const bool is_sure = prover_.Find(query).none();
  if (!is_sure) {
    query.blocking = Before(place);
    prover_.Find(query);
  }
  return {Needed(std::move(query)), is_sure};
}

LeadAnswer Earlier::TakenByBlamed(LeadQuery query, const Blame& blame, RulePlace place,
                                  LeadAnswer plain) {
  const auto is_blamed = [&](const RulePlace& one) {
    return std::ranges::find(blame.places, one) != blame.places.end();
  };
  query.least = true;
  query.blocking = [&](Facts facts) -> std::optional<Condition> {
    for (const Taker& taker : takers_) {
      prover_.Spend(1);
      if (is_blamed({taker.route})) continue;
      if (auto taken = TakenBy(taker, facts, prover_.fields())) return taken;
    }
    if (place.row == SIZE_MAX) return std::nullopt;
    const RouteTable& table = *place.route->table;
    const size_t hit = table.FirstMatch(facts);
    if (hit >= place.row || is_blamed({place.route, hit})) return std::nullopt;
    return RowCondition(table, hit, prover_.fields());
  };
  LeadAnswer answer = prover_.Find(std::move(query));
  return answer.found() ? std::move(answer) : std::move(plain);
}

bool Earlier::IsForAll(RulePlace place) const {
  return place.row == SIZE_MAX && !place.route->table &&
         std::ranges::any_of(takers_, [&](const Taker& taker) {
           return taker.route == place.route && taker.whole.always();
         });
}

void Earlier::Note(RulePlace place) {
  if (std::ranges::find(blamed_, place) == blamed_.end()) blamed_.push_back(place);
}

// None but these.
Earlier::Blocking Earlier::Only(const std::vector<RulePlace>& places) {
  return [this, places](Facts facts) -> std::optional<Condition> {
    for (const RulePlace& place : places) {
      prover_.Spend(1);
      std::optional<Condition> taken;
      if (place.row == SIZE_MAX) {
        taken = TakenBy(*std::ranges::find(takers_, place.route, &Taker::route), facts,
                        prover_.fields());
      } else {
        taken = RowCondition(*place.route->table, place.row, prover_.fields());
        if (!taken->Holds(facts)) taken.reset();
      }
      if (taken) return taken;
    }
    return std::nullopt;
  };
}

// Of those that came up in the proof the ones without which it fails.
std::vector<RulePlace> Earlier::Needed(LeadQuery query) {
  const auto order = [&](const RulePlace& place) {
    const auto taker = std::ranges::find(takers_, place.route, &Taker::route);
    return std::pair(place.row != SIZE_MAX, place.row == SIZE_MAX
                                                ? taker - takers_.begin()
                                                : static_cast<std::ptrdiff_t>(place.row));
  };
  std::vector<RulePlace> needed = std::exchange(blamed_, {});
  std::ranges::sort(needed, {}, order);
  if (needed.size() > kMostBlamed) return needed;
  for (size_t i = needed.size(); i-- > 0;) {
    std::vector<RulePlace> fewer = needed;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    query.blocking = Only(fewer);
    if (prover_.Find(query).none()) needed = std::move(fewer);
  }
  return needed;
}

}  // namespace pm
