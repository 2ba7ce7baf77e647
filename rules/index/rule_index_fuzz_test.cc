// The index against the naive scan, over generated and adversarial rule sets: more than a million
// pairs of a rule set and a lead. PM_FUZZ_TIMES multiplies the rule sets.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/random.h"
#include "rules/condition_node.h"
#include "rules/condition_program.h"
#include "rules/index/rule_index.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

constexpr size_t kSets = 5000, kLeads = 210;  // a lead meets one set

size_t Times() {
  const char* times = std::getenv("PM_FUZZ_TIMES");
  return times == nullptr ? 1 : std::max<size_t>(1, std::strtoull(times, nullptr, 10));
}

using Node = std::shared_ptr<const ConditionNode>;
struct Rule {
  Condition when;
};

constexpr Type kSlots[] = {Type::kText,     Type::kText,    Type::kText,    Type::kInt,
                           Type::kInt,      Type::kDecimal, Type::kInstant, Type::kBool,
                           Type::kTextList, Type::kTextList};
constexpr std::string_view kTexts[] = {"",      "a",    "b",     "ab", "abc", "abd", "b.com",
                                       "a.com", "x.de", "yy.de", "zz", "A",   "c"};
constexpr int64_t kNumbers[] = {INT64_MIN, -1, 0, 1, 2, 3, 5, 8, 50, 200, 1000, INT64_MAX};

// What a rule set is made to be hard in.
enum class Style : uint8_t { kMixed, kManyShapes, kRanges, kCrowded, kLists, kNegative, kWide };
constexpr Style kStyles[] = {Style::kMixed, Style::kManyShapes, Style::kRanges, Style::kCrowded,
                             Style::kLists, Style::kNegative,   Style::kWide};

// An expression that no key stands for: the text in slot 0 is longer than two.
Node LongText() {
  auto declarations = std::make_shared<cel::Declarations>();
  declarations->AddVariable("x", "string").value();
  auto program = cel::Compile("x.size() > 2", *declarations);
  auto node = std::make_shared<ConditionNode>();
  node->kind = NodeKind::kProgram;
  node->program = std::make_shared<const ConditionProgram>(*std::move(program), declarations);
  node->inputs = {{.field = {}, .type = Type::kText, .slot = 0, .list = nullptr}};
  return node;
}

class Generator {
 public:
  Generator(uint64_t seed, Style style) : random_(seed), style_(style) {}

  std::vector<Rule> Rules() {
    std::vector<Rule> rules(random_.OneIn(20) ? 400 : random_.Below(size_t{60}));
    for (Rule& rule : rules) rule.when = One();
    return rules;
  }

  // Values of a lead by slot; some missing, some of another type than declared.
  std::vector<Value> Lead() {
    std::vector<Value> facts;
    for (const Type type : kSlots) {
      if (random_.PerMille(120)) {
        facts.emplace_back();
      } else {
        facts.push_back(
            ValueOf(random_.PerMille(20) ? kSlots[random_.Below(std::size(kSlots))] : type));
      }
    }
    return facts;
  }

 private:
  Condition One() {
    if (random_.OneIn(40)) return {};
    switch (style_) {
      case Style::kManyShapes:
        return Condition(Join(NodeKind::kAll, 1 + random_.Below(6), [&] { return Equal(); }));
      case Style::kRanges:
        return Condition(Join(NodeKind::kAll, 1 + random_.Below(3), [&] { return Numbers(); }));
      case Style::kCrowded:
        return Condition(Join(NodeKind::kAll, 2, [&, first = true]() mutable {
          const bool now = std::exchange(first, false);
          return now ? Test(0, TestOp::kEq, 1) : Numbers();
        }));
      case Style::kWide:
        return Condition(
            Join(NodeKind::kAny, 1 + random_.Below(24), [&] { return Tree(1, false); }));
      case Style::kMixed:
      case Style::kLists:
      case Style::kNegative:
        break;
    }
    return Condition(Tree(3, false));
  }

  Node Tree(int depth, bool below_not) {
    const uint64_t kind = random_.Below(uint64_t{10});
    if (depth == 0 || kind < 3) return Leaf();
    if (kind < 5 || (style_ == Style::kNegative && !below_not)) {
      return Join(NodeKind::kNot, 1, [&] { return Tree(depth - 1, true); });
    }
    return Join(kind < 8 ? NodeKind::kAll : NodeKind::kAny, random_.Below(5),
                [&] { return Tree(depth - 1, below_not); });
  }

  template <class Child>
  Node Join(NodeKind kind, uint64_t children, Child child) {
    auto node = std::make_shared<ConditionNode>();
    node->kind = kind;
    for (; children > 0; --children) node->children.push_back(child());
    return node;
  }

