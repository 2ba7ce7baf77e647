// What programs say in tests, against the programs themselves: over every lead that the fields
// allow, in all three answers.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/random.h"
#include "rules/compile/compile.h"
#include "rules/prove/find_lead.h"
#include "rules/prove/program_tests.h"

namespace pm {
namespace {

constexpr std::string_view kFolder =
    "kind: fields\n"
    "lead.n: { type: int, min: -6, max: 6 }\n"
    "lead.m: { type: int, min: 0, max: 4 }\n"
    "lead.big: { type: int }\n"
    "lead.code: { type: text }\n"
    "---\n"
    "kind: team\n"
    "pools: { p: { strategy: queue, members: [] } }\n"
    "---\n"
    "kind: routing\n"
    "otherwise: { to: { pool: p } }\n"
    "routes:\n";
constexpr std::string_view kGuard = "has(lead.n) && has(lead.m) && has(lead.big) && has(lead.code)";

CompileResult Routes(const std::vector<std::string>& expressions) {
  std::string text(kFolder);
  for (size_t i = 0; i < expressions.size(); ++i) {
    text += fmt::format("  - {{ name: R{}, when: \"{} && ({})\", to: {{ pool: p }} }}\n", i, kGuard,
                        expressions[i]);
  }
  CompileResult result = Compile({{"rules.yaml", text}});
  EXPECT_TRUE(result.ok()) << result.diagnostics.Render();
  return result;
}

// The programs below a condition.
void Collect(const std::shared_ptr<const ConditionNode>& node,
             std::vector<std::shared_ptr<const ConditionNode>>* programs) {
  if (node->kind == NodeKind::kProgram) programs->push_back(node);
  for (const auto& child : node->children) Collect(child, programs);
}

class RandomExpressions {
 public:
  explicit RandomExpressions(uint64_t seed) : random_(seed) {}

  std::string Make() {
    constexpr std::string_view kRelations[] = {"==", "!=", "<", "<=", ">", ">="};
    if (random_.OneIn(6)) return OfText();
    const std::string relation(kRelations[random_.Below(6u)]);
    const std::string read = fmt::format("lead.{} {} {}", Name(), Sign(), Number(2));
    const std::string bound = random_.OneIn(5) ? Number(1) : std::to_string(random_.Below(31) - 15);
    const std::string whole = random_.OneIn(2) ? fmt::format("{} {} {}", read, relation, bound)
                                               : fmt::format("{} {} {}", bound, relation, read);
    return random_.OneIn(4) ? fmt::format("!({})", whole) : whole;
  }

 private:
  std::string Name() { return random_.OneIn(3) ? "m" : "n"; }
  std::string Sign() { return std::string(1, "+-*"[random_.Below(3u)]); }
  std::string Number(int depth) {
    switch (depth == 0 ? random_.Below(2u) : random_.Below(8u)) {
      case 0:
        return std::to_string(random_.Below(11) - 5);
      case 1:
        return "lead." + Name();
      case 2:
        return "size(lead.code)";
      case 3:
        return fmt::format("({} % {})", Number(depth - 1), 1 + random_.Below(4));
      case 4:
        return fmt::format("({} / {})", Number(depth - 1), 1 + random_.Below(4));
      case 5:
        return fmt::format("-(lead.{} + {})", Name(), Number(depth - 1));
      default:
        return fmt::format("({} {} {})", Number(depth - 1), Sign(), Number(depth - 1));
    }
  }
  std::string OfText() {
    const std::string text = random_.Of({"CEO", "ceo", "Ceo", "7", "x"});
    const std::string of = random_.OneIn(2) ? "lead.code.lowerAscii()" : "lead.code.upperAscii()";
    switch (random_.Below(5u)) {
      case 0:
        return fmt::format("{} == '{}'", of, text);
      case 1:
        return fmt::format("'{}' != {}", text, of);
      case 2:
        return fmt::format("{} in ['{}', 'Cto']", of, text);
      case 3:
        return fmt::format("{}.contains('{}')", of, text);
      default:
        return fmt::format("{}.startsWith('{}')", of, text);
    }
  }
  Random random_;
};

// A lead for each value of each field, missing among them.
void ForEachLead(const Slots& slots, const FieldTable& fields,
                 const std::function<void(Facts)>& look) {
  const auto number = [&](std::string_view name) { return FieldNumber{fields.Find(name)->number}; };
  FactSheet sheet(slots);
  for (int64_t n = -7; n <= 6; ++n) {
    sheet.Set(number("lead.n"), n == -7 ? Value() : Value::Int(n));
    for (int64_t m = -1; m <= 4; ++m) {
      sheet.Set(number("lead.m"), m == -1 ? Value() : Value::Int(m));
      for (const char* code : {"", "CEO", "ceo", "Ceo", "x7"}) {
        sheet.Set(number("lead.code"), *code == '\0' ? Value() : Value::Text(code));
        look(sheet.facts());
      }
    }
  }
}

TEST(ProgramTests, AnswerAsTheProgramDoesForEveryLead) {
  RandomExpressions random(11);
  std::vector<std::string> expressions;
  for (int i = 0; i < 1500; ++i) expressions.push_back(random.Make());
  const CompileResult rules = Routes(expressions);
  ASSERT_TRUE(rules.ok());
  size_t known = 0;
  for (const Route& route : rules.book->routing.routes) {
    std::vector<std::shared_ptr<const ConditionNode>> programs;
    Collect(route.when.shared_root(), &programs);
    for (const auto& program : programs) {
      const auto tests = TestsOf(*program, rules.book->fields());
      if (tests == nullptr) continue;
      ++known;
      ForEachLead(rules.book->slots(), rules.book->fields(), [&](Facts facts) {
        ASSERT_EQ(Condition(tests).Eval(facts), Condition(program).Eval(facts)) << program->text;
      });
    }
  }
  EXPECT_GT(known, 500u);
}

// Whether some lead meets the expression.
std::string Answer(const std::string& expression) {
  const CompileResult rules = Routes({expression});
  if (!rules.ok()) return "wrong";
  const LeadAnswer answer =
      FindLead({rules.book->fields(), rules.book->slots()},
               {.must = {rules.book->routing.routes[0].when}, .must_not = {}});
  return answer.found() ? "found" : answer.none() ? "none" : "not proved: " + answer.why;
}

TEST(ProgramTests, LetTheSolverProveWhatItCouldOnlyTryOut) {
  for (const char* never :
       {"size(lead.code) < 0", "account.employees % 2 == 3", "lead.code.lowerAscii() == 'CEO'",
        "account.employees * 2 > 10 && account.employees < 3", "lead.n + lead.m > 10",
        "lead.n - lead.n != 0", "3 * (lead.m - 1) == 4", "-lead.m > 0"}) {
    EXPECT_EQ(Answer(never), "none") << never;
  }
  for (const char* some : {"lead.n * -2 > 11", "lead.n + lead.m < 1", "size(lead.code) > 7",
                           "lead.code.lowerAscii() == 'ceo'", "lead.m % 2 == 1 && lead.n < 0"}) {
    EXPECT_EQ(Answer(some), "found") << some;
  }
}

// It fails, and so is unknown, where the product is too large.
TEST(ProgramTests, LeaveAloneWhatMayFail) {
  EXPECT_EQ(Answer("lead.big * 2 > 10 && lead.big < 3"),
            "not proved: 'lead.big * 2 > 10' can only be tried out");
}

}  // namespace
}  // namespace pm
