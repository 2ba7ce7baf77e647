#include "rules/compile/checks/table_rows.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "rules/prove/row_condition.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

constexpr size_t kMostRowsTold = 50;           // of one table
constexpr size_t kOverlapBudget = 20'000'000;  // pairs of rows whose cells are compared
constexpr size_t kMostExclusive = 10'000;      // pairs that something else keeps apart
constexpr size_t kMostClashes = 1000;          // pairs that match one lead, then no more are sought
constexpr size_t kMostLinesNamed = 5;          // of those that one row clashes with

class RowProver {
 public:
  RowProver(Prover& prover, Earlier& earlier, const TableUse& use)
      : prover_(prover),
        earlier_(earlier),
        use_(use),
        table_(*use.route.table),
        source_(*prover.context().sources.Find(table_.file())) {}

  void ProveReach() {
    size_t told = 0;
    for (size_t row = 0; row < table_.rows().size() && told < kMostRowsTold; ++row) {
      if (row % 256 == 0) prover_.context().TellProgress();
      if (clashing_.contains(row)) continue;  // that another keeps its leads would only follow
      LeadQuery query{.must = {use_.whole, ConditionOf(row)}, .must_not = {}, .least = false};
      query.blocking = earlier_.Before({&use_.route, row}, use_.sure_only);
      const LeadAnswer answer = prover_.Find(query);
      if (answer.found()) continue;
      ++told;
      if (!answer.none()) {
        prover_.TellNotProved(PlaceOf(row), "whether a lead reaches this row", answer);
      } else {
        TellRow(row, std::move(query));
      }
    }
  }

  // False when it is not known of all rows whether another matches one of their leads, too.
  bool ProveApart() {
    std::optional<RouteTable::RowPair> in_doubt;
    std::vector<Clash> clashes;
    size_t exclusive = 0;
    LeadAnswer doubt;
    bool compared = false;
    const auto enough = [&](RouteTable::RowPair pair) {
      LeadAnswer example = LeadOfBoth(pair);
      if (example.found()) {
        clashing_.insert({pair.first, pair.second});
        clashes.push_back({pair, std::move(example)});
        return clashes.size() == kMostClashes;
      }
      if (!example.none() && !in_doubt) in_doubt = pair, doubt = std::move(example);
      return ++exclusive == kMostExclusive;
    };
    const bool stopped = table_.FindOverlap(kOverlapBudget, &compared, enough).has_value();
    const bool all = compared && !stopped;
    if (!clashes.empty()) {
      TellClashes(std::move(clashes), all);
    } else if (in_doubt) {
      prover_.TellNotProved(PlaceOf(in_doubt->second),
                            fmt::format("that lines {} and {} never match the same lead",
                                        LineOf(in_doubt->first), LineOf(in_doubt->second)),
                            doubt);
    } else if (!all) {
      prover_.Tell(CheckKind::kNotProved, PlaceOfFile(source_),
                   "not proved that no two rows overlap: the table is too large",
                   "rows that do are no match when a lead comes; or say `hit: first`");
    }
    return all || clashing_.empty();
  }

 private:
  int32_t LineOf(size_t row) const { return static_cast<int32_t>(table_.rows()[row].line); }
  SourcePlace PlaceOf(size_t row) const { return PlaceAt(source_, source_.LineStart(LineOf(row))); }
  Condition ConditionOf(size_t row) const { return RowCondition(table_, row, prover_.fields()); }

  void TellRow(size_t row, LeadQuery query) {
    const SourcePlace place = PlaceOf(row);
    const std::string hint = "leave the line out, or move it up";
    query.blocking = nullptr;
    query.least = true;
    LeadAnswer plain = prover_.Find(query);
    if (!plain.found()) {
      return prover_.Tell(CheckKind::kUnreachableRow, place,
                          fmt::format("line {} can never be reached: no lead that gets here "
                                      "matches it",
                                      LineOf(row)),
                          hint, &plain);
    }
    query.least = false;
    const RulePlace at{&use_.route, row};
    const Blame blame = earlier_.WhoTakesAll(query, at);
    const LeadAnswer example =
        earlier_.TakenByBlamed(std::move(query), blame, at, std::move(plain));
    prover_.Tell(CheckKind::kUnreachableRow, Gravity::kWarning, place,
                 fmt::format("line {} {}: {} every lead it is for", LineOf(row),
                             blame.is_sure ? "can never be reached"
                                           : "is reached only when nobody can take a lead there",
                             TextOf(blame, true)),
                 hint, &example);
  }

