// Which rules of a folder its tests reach, read from the decisions that come out. A rule counts as
// reached when a screening or scoring rule counted, a threshold was crossed, a `repeat` decided, or
// a route came first for a lead or got it. Not thread-safe.
#pragma once
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/json_writer.h"
#include "model/decode/json_tree.h"
#include "rules/book.h"

namespace pm {

class Coverage {
 public:
  struct Rule {
    std::string_view kind;  // screening, fit, engagement, threshold, repeat, route
    std::string name;       // thresholds: the stage; repeat: which of the list
    Origin origin;
    bool reached = false;
    std::string table;           // of a route: its file; empty: none
    size_t rows = 0;             // of that table
    std::set<int> rows_reached;  // lines in the file
  };

  explicit Coverage(const RuleBook& book);

  // An output of a test. What rules of `replaced` files did is not ours.
  void Take(std::string_view type, const JsonNode& output, const std::set<std::string>& replaced);

  const std::vector<Rule>& rules() const { return rules_; }
  // `reached by tests: 31 of 39 rules, 12 of 10000 table rows`.
  std::string Share() const;
  // What no test reaches, a line each, in the order of the kinds; tables in sum. Empty: all is.
  std::string Missed() const;
  // {"rules":..,"reached":..,"rows":..,"rows_reached":..,"missed":[{kind,name,place,..}]}
  void AppendJson(JsonWriter& w) const;

 private:
  struct Sums {
    size_t rules = 0, reached = 0, rows = 0, rows_reached = 0;
  };
  Sums Sum() const;
  void AddRoutes(const std::vector<Route>& routes);
  void Reach(std::string_view kind, std::string_view name, const std::set<std::string>& replaced);
  void ReachAt(std::string_view kind, std::string_view origin,
               const std::set<std::string>& replaced);
  void TakeDecision(const JsonNode& data, const std::set<std::string>& replaced);
  void TakeRow(std::string_view route, std::string_view origin,
               const std::set<std::string>& replaced);

  std::vector<Rule> rules_;
};

}  // namespace pm
