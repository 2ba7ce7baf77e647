#include "tests/benchmark/rule_sets.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <cstdlib>

namespace pm::bench {
namespace {

using simdjson::dom::element;

constexpr std::string_view kRest =
    "otherwise: { to: { pool: house } }\n---\nkind: team\npools: { house: { strategy: queue } }\n";

struct Named {
  const char* key;
  std::string_view field;
};
constexpr Named kLists[] = {{"domain", "lead.email_domain"},
                            {"country", "lead.country"},
                            {"state", "lead.region"},
                            {"industry", "account.industry"},
                            {"source", "lead.source"}};

simdjson::dom::array Array(simdjson::dom::parser& parser, const std::string& path) {
  simdjson::dom::array array;
  PM_CHECK(parser.load(path).get(array) == simdjson::SUCCESS);
  return array;
}
std::string Text(element from, const char* key) {
  std::string_view text;
  PM_CHECK(from[key].get(text) == simdjson::SUCCESS);
  return std::string(text);
}
int64_t Number(element from) {
  int64_t number = 0;
  PM_CHECK(from.get(number) == simdjson::SUCCESS);
  return number;
}

// A map of tests, as one would write it.
std::string WhenOf(element rule) {
  std::string when;
  const auto add = [&](std::string_view test) {
    when += (when.empty() ? "" : ", ") + std::string(test);
  };
  for (const Named& list : kLists) {
    simdjson::dom::array values;
    if (rule[list.key].get(values) != simdjson::SUCCESS) continue;
    std::string texts;
    for (const element value : values) {
      texts += (texts.empty() ? "" : ", ") + std::string(value.get_string().value());
    }
    add(fmt::format("{}: [{}]", list.field, texts));
  }
  element value;
  if (rule["employees"].get(value) == simdjson::SUCCESS) {
    add(fmt::format("account.employees: {{ gte: {}, lt: {} }}", Number(value.at(0)),
                    Number(value.at(1))));
  }
  if (rule["min_score"].get(value) == simdjson::SUCCESS) {
    add(fmt::format("score.fit: {{ gte: {} }}", Number(value)));
  }
  if (rule["postal_prefix"].get(value) == simdjson::SUCCESS) {
    add(fmt::format("lead.postcode: {{ starts_with: \"{}\" }}", Text(rule, "postal_prefix")));
  }
  return when;
}

std::string Routing(simdjson::dom::array rules) {
  std::string yaml = "kind: routing\nroutes:\n";
  for (const element rule : rules) {
    const std::string when = WhenOf(rule);
    yaml += fmt::format("  - {{ name: r{}, {}to: {{ pool: house }} }}\n", Number(rule["id"]),
                        when.empty() ? "" : fmt::format("when: {{ {} }}, ", when));
  }
  return yaml + std::string(kRest);
}

SetLead LeadOf(element lead) {
  return {.domain = Text(lead, "domain"),
          .country = Text(lead, "country"),
          .state = Text(lead, "state"),
          .industry = Text(lead, "industry"),
          .source = Text(lead, "source"),
          .postal = Text(lead, "postal"),
          .employees = Number(lead["employees"]),
          .score = Number(lead["score"])};
}

}  // namespace

bool Generate(const std::string& peers, const std::string& folder, const std::vector<int>& sizes) {
  const std::string command =
      fmt::format("python3 '{}/gen.py' '{}' {} >&2", peers, folder, fmt::join(sizes, " "));
  return std::system(command.c_str()) == 0;
}

RuleSet ReadRuleSet(const std::string& folder, int size) {
  const auto path = [&](std::string_view name) {
    return fmt::format("{}/{}_{}.json", folder, name, size);
  };
  RuleSet set;
  simdjson::dom::parser parser;
  set.files = {{"rules.yaml", Routing(Array(parser, path("rules")))}};
  for (const element lead : Array(parser, path("leads"))) set.leads.push_back(LeadOf(lead));
  for (const element id : Array(parser, path("expected"))) {
    set.expected.push_back(fmt::format("r{}", Number(id)));
  }
  return set;
}

RuleSet OneCondition() {
  const std::string routing =
      "kind: routing\nroutes:\n  - name: one\n    when: lead.country in [\"DE\", \"AT\", \"CH\"] "
      "&& "
      "account.employees >= 200 && score.fit >= 40 && lead.email_domain.endsWith(\".com\")\n"
      "    to: { pool: house }\n";
  return {.files = {{"rules.yaml", routing + std::string(kRest)}},
          .leads = {{"acme.com", "AT", "W", "software", "web", "1010", 900, 60}},
          .expected = {"one"}};
}

std::vector<RuleFile> TableFolder(int rows) {
  static constexpr std::string_view kCountries[] = {"US", "CA", "GB", "DE", "FR",
                                                    "AU", "NO", "BR", "IN", "JP"};
  std::string csv = "lead.email_domain,lead.country,account.employees,pool\n";
  for (int row = 0; row < rows; ++row) {
    csv += fmt::format("account-{}.example,{},{},house\n", row / 2, kCountries[row / 2 % 10],
                       row % 2 == 0 ? "<200" : ">= 200");
  }
  const std::string routing =
      "kind: routing\nroutes:\n  - { name: Table, table: t.csv, match: [lead.email_domain, "
      "lead.country, account.employees], to: { pool: $pool } }\n";
  return {{"rules.yaml", routing + std::string(kRest)}, {"t.csv", std::move(csv)}};
}

FactSheet FactsOf(const RuleBook& book, const SetLead& lead) {
  FactSheet sheet(book.slots());
  sheet.Set(Field("lead.email_domain"), Value::Text(lead.domain));
  sheet.Set(Field("lead.country"), Value::Text(lead.country));
  sheet.Set(Field("lead.region"), Value::Text(lead.state));
  sheet.Set(Field("account.industry"), Value::Text(lead.industry));
  sheet.Set(Field("lead.source"), Value::Text(lead.source));
  sheet.Set(Field("lead.postcode"), Value::Text(lead.postal));
  sheet.Set(Field("account.employees"), Value::Int(lead.employees));
  sheet.Set(Field("score.fit"), Value::Int(lead.score));
  return sheet;
}

}  // namespace pm::bench
