#include "rules/tables/route_table.h"

#include <gmock/gmock.h>

namespace pm {
namespace {

using testing::HasSubstr;

TableCell Cell(std::string_view field, std::string_view text) {
  static const FieldTable fields;
  auto cell = ReadCell(*fields.Find(field), text);
  if (!cell) throw std::runtime_error(cell.error().error.text);
  return *std::move(cell);
}

bool IsCell(std::string_view field, std::string_view text) {
  static const FieldTable fields;
  const auto cell = ReadCell(*fields.Find(field), text);
  EXPECT_TRUE(cell.has_value() || cell.error().error.code == 230);
  return cell.has_value();
}

TEST(TableCell, ReadsUnaryTestsByTheFieldsType) {
  EXPECT_TRUE(Cell("account.employees", "-").Matches(Value()));
  EXPECT_TRUE(Cell("account.employees", "").Matches(Value::Int(3)));
  EXPECT_TRUE(Cell("account.employees", ">= 5").Matches(Value::Int(5)));
  EXPECT_FALSE(Cell("account.employees", "> 5").Matches(Value::Int(5)));
  EXPECT_TRUE(Cell("account.employees", "<5,>10").Matches(Value::Int(11)));
  EXPECT_FALSE(Cell("account.employees", "<5,>10").Matches(Value::Int(5)));
  EXPECT_FALSE(Cell("account.employees", "[1..10)").Matches(Value::Int(10)));
  EXPECT_TRUE(Cell("account.employees", "[1..10]").Matches(Value::Int(10)));
  EXPECT_FALSE(Cell("account.employees", "(1..10]").Matches(Value::Int(1)));
  EXPECT_FALSE(Cell("account.employees", "]1..10[").Matches(Value::Int(10)));
  EXPECT_TRUE(Cell("account.employees", "7").Matches(Value::Int(7)));
  EXPECT_TRUE(Cell("lead.country", "\"DE\",\"AT\"").Matches(Value::Text("AT")));
  EXPECT_TRUE(Cell("lead.country", "DE, AT").Matches(Value::Text("AT")));
  EXPECT_TRUE(Cell("account.industry", "Software").Matches(Value::Text("software")));
  EXPECT_FALSE(Cell("account.industry", "not(\"gov\")").Matches(Value::Text("gov")));
  EXPECT_TRUE(Cell("account.industry", "not(gov, edu)").Matches(Value::Text("retail")));
  EXPECT_FALSE(Cell("account.industry", "not(gov)").Matches(Value()));
  EXPECT_FALSE(Cell("account.employees", "not(>= 5)").Matches(Value::Int(5)));
  EXPECT_TRUE(Cell("lead.free_mail", "true").Matches(Value::Bool(true)));
  std::string items;
  AppendListItem(&items, "kafka");
  EXPECT_TRUE(Cell("account.technologies", "Kafka").Matches(Value::List(items)));
}

TEST(TableCell, RefusesWhatIsNoUnaryTest) {
  for (const char* bad : {"many", ">= many", "[1..10", "[10..1]", "1..10", "not(5", "not(5) x",
                          "5 6", "5,", ">= 9223372036854775807"}) {
    EXPECT_FALSE(IsCell("account.employees", bad)) << bad;
  }
  EXPECT_FALSE(IsCell("lead.country", "\"DE"));
  EXPECT_FALSE(IsCell("lead.country", "\"DE\" \"AT\""));
  EXPECT_FALSE(IsCell("lead.country", "Germany"));
}

TEST(TableCell, OverlapIsExact) {
  const auto overlap = [](std::string_view field, std::string_view a, std::string_view b) {
    EXPECT_EQ(Cell(field, a).Overlaps(Cell(field, b)), Cell(field, b).Overlaps(Cell(field, a)));
    return Cell(field, a).Overlaps(Cell(field, b));
  };
  EXPECT_FALSE(overlap("account.employees", "[1..10)", ">= 10"));
  EXPECT_TRUE(overlap("account.employees", "[1..10]", ">= 10"));
  EXPECT_TRUE(overlap("account.employees", "-", "5"));
  EXPECT_FALSE(overlap("account.employees", "not(5)", "5"));
  EXPECT_TRUE(overlap("account.employees", "not(5)", "[5..6]"));
  EXPECT_FALSE(overlap("lead.country", "DE", "AT,CH"));
  EXPECT_TRUE(overlap("lead.country", "not(DE)", "DE,CH"));
  EXPECT_FALSE(overlap("lead.country", "not(DE,CH)", "DE,CH"));
  EXPECT_TRUE(overlap("lead.country", "not(DE)", "not(CH)"));
}

class RouteTableTest : public testing::Test {
 protected:
  RouteTable Table(std::vector<std::pair<std::string, std::string>> rows, bool unique) {
    std::vector<RouteTable::Row> made;
    uint32_t line = 2;
    for (const auto& [country, employees] : rows) {
      made.push_back({line,
                      {Cell("lead.country", country), Cell("account.employees", employees)},
                      {"pool-" + std::to_string(line)}});
      ++line;
    }
    return {
        "tables/t.csv",
        {{"lead.country", Field("lead.country"), slots_.Add(Field("lead.country"))},
         {"account.employees", Field("account.employees"), slots_.Add(Field("account.employees"))}},
        {"pool"},
        std::move(made),
        unique};
  }
  FactSheet Sheet(std::string_view country, int64_t employees) {
    FactSheet sheet(slots_);
    if (!country.empty()) sheet.Set(Field("lead.country"), Value::Text(country));
    sheet.Set(Field("account.employees"), Value::Int(employees));
    return sheet;
  }
  uint32_t Line(const RouteTable& table, std::string_view country, int64_t employees,
                std::string* why = nullptr) {
    const auto hit = LookUp(table, Sheet(country, employees).facts(), why);
    return hit ? hit->row : 0;
  }
  Slots slots_;
};

TEST_F(RouteTableTest, FirstTakesTheFirstRowInFileOrder) {
  const RouteTable table =
      Table({{"DE", ">= 500"}, {"-", ">= 1000"}, {"DE,AT", "-"}, {"-", "-"}}, false);
  EXPECT_EQ(Line(table, "DE", 500), 2u);
  EXPECT_EQ(Line(table, "DE", 10), 4u);
  EXPECT_EQ(Line(table, "FR", 2000), 3u);
  EXPECT_EQ(Line(table, "FR", 20), 5u);
  EXPECT_EQ(Line(table, "", 20), 5u);
  const auto hit = LookUp(table, Sheet("DE", 500).facts());
  EXPECT_EQ(hit->cells.front().first, "pool");
  EXPECT_EQ(hit->cells.front().second, "pool-2");
}

TEST_F(RouteTableTest, UniqueAnswersNothingWhereTwoRowsMatchAndSaysWhy) {
  const RouteTable table = Table({{"DE", "-"}, {"-", ">= 1000"}}, true);
  std::string why;
  EXPECT_EQ(Line(table, "DE", 1000, &why), 0u);
  EXPECT_THAT(why, HasSubstr("lines 2 and 3"));
  EXPECT_EQ(Line(table, "DE", 999), 2u);
  EXPECT_EQ(Line(table, "FR", 5, &why), 0u);
  EXPECT_THAT(why, HasSubstr("no row"));
}

TEST_F(RouteTableTest, FindsOverlapsOrSaysThatItDidNotProve) {
  bool proved = false;
  EXPECT_FALSE(Table({{"DE", "<10"}, {"DE", ">=10"}, {"AT", "-"}}, true).FindOverlap(100, &proved));
  EXPECT_TRUE(proved);
  EXPECT_EQ(Table({{"DE", "<10"}, {"AT", "-"}, {"DE", "5"}}, true).FindOverlap(100, &proved),
            std::pair(size_t{0}, size_t{2}));
  EXPECT_EQ(Table({{"AT", "-"}, {"-", "5"}}, true).FindOverlap(100, &proved),
            std::pair(size_t{0}, size_t{1}));
  EXPECT_FALSE(Table({{"-", "<1"}, {"-", "1"}, {"-", "2"}}, true).FindOverlap(2, &proved));
  EXPECT_FALSE(proved);
}

TEST_F(RouteTableTest, TheIndexNeverChangesTheAnswer) {
  const std::vector<std::string> countries = {"DE", "AT", "-", "not(DE)", "DE,AT", "FR"};
  const std::vector<std::string> sizes = {"-", "<3", "[3..6)", "5", "not(5)"};
  std::vector<std::pair<std::string, std::string>> rows;
  uint32_t seed = 7;
  const auto next = [&](size_t n) {
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
  };
  for (int i = 0; i < 40; ++i) {
    rows.emplace_back(countries[next(countries.size())], sizes[next(sizes.size())]);
  }
  const RouteTable table = Table(rows, false);
  for (const char* country : {"DE", "AT", "FR", "ES", ""}) {
    for (int64_t employees = 0; employees < 8; ++employees) {
      const FactSheet sheet = Sheet(country, employees);
      size_t naive = 0;
      while (naive < table.rows().size() &&
             !(table.rows()[naive].cells[0].Matches(sheet.facts()[0]) &&
               table.rows()[naive].cells[1].Matches(sheet.facts()[1]))) {
        ++naive;
      }
      EXPECT_EQ(table.FirstMatch(sheet.facts()), naive);
    }
  }
}

}  // namespace
}  // namespace pm