  Node Leaf() {
    static const Node program = LongText();
    if (random_.OneIn(30)) return program;
    const size_t slot =
        style_ == Style::kLists ? 7 + random_.Below(size_t{3}) : random_.Below(std::size(kSlots));
    return Test(slot, OpOf(kSlots[slot]), 1 + random_.Below(size_t{5}));
  }
  Node Equal() {
    const size_t slot = random_.Below(std::size(kSlots));
    return Test(slot, random_.OneIn(3) ? TestOp::kIn : TestOp::kEq, 1 + random_.Below(size_t{3}));
  }
  Node Numbers() {
    const size_t slot = 3 + random_.Below(size_t{4});
    return Test(slot, OpOf(Type::kInt), 2);
  }

  TestOp OpOf(Type type) {
    if (random_.OneIn(8)) return random_.Of({TestOp::kPresent, TestOp::kMissing});
    const auto set = random_.Of({TestOp::kEq, TestOp::kNe, TestOp::kIn, TestOp::kNotIn});
    if (type == Type::kBool || random_.OneIn(3)) return set;
    if (type == Type::kText || type == Type::kTextList) {
      return random_.Of({set, TestOp::kStartsWith, TestOp::kEndsWith, TestOp::kContains});
    }
    return random_.Of({TestOp::kGt, TestOp::kGte, TestOp::kLt, TestOp::kLte, TestOp::kBetween});
  }

  Node Test(size_t slot, TestOp op, size_t values) {
    auto node = std::make_shared<ConditionNode>();
    node->kind = NodeKind::kTest;
    node->op = op;
    node->slot = static_cast<uint32_t>(slot);
    node->type = kSlots[slot];
    const bool of_presence = op == TestOp::kPresent || op == TestOp::kMissing;
    if (of_presence) return node;
    node->on_missing = random_.Of({OnMissing::kUnknown, OnMissing::kUnknown, OnMissing::kUnknown,
                                   OnMissing::kMatch, OnMissing::kNoMatch});
    const bool several = op == TestOp::kIn || op == TestOp::kNotIn || op == TestOp::kBetween;
    if (!several) values = 1;
    if (op == TestOp::kBetween) values = 2;
    if (several && op != TestOp::kBetween && random_.OneIn(50)) values = 100;
    for (; values > 0; --values) node->operands.push_back(OperandOf(node->type));
    std::ranges::sort(node->operands);
    return node;
  }

  Operand OperandOf(Type type) {
    if (type == Type::kText || type == Type::kTextList) {
      return {ValueKind::kString, 0, std::string(kTexts[random_.Below(std::size(kTexts))])};
    }
    if (type == Type::kBool) return {ValueKind::kBool, random_.Below(int64_t{2}), {}};
    return {ValueKind::kInt, kNumbers[random_.Below(std::size(kNumbers))], {}};
  }

  Value ValueOf(Type type) {
    if (type == Type::kText) return Value::Text(kTexts[random_.Below(std::size(kTexts))]);
    if (type == Type::kTextList) {
      static const std::vector<std::string> lists = Lists();
      return Value::List(lists[random_.Below(lists.size())]);
    }
    if (type == Type::kBool) return Value::Bool(random_.OneIn(2));
    return {type, kNumbers[random_.Below(std::size(kNumbers))], {}};
  }

  static std::vector<std::string> Lists() {
    Random random(5);
    std::vector<std::string> lists(40);
    for (std::string& list : lists) {
      for (uint64_t items = random.Below(uint64_t{60}) % 7; items > 0; --items) {
        AppendListItem(&list, kTexts[random.Below(std::size(kTexts))]);
      }
    }
    for (const std::string_view text : kTexts) {  // one of very many
      for (int i = 0; i < 10; ++i) AppendListItem(&lists.front(), text);
    }
    return lists;
  }

  Random random_;
  const Style style_;
};

std::string Described(const std::vector<Rule>& rules, uint32_t rule) {
  return rules[rule].when.always() ? "always" : std::to_string(rule);
}

