#include "rules/compile/checks/table_rows.h"

#include <fmt/format.h>

#include "rules/prove/row_condition.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

constexpr size_t kMostRowsTold = 50;           // of one table
constexpr size_t kOverlapBudget = 20'000'000;  // pairs of rows whose cells are compared
constexpr size_t kMostExclusive = 10'000;      // pairs that something else keeps apart

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

  // False when two rows that match one lead were told.
  bool ProveApart() {
    std::optional<RouteTable::RowPair> in_doubt;
    size_t exclusive = 0;
    LeadAnswer example, doubt;
    bool proved = false;
    const auto overlap = table_.FindOverlap(kOverlapBudget, &proved, [&](RouteTable::RowPair pair) {
      example = LeadOfBoth(pair);
      if (!example.found() && !example.none() && !in_doubt) in_doubt = pair, doubt = example;
      return example.found() || ++exclusive == kMostExclusive;
    });
    if (overlap && example.found()) {
      TellOverlap(*overlap, example);
      return false;
    }
    if (in_doubt) {
      prover_.TellNotProved(PlaceOf(in_doubt->second),
                            fmt::format("that lines {} and {} never match the same lead",
                                        LineOf(in_doubt->first), LineOf(in_doubt->second)),
                            doubt);
    } else if (overlap || !proved) {
      prover_.Tell(CheckKind::kNotProved, PlaceOfFile(source_),
                   "not proved that no two rows overlap: the table is too large",
                   "rows that do are no match when a lead comes; or say `hit: first`");
    }
    return true;
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

  void TellOverlap(RouteTable::RowPair pair, const LeadAnswer& example) {
    const bool unique = table_.hit() == HitPolicy::kUnique;
    const std::pair<int32_t, int32_t> lines = std::minmax(LineOf(pair.first), LineOf(pair.second));
    prover_.Tell(
        CheckKind::kTableOverlap, PlaceAt(source_, source_.LineStart(lines.second)),
        fmt::format("lines {} and {} can match the same lead, and {}", lines.first, lines.second,
                    unique ? "`hit: unique` allows one" : "neither is more specific"),
        "make them disjoint, or say `hit: first`", &example);
  }

  Prover& prover_;
  Earlier& earlier_;
  const TableUse& use_;
  const RouteTable& table_;
  const Source& source_;
};

}  // namespace

void ProveTableRows(Prover& prover, Earlier& earlier, const TableUse& use) {
  RowProver rows(prover, earlier, use);
  const bool apart = use.route.table->hit() == HitPolicy::kFirst || rows.ProveApart();
  if (apart) rows.ProveReach();
}

}  // namespace pm
