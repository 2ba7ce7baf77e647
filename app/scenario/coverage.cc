#include "app/scenario/coverage.h"

#include <fmt/format.h>

#include <charconv>

#include "rules/tables/route_table.h"

namespace pm {
namespace {

// `Company size` of `Company size +15`.
std::string_view RuleOf(std::string_view counted) { return counted.substr(0, counted.rfind(' ')); }

bool IsWhole(const Coverage::Rule& rule) {
  return rule.reached && rule.rows_reached.size() == rule.rows;
}

std::string InWords(const Coverage::Rule& rule) {
  std::string text = fmt::format("{}: {} '{}'", rule.origin.Text(), rule.kind, rule.name);
  if (rule.rows == 0) return text;
  return text +
         fmt::format(": {} of {} rows of {}", rule.rows_reached.size(), rule.rows, rule.table);
}

}  // namespace

Coverage::Coverage(const RuleBook& book) {
  for (const ScreeningRule& rule : book.screening)
    rules_.push_back({"screening", rule.name, rule.origin});
  for (const ScoringRule& rule : book.scoring.fit)
    rules_.push_back({"fit", rule.name, rule.origin});
  for (const ScoringRule& rule : book.scoring.engagement)
    rules_.push_back({"engagement", rule.name, rule.origin});
  for (const Threshold& threshold : book.lifecycle.thresholds)
    rules_.push_back({"threshold", threshold.to, threshold.origin});
  for (size_t i = 0; i < book.lifecycle.repeat.size(); ++i) {
    rules_.push_back({"repeat", fmt::format("number {}", i + 1), book.lifecycle.repeat[i].origin});
  }
  AddRoutes(book.routing.routes);
  AddRoutes({book.routing.otherwise});
}

void Coverage::AddRoutes(const std::vector<Route>& routes) {
  for (const Route& route : routes) {
    if (!route.nested.empty()) {
      AddRoutes(route.nested);
      continue;
    }
    Rule& rule = rules_.emplace_back(Rule{"route", route.name, route.origin});
    if (route.table == nullptr) continue;
    rule.table = route.table->file();
    rule.rows = route.table->rows().size();
  }
}

void Coverage::Take(std::string_view type, const JsonNode& output,
                    const std::set<std::string>& replaced) {
  const JsonNode* data = output.Find("data");
  if (data == nullptr) return;
  if (type == "decision.made") return TakeDecision(*data, replaced);
  if (!type.starts_with("assignment.")) return;
  Reach("route", data->Text({"assignment", "route"}), replaced);
}

void Coverage::TakeDecision(const JsonNode& data, const std::set<std::string>& replaced) {
  const std::string_view kind = data.Text({"kind"}), winner = data.Text({"winner"});
  const std::string_view origin = data.Text({"winner_origin"});
  if (kind == "screening") Reach("screening", winner, replaced);
  if (kind == "lifecycle") {
    ReachAt(data.Text({"reason"}) == "repeat" ? "repeat" : "threshold", origin, replaced);
  }
  if (const JsonNode* counted = data.Find("rules"); kind == "scoring" && counted != nullptr) {
    for (const JsonNode& one : counted->items) {
      Reach("fit", RuleOf(one.text), replaced);
      Reach("engagement", RuleOf(one.text), replaced);
    }
  }
  if (kind == "routing") {
    Reach("route", winner, replaced);
    TakeRow(winner, origin, replaced);
  }
  if (kind == "assignment") TakeRow({}, origin, replaced);
}

// `routing.yaml:12, tables/named.csv:34`. The desk names no route beside it: then the one that is
// written there.
void Coverage::TakeRow(std::string_view route, std::string_view origin,
                       const std::set<std::string>& replaced) {
  const size_t at = origin.rfind(", ");
  if (at == std::string_view::npos) return;
  int line = 0;
  const std::string_view digits = origin.substr(origin.rfind(':') + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), line);
  const auto found = std::ranges::find_if(rules_, [&](const Rule& rule) {
    return rule.rows > 0 && (route.empty() ? rule.origin.Text() == origin.substr(0, at)
                                           : rule.name == route && rule.kind == "route");
  });
  if (found == rules_.end() || replaced.contains(found->table)) return;
  if (!replaced.contains(found->origin.file)) found->rows_reached.insert(line);
}

void Coverage::Reach(std::string_view kind, std::string_view name,
                     const std::set<std::string>& replaced) {
  for (Rule& rule : rules_) {
    if (rule.kind != kind || rule.name != name || replaced.contains(rule.origin.file)) continue;
    rule.reached = true;
  }
}

void Coverage::ReachAt(std::string_view kind, std::string_view origin,
                       const std::set<std::string>& replaced) {
  for (Rule& rule : rules_) {
    if (rule.kind != kind || rule.origin.Text() != origin || replaced.contains(rule.origin.file))
      continue;
    rule.reached = true;
  }
}

Coverage::Sums Coverage::Sum() const {
  Sums sums{.rules = rules_.size()};
  for (const Rule& rule : rules_) {
    sums.reached += rule.reached ? 1 : 0;
    sums.rows += rule.rows;
    sums.rows_reached += rule.rows_reached.size();
  }
  return sums;
}

std::string Coverage::Share() const {
  const Sums sums = Sum();
  std::string text = fmt::format("reached by tests: {} of {} rules", sums.reached, sums.rules);
  if (sums.rows > 0) text += fmt::format(", {} of {} table rows", sums.rows_reached, sums.rows);
  return text;
}

std::string Coverage::Missed() const {
  std::string text;
  for (const Rule& rule : rules_) {
    if (!IsWhole(rule)) text += "  " + InWords(rule) + "\n";
  }
  return text;
}

void Coverage::AppendJson(JsonWriter& w) const {
  const Sums sums = Sum();
  w.BeginObject();
  w.Field("rules", static_cast<int64_t>(sums.rules));
  w.Field("reached", static_cast<int64_t>(sums.reached));
  w.Field("rows", static_cast<int64_t>(sums.rows));
  w.Field("rows_reached", static_cast<int64_t>(sums.rows_reached));
  w.Key("missed");
  w.BeginArray();
  for (const Rule& rule : rules_) {
    if (IsWhole(rule)) continue;
    w.BeginObject();
    w.Field("kind", rule.kind);
    w.Field("name", rule.name);
    w.Field("place", rule.origin.Text());
    w.Field("reached", rule.reached);
    if (rule.rows > 0) {
      w.Field("table", rule.table);
      w.Field("rows", static_cast<int64_t>(rule.rows));
      w.Field("rows_reached", static_cast<int64_t>(rule.rows_reached.size()));
    }
    w.EndObject();
  }
  w.EndArray();
  w.EndObject();
}

}  // namespace pm
