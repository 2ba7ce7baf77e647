#include "rules/tables/route_table.h"

#include <gmock/gmock.h>

#include <random>

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

TEST(TableCell, OverlapsOfListsAndOfTruthsAreExact) {
  FieldDecl tags = *FieldTable().Find("lead.country");
  tags.type = Type::kTextList;
  tags.normalise = Normaliser::kTrim;
  FieldDecl flag = tags;
  flag.type = Type::kBool;
  const auto overlap = [](const FieldDecl& field, std::string_view a, std::string_view b) {
    EXPECT_EQ(ReadCell(field, a)->Overlaps(*ReadCell(field, b)),
              ReadCell(field, b)->Overlaps(*ReadCell(field, a)));
    return ReadCell(field, a)->Overlaps(*ReadCell(field, b));
  };
  EXPECT_TRUE(overlap(tags, "a", "b"));
  EXPECT_FALSE(overlap(tags, "a", "not(a,b)"));
  EXPECT_TRUE(overlap(tags, "a,c", "not(a,b)"));
  EXPECT_FALSE(overlap(flag, "not(true)", "not(false)"));
  EXPECT_TRUE(overlap(flag, "not(true)", "false"));
}

TEST(TableCell, TheFewerValuesItMatchesTheNarrowerItIs) {
  const std::vector<std::pair<std::string, std::string>> narrower_first = {{"5", "[5..6]"},
                                                                           {"[5..6]", "<=10"},
                                                                           {">=500", ">=100"},
                                                                           {">=100", "not(5)"},
                                                                           {"not(5)", "-"}};
  for (const auto& [narrow, wide] : narrower_first) {
    EXPECT_LT(Cell("account.employees", narrow).Breadth(),
              Cell("account.employees", wide).Breadth());
  }
  EXPECT_LT(Cell("lead.country", "DE").Breadth(), Cell("lead.country", "DE,AT").Breadth());
  EXPECT_LT(Cell("lead.country", "DE,AT").Breadth(), Cell("lead.country", "not(FR)").Breadth());
  EXPECT_LT(Cell("lead.country", "not(FR,ES)").Breadth(),
            Cell("lead.country", "not(FR)").Breadth());
  EXPECT_LT(Cell("lead.country", "not(FR)").Breadth(), Cell("lead.country", "-").Breadth());
}

class RouteTableTest : public testing::Test {
 protected:
  RouteTable Table(std::vector<std::pair<std::string, std::string>> rows, HitPolicy hit) {
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
        {{"lead.country", Field("lead.country"), slots_.Add(Field("lead.country")), Type::kText},
         {"account.employees", Field("account.employees"), slots_.Add(Field("account.employees")),
          Type::kInt}},
        {"pool"},
        std::move(made),
        hit};
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
      Table({{"DE", ">= 500"}, {"-", ">= 1000"}, {"DE,AT", "-"}, {"-", "-"}}, HitPolicy::kFirst);
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
  const RouteTable table = Table({{"DE", "-"}, {"-", ">= 1000"}}, HitPolicy::kUnique);
  std::string why;
  EXPECT_EQ(Line(table, "DE", 1000, &why), 0u);
  EXPECT_THAT(why, HasSubstr("t.csv:2 and tables/t.csv:3"));
  EXPECT_EQ(Line(table, "DE", 999), 2u);
  EXPECT_EQ(Line(table, "FR", 5, &why), 0u);
  EXPECT_THAT(why, HasSubstr("no row"));
}

TEST_F(RouteTableTest, MostSpecificTakesTheRowThatAsksMostWhereverItStands) {
  const RouteTable table = Table(
      {{"-", "-"}, {"-", ">= 100"}, {"DE,AT", "-"}, {"-", ">= 500"}, {"DE", ">= 100"}, {"DE", "-"}},
      HitPolicy::kMostSpecific);
  EXPECT_EQ(Line(table, "DE", 500), 6u);
  EXPECT_EQ(Line(table, "DE", 50), 7u);
  EXPECT_EQ(Line(table, "AT", 500), 4u);  // as many cells; the country comes first in `match`
  EXPECT_EQ(Line(table, "FR", 500), 5u);
  EXPECT_EQ(Line(table, "FR", 499), 3u);
  EXPECT_EQ(Line(table, "", 1), 2u);
}

TEST_F(RouteTableTest, MostSpecificAnswersNothingWhereTwoRowsAskTheSameAndSaysWhy) {
  const RouteTable table =
      Table({{"DE,AT", "-"}, {"-", "-"}, {"AT,CH", "-"}}, HitPolicy::kMostSpecific);
  std::string why;
  EXPECT_EQ(Line(table, "AT", 1, &why), 0u);
  EXPECT_EQ(why, "tables/t.csv:2 and tables/t.csv:4 both match and are equally specific");
  EXPECT_EQ(Line(table, "CH", 1), 4u);
  EXPECT_EQ(Line(table, "FR", 1), 3u);
  bool proved = false;
  const auto clash = table.FindOverlap(100, &proved);
  ASSERT_TRUE(clash.has_value());
  EXPECT_EQ(table.rows()[clash->first].line, 2u);
  EXPECT_EQ(table.rows()[clash->second].line, 4u);
  EXPECT_FALSE(Table({{"-", "-"}, {"DE", "-"}, {"DE", "1"}}, HitPolicy::kMostSpecific)
                   .FindOverlap(100, &proved));
  EXPECT_TRUE(proved);
}

