#include <fmt/format.h>

#include "base/text/csv.h"
#include "rules/compile/compile.h"
#include "rules/tables/route_table.h"
#include "tests/fuzz/targets.h"

namespace pm::fuzz {

namespace {

constexpr std::string_view kRest =
    "otherwise: { to: { pool: house } }\n---\nkind: team\npools: { house: { strategy: queue } }\n";

// The routing that uses all columns that are fields.
std::string RoutingOver(std::string_view csv, char hit) {
  const Source source("t.csv", std::string(csv));
  Diagnostics ignored;
  const CsvReader reader(source, ignored);
  static const FieldTable fields;
  std::string columns;
  for (const std::string& name : reader.header()) {
    if (fields.Find(name) != nullptr) columns += (columns.empty() ? "" : ", ") + name;
  }
  const std::string_view policy = hit == 'f' ? "first" : hit == 'm' ? "most_specific" : "unique";
  return fmt::format(
      "kind: routing\nroutes: [ {{ name: T, table: t.csv, match: [{}], hit: {}, to: {{ pool: $pool "
      "}} }} ]\n{}",
      columns, policy, kRest);
}

// A value that the cell speaks of, or one that it may not.
Value ValueFor(const RouteTable::Column& column, const TableCell& cell, std::string* list) {
  if (column.type == Type::kText) {
    return Value::Text(cell.texts.empty() ? std::string_view("other") : cell.texts.back());
  }
  if (column.type == Type::kTextList) {
    for (const std::string& text : cell.texts) AppendListItem(list, text);
    return Value::List(*list);
  }
  Value value;
  value.type = column.type;
  value.number = cell.numbers.empty() ? 7 : cell.numbers.front().begin;
  return value;
}

bool RowMatches(const RouteTable& table, const RouteTable::Row& row, Facts facts) {
  for (size_t i = 0; i < row.cells.size(); ++i) {
    const RouteTable::Column& column = table.inputs()[i];
    const Value& value = facts[column.slot];
    if (!row.cells[i].Matches(value.type == column.type ? value : Value{})) return false;
  }
  return true;
}

// The index finds the row that a scan finds, for the leads that each row speaks of.
void CompareWithScan(const RuleBook& book, const RouteTable& table) {
  for (const RouteTable::Row& asked : table.rows()) {
    FactSheet sheet(book.slots());
    std::vector<std::string> lists(table.inputs().size());
    for (size_t i = 0; i < table.inputs().size(); ++i) {
      const RouteTable::Column& column = table.inputs()[i];
      sheet.Set(column.field, ValueFor(column, asked.cells[i], &lists[i]));
    }
    const auto found = std::ranges::find_if(
        table.rows(), [&](const auto& row) { return RowMatches(table, row, sheet.facts()); });
    PM_CHECK(table.FirstMatch(sheet.facts()) == static_cast<size_t>(found - table.rows().begin()));
  }
}

}  // namespace

void FeedTable(std::string_view bytes) {
  if (bytes.empty()) return;
  const std::string_view csv = bytes.substr(1);
  const CompileResult compiled =
      CompileProved({{"rules.yaml", RoutingOver(csv, bytes[0])}, {"t.csv", std::string(csv)}});
  PM_CHECK(compiled.ok() == (compiled.diagnostics.error_count() == 0));
  if (compiled.ok()) CompareWithScan(*compiled.book, *compiled.book->routing.routes[0].table);
}

std::vector<std::string> TableSeeds() {
  return {
      "faccount.domain,pool\nacme.com,house\n\"\"\"b.com\"\",\"\"c.com\"\"\",house\n-,house\n",
      "maccount.employees,lead.country,pool\n>= 5000,\"\"\"DE\"\",\"\"US\"\"\",house\n"
      "[1000..5000),not(\"\"\"GB\"\"\"),house\n\"(10..20],<5\",-,house\n,,house\n",
      "uaccount.revenue,lead.created_at,pool\n>1.5,>= "
      "2026-01-01T00:00:00Z,house\n0.000001,-,house\n",
      "faccount.technologies,event.duration,lead.free_mail,pool\naws,[1h..2d],true,house\n"
      "\"not(\"\"a\"\",\"\"b\"\")\",> 90s,false,house\n",
      "f\xEF\xBB\xBFlead.title,lead.region,pool\r\n\"a "
      "\"\"quoted\"\"\r\nline\",\xC3\xBC,house\r\n\r\n-,-,house",
  };
}

}  // namespace pm::fuzz
