#include "rules/cel/guards.h"

#include <gtest/gtest.h>

#include "tests/support/cel_text.h"

namespace pm::cel {
namespace {

// Where and what is told of an expression over fields that may be missing, and `id`, which may not.
std::string Told(std::string_view text) {
  Declarations declarations;
  declarations.AddVariable("id", "string").value();
  declarations.AddVariable("a", "string", kDefaultMaxSize, true).value();
  declarations.AddVariable("n.b", "string", kDefaultMaxSize, true).value();
  declarations.AddVariable("n.a", "string", kDefaultMaxSize, true).value();
  const auto program = Compile(text, declarations);
  std::string told;
  if (program.has_value()) return told;
  for (const Problem& problem : program.error()) {
    EXPECT_EQ(problem.code, kUnguarded);
    told += std::string(text.substr(problem.at, problem.length)) + " ";
  }
  return told;
}

TEST(CelGuards, WantsNegativeTestsToSayWhatMissingMeans) {
  EXPECT_EQ(Told("n.a != 'x'"), "n.a ");
  EXPECT_EQ(Told("!(n.a == 'x')"), "n.a ");
  EXPECT_EQ(Told("!(n.a in ['x', 'y'])"), "n.a ");
  EXPECT_EQ(Told("!n.a.startsWith('x') && !(n.b == 'y')"), "n.a n.b ");
  EXPECT_EQ(Told("!(n.a == 'x' || id == 'y')"), "n.a ");
  EXPECT_EQ(Told("['x'].exists(v, v != n.a)"), "n.a ");
  EXPECT_EQ(Told("has(n.b) && n.a != 'x'"), "n.a ");
  EXPECT_EQ(Told("has(n.a) || n.a != 'x'"), "n.a ");
  EXPECT_EQ(Told("(has(n.a) && id == 'x') || n.a != 'y'"), "n.a ");
  EXPECT_EQ(Told("n.a > 'k' || n.a != 'x'"), "n.a ");
  EXPECT_EQ(Told("!(n.a == 'x' && n.a > 'k')"), "n.a ");
  EXPECT_EQ(Told("n.a != 'x' && (n.a > 'k' || id == 'y')"), "n.a ");
}

TEST(CelGuards, KnowsANegationInEveryForm) {
  for (const char* text :
       {"(n.a == 'x') == false", "false == n.a.startsWith('x')", "n.a == 'x' ? false : id == 'y'",
        "n.a == 'x' ? id == 'y' : true", "!(n.a == 'x' ? true : false)",
        "cel.bind(v, n.a, v != 'x')", "[n.a].exists(v, v != 'x')", "[n.a].all(v, !(v == 'x'))",
        "[[n.a]].all(v, v.all(w, w != 'x'))"}) {
    EXPECT_EQ(Told(text), "n.a ") << text;
  }
  for (const char* text :
       {"(n.a == 'x') != false", "(n.a != 'x') == false", "has(n.a) && [n.a].all(v, v != 'x')",
        "['y'].all(v, v != 'x')", "n.a == 'x' ? true : false"}) {
    EXPECT_EQ(Told(text), "") << text;
  }
}

TEST(CelGuards, IsContentWithAGuard) {
  for (const char* text :
       {"has(n.a) && n.a != 'x'", "n.a != 'x' && has(n.a)", "!has(n.a) || n.a != 'x'",
        "has(n.a) ? n.a != 'x' : true", "has(n.a) && has(n.b) ? n.a != n.b : false",
        "!has(n.a) ? true : n.a != 'x'", "!(has(n.a) && n.a == 'x')", "!has(n.a)",
        "has(n.a) && (id == 'x' || !(n.a in ['y']))", "n.a > 'k' && n.a != 'x'",
        "!(n.a in ['x']) && n.a.startsWith('y')", "n.a == n.b && (n.b != 'x' || n.a != 'y')"}) {
    EXPECT_EQ(Told(text), "") << text;
  }
}

TEST(CelGuards, LeavesPositiveTestsAlone) {
  for (const char* text : {"n.a == 'x'", "!(n.a != 'x')", "!!(n.a == 'x')", "id != 'x'",
                           "n.a in ['x'] && a > 'b'", "id == 'x' ? n.a == 'y' : n.b == 'z'"}) {
    EXPECT_EQ(Told(text), "") << text;
  }
}

TEST(CelGuards, TellsEachFieldOnceWithAWayOut) {
  Declarations declarations;
  declarations.AddVariable("n.a", "string", kDefaultMaxSize, true).value();
  const auto program = Compile("n.a != 'x' && n.a != 'y'", declarations);
  ASSERT_EQ(program.error().size(), 1);
  EXPECT_EQ(ProblemText(program.error()[0]),
            "0+3 PM0257: 'n.a' may be missing, and then this is never true; write has(n.a) && ..., "
            "or !has(n.a) || ...");
}

}  // namespace
}  // namespace pm::cel