TEST_F(RouteTableTest, FindsOverlapsOrSaysThatItDidNotProve) {
  bool proved = false;
  EXPECT_FALSE(Table({{"DE", "<10"}, {"DE", ">=10"}, {"AT", "-"}}, HitPolicy::kUnique)
                   .FindOverlap(100, &proved));
  EXPECT_TRUE(proved);
  EXPECT_EQ(Table({{"DE", "<10"}, {"AT", "-"}, {"DE", "5"}}, HitPolicy::kUnique)
                .FindOverlap(100, &proved),
            std::pair(size_t{0}, size_t{2}));
  EXPECT_EQ(Table({{"AT", "-"}, {"-", "5"}}, HitPolicy::kUnique).FindOverlap(100, &proved),
            std::pair(size_t{0}, size_t{1}));
  EXPECT_FALSE(
      Table({{"-", "<1"}, {"-", "1"}, {"-", "2"}}, HitPolicy::kUnique).FindOverlap(2, &proved));
  EXPECT_FALSE(proved);
}

// Random tables with cells of every kind, looked up by the index and row by row.
TEST_F(RouteTableTest, TheIndexNeverChangesTheAnswer) {
  const std::vector<std::string> countries = {"DE", "AT",    "-",  "-",          "not(DE)",
                                              "FR", "DE,AT", "CH", "not(AT,FR)", "AT,CH,FR"};
  const std::vector<std::string> sizes = {"-", "-", "<3", "[3..6)", "5", "1,2", "not(5)", ">=7"};
  std::mt19937 random(7);
  const auto next = [&](size_t n) { return random() % n; };
  for (int round = 0; round < 200; ++round) {
    std::vector<std::pair<std::string, std::string>> rows;
    for (size_t left = next(60); left > 0; --left) {
      rows.emplace_back(countries[next(countries.size())], sizes[next(sizes.size())]);
    }
    const RouteTable table =
        Table(rows, round % 2 == 0 ? HitPolicy::kFirst : HitPolicy::kMostSpecific);
    for (const char* country : {"DE", "AT", "FR", "CH", "ES", ""}) {
      for (int64_t employees = -1; employees < 9; ++employees) {
        const FactSheet sheet = Sheet(country, employees);
        for (size_t from = 0; from <= rows.size(); from += 1 + next(20)) {
          size_t naive = from;
          while (naive < table.rows().size() &&
                 !(table.rows()[naive].cells[0].Matches(sheet.facts()[0]) &&
                   table.rows()[naive].cells[1].Matches(sheet.facts()[1]))) {
            ++naive;
          }
          ASSERT_EQ(table.FirstMatch(sheet.facts(), from), naive) << round;
        }
      }
    }
  }
}

TEST_F(RouteTableTest, ItsPlanTellsWhatTheRowsAreFoundBy) {
  std::vector<std::pair<std::string, std::string>> rows(20, {"DE,AT", "5"});
  rows.insert(rows.end(), {{"FR", ">5"}, {"-", "<3"}, {"-", "-"}});
  EXPECT_THAT(Table(rows, HitPolicy::kFirst).PlanText(),
              testing::AllOf(HasSubstr("20 by account.employees and lead.country: 2 keys"),
                             HasSubstr("1 by lead.country: 1 keys"),
                             HasSubstr("  line 23: asks for no single value\n"
                                       "  line 24: asks for nothing\n"),
                             HasSubstr("bytes of index for 23 rows")));
}

TEST_F(RouteTableTest, AValueOfAnotherTypeIsMissing) {
  const RouteTable table = Table({{"-", "0"}}, HitPolicy::kFirst);
  FactSheet sheet(slots_);
  sheet.Set(Field("account.employees"), Value::Text("0"));
  EXPECT_FALSE(LookUp(table, sheet.facts()).has_value());
}

TEST_F(RouteTableTest, OverlapsOfListsAreFoundThoughTheirValuesDiffer) {
  FieldDecl tags = *FieldTable().Find("lead.country");
  tags.type = Type::kTextList;
  tags.normalise = Normaliser::kTrim;
  std::vector<RouteTable::Row> rows = {{2, {*ReadCell(tags, "a")}, {}},
                                       {3, {*ReadCell(tags, "b")}, {}}};
  const RouteTable table("t.csv", {{"lead.tags", Field("lead.country"), 0, Type::kTextList}}, {},
                         std::move(rows), HitPolicy::kUnique);
  bool proved = false;
  EXPECT_EQ(table.FindOverlap(10, &proved), std::pair(size_t{0}, size_t{1}));
}

}  // namespace
}  // namespace pm