  // That gets to the table: a pair that only other leads match does no harm.
  LeadAnswer LeadOfBoth(RouteTable::RowPair pair) {
    LeadQuery query{.must = {use_.whole, ConditionOf(pair.first), ConditionOf(pair.second)},
                    .must_not = {}};
    for (const ScreeningRule* one : use_.screening) query.must_not.push_back(one->when);
    query.blocking = earlier_.Before({});
    return prover_.Find(std::move(query));
  }

  // Two rows that match one lead, where one row may.
  struct Clash {
    RouteTable::RowPair rows;
    LeadAnswer example;
    bool Has(size_t row) const { return rows.first == row || rows.second == row; }
    size_t Other(size_t row) const { return rows.first == row ? rows.second : rows.first; }
  };

  // One row that matches too much clashes with many: the rows with the most are told first, each
  // with all of its own.
  void TellClashes(std::vector<Clash> clashes, bool all) {
    for (size_t told = 0; told < kMostRowsTold && !clashes.empty(); ++told) {
      const size_t row = MostInClashes(clashes);
      const auto rest = std::ranges::stable_partition(
          clashes, [&](const Clash& clash) { return clash.Has(row); });
      TellClashesOf(row, std::span(clashes.begin(), rest.begin()));
      clashes.erase(clashes.begin(), rest.begin());
    }
    if (clashes.empty() && all) return;
    prover_.Tell(CheckKind::kTableOverlap, PlaceOfFile(source_),
                 all ? fmt::format("{} more pairs of lines can match the same lead", clashes.size())
                     : fmt::format("more pairs of lines can match the same lead, {} of them found "
                                   "before the search was ended",
                                   clashes.size()),
                 "make them disjoint, or say `hit: first`");
  }

  // Of several the last in the file.
  size_t MostInClashes(const std::vector<Clash>& clashes) const {
    std::map<size_t, size_t> counts;
    for (const Clash& clash : clashes) {
      ++counts[clash.rows.first];
      ++counts[clash.rows.second];
    }
    return std::ranges::max_element(
               counts, {},
               [&](const auto& entry) { return std::pair(entry.second, LineOf(entry.first)); })
        ->first;
  }

  void TellClashesOf(size_t row, std::span<const Clash> clashes) {
    const std::string_view why = table_.hit() == HitPolicy::kUnique ? "`hit: unique` allows one"
                                                                    : "neither is more specific";
    std::vector<int32_t> lines;
    for (const Clash& clash : clashes) lines.push_back(LineOf(clash.Other(row)));
    std::ranges::sort(lines);
    const auto again = std::ranges::unique(lines);  // a row may meet another in several ways
    lines.erase(again.begin(), again.end());
    std::string text;
    if (lines.size() == 1) {
      text = fmt::format("lines {} and {} can match the same lead, and {}",
                         std::min(lines.front(), LineOf(row)), std::max(lines.front(), LineOf(row)),
                         why);
    } else {
      const std::span named = std::span(lines).first(std::min(lines.size(), kMostLinesNamed));
      text = fmt::format("line {} can match the same lead as each of lines {}{}, and {}",
                         LineOf(row), fmt::join(named, ", "),
                         lines.size() > named.size()
                             ? fmt::format(" and {} more", lines.size() - named.size())
                             : "",
                         why);
    }
    prover_.Tell(CheckKind::kTableOverlap, PlaceOf(row), std::move(text),
                 "make them disjoint, or say `hit: first`", &clashes.front().example);
  }

  Prover& prover_;
  Earlier& earlier_;
  const TableUse& use_;
  const RouteTable& table_;
  const Source& source_;
  std::set<size_t> clashing_;  // rows that were told with others
};

}  // namespace

void ProveTableRows(Prover& prover, Earlier& earlier, const TableUse& use) {
  RowProver rows(prover, earlier, use);
  if (use.route.table->hit() == HitPolicy::kFirst || rows.ProveApart()) {
    rows.ProveReach();
  } else {
    prover.context().not_checked.push_back(fmt::format("rows of {}", use.route.table->file()));
  }
}

}  // namespace pm