// Every rule that holds by the index is one that holds, and none is left out; from any number on.
void Compare(const std::vector<Rule>& rules, const RuleIndex& index, Facts facts, uint32_t from) {
  std::vector<uint32_t> naive;
  for (uint32_t i = 0; i < rules.size(); ++i) {
    if (rules[i].when.Holds(facts)) naive.push_back(i);
  }
  size_t at = 0;
  for (Holding holding(rules, index, facts); const Rule* rule = holding.Next(); ++at) {
    ASSERT_LT(at, naive.size());
    const auto number = static_cast<uint32_t>(rule - rules.data());
    ASSERT_EQ(number, naive[at]) << Described(rules, naive[at]);
  }
  ASSERT_EQ(at, naive.size()) << Described(rules, naive[at]);
  RuleIndex::Cursor cursor = index.Find(facts);
  uint32_t next = cursor.Next(from);
  while (next < rules.size() && !rules[next].when.Holds(facts)) next = cursor.Next(next + 1);
  const auto first = std::ranges::lower_bound(naive, from);
  ASSERT_EQ(std::min<size_t>(next, rules.size()), first == naive.end() ? rules.size() : *first);
}

class RuleIndexFuzz : public testing::TestWithParam<Style> {};

TEST_P(RuleIndexFuzz, FindsWhatANaiveScanFinds) {
  const size_t sets = kSets * Times() / std::size(kStyles) + 1;
  for (size_t set = 0; set < sets; ++set) {
    Generator generator(set, GetParam());
    const std::vector<Rule> rules = generator.Rules();
    const RuleIndex index = IndexOf(rules, /*scan_below=*/0);
    Random random(set);
    for (size_t lead = 0; lead < kLeads; ++lead) {
      const std::vector<Value> facts = generator.Lead();
      const auto from = static_cast<uint32_t>(random.Below(rules.size() + 1));
      ASSERT_NO_FATAL_FAILURE(Compare(rules, index, facts, from)) << "set " << set;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Styles, RuleIndexFuzz, testing::ValuesIn(kStyles));

class TableFuzz : public testing::TestWithParam<HitPolicy> {};

TEST_P(TableFuzz, TheIndexFindsTheRowThatAScanFinds) {
  static const FieldTable fields;
  const FieldDecl* const columns[] = {fields.Find("account.industry"),
                                      fields.Find("account.employees"),
                                      fields.Find("account.technologies")};
  constexpr std::string_view kCells[][8] = {
      {"-", "a", "b", "a,b", "not(a)", "abc", "c", "not(b,c)"},
      {"-", "5", ">= 50", "[1..8)", "1,2,3", "not(5)", "<0", "0"},
      {"-", "-", "-", "a", "b,c", "not(a)", "zz", "abd"}};
  std::string lists[4];
  AppendListItem(&lists[1], "a");
  for (const std::string_view item : {"b", "zz"}) AppendListItem(&lists[2], item);
  AppendListItem(&lists[3], "other");
  for (uint64_t set = 0; set < 1500 * Times(); ++set) {
    Random random(set);
    std::vector<RouteTable::Row> rows;
    for (uint32_t line = 2; line < 2 + random.Below(150U); ++line) {
      RouteTable::Row& row = rows.emplace_back(RouteTable::Row{line, {}, {}});
      for (size_t i = 0; i < 3; ++i) {
        row.cells.push_back(*ReadCell(*columns[i], kCells[i][random.Below(8)]));
      }
    }
    std::vector<RouteTable::Column> inputs;
    for (uint32_t i = 0; i < 3; ++i) {
      inputs.push_back(
          {std::string(columns[i]->name), FieldNumber{columns[i]->number}, i, columns[i]->type});
    }
    const RouteTable table("t.csv", std::move(inputs), {}, std::move(rows), GetParam());
    for (int lead = 0; lead < 60; ++lead) {
      Value facts[] = {Value::Text(kTexts[random.Below(std::size(kTexts))]),
                       Value::Int(kNumbers[random.Below(std::size(kNumbers))]),
                       Value::List(lists[random.Below(4)])};
      if (random.OneIn(6)) facts[random.Below(3)] = {};
      if (random.OneIn(20)) std::swap(facts[0], facts[random.Below(3)]);
      std::vector<size_t> matching;
      for (size_t row = 0; row < table.rows().size(); ++row) {
        bool all = true;
        for (size_t i = 0; i < 3; ++i) {
          const bool declared = facts[i].type == columns[i]->type;
          all = all && table.rows()[row].cells[i].Matches(declared ? facts[i] : Value());
        }
        if (all) matching.push_back(row);
      }
      const bool none =
          matching.empty() || (matching.size() > 1 && GetParam() != HitPolicy::kFirst &&
                               table.Clash(matching[0], matching[1]));
      const auto hit = LookUp(table, facts);
      ASSERT_EQ(hit.has_value(), !none) << set;
      ASSERT_TRUE(none || hit->row == table.rows()[matching[0]].line) << set;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, TableFuzz,
                         testing::Values(HitPolicy::kUnique, HitPolicy::kFirst,
                                         HitPolicy::kMostSpecific));

}  // namespace
}  // namespace pm
