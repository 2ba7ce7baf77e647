#include "rules/pattern_form.h"

#include <gmock/gmock.h>
#include <re2/re2.h>

#include <functional>

#include "base/random.h"

namespace pm {
namespace {

TEST(PatternForm, AsksForNoCapitalsWhereThereAreNone) {
  const FieldTable fields;
  const auto capital = [&](std::string_view field, std::string_view pattern) {
    const auto trouble = TroubleOfPattern(*fields.Find(field), pattern);
    return trouble ? static_cast<int>(trouble->offset) : -1;
  };
  EXPECT_EQ(capital("account.industry", "^Soft"), 1);
  EXPECT_EQ(capital("lead.email", R"(^[a-z]+@Acme\.com$)"), 8);
  EXPECT_EQ(capital("lead.website", R"((?P<Name>a)(?:b)B)"), 16);
  EXPECT_EQ(capital("lead.title", "^VP"), -1);  // is kept as it was written
  EXPECT_EQ(capital("event.type", "A"), -1);
  for (const std::string_view fine :
       {"^soft", "(?i)^Soft", "a(?i:B)", R"(\bsoft\B\S\D)", R"(\p{Lu}\pL\x{AB}\xAB\QAB\E)",
        "[A-Z][^]A][[:upper:]A]", R"([\]A])", "[A", R"(\QA)", "(?P<N"}) {
    EXPECT_EQ(capital("account.industry", fine), -1) << fine;
  }
}

TEST(PatternForm, LosesGroupsThatSayNothing) {
  EXPECT_EQ(WithoutIdleGroups("(?i)(vp)"), "(?i)vp");
  EXPECT_EQ(WithoutIdleGroups("(?i)(vp|cto)"), "(?i)vp|cto");
  EXPECT_EQ(WithoutIdleGroups(R"(\b(vp|cto)\b)"), R"(\b(?:vp|cto)\b)");
  EXPECT_EQ(WithoutIdleGroups("a(b(?:c))|(d)"), "abc|d");
  EXPECT_EQ(WithoutIdleGroups("(ab)+(c)?"), "(?:ab)+(?:c)?");
  EXPECT_EQ(WithoutIdleGroups("(a|b)(c)"), "(?:a|b)c");
  EXPECT_EQ(WithoutIdleGroups("((?i)a)b"), "(?:(?i)a)b");
  for (const std::string_view as_it_is :
       {R"(\07(1))", "a{1(,)2}", R"(\Q(a)\E)", "(?i:a)b", "(?P<n>a)", "[(a)]", R"(\(a\))"}) {
    EXPECT_EQ(WithoutIdleGroups(as_it_is), as_it_is);
  }
}

// Random expressions over random texts: leaving out groups changes no answer.
TEST(PatternForm, MatchesTheSameWithoutIdleGroups) {
  Random random(5);
  const std::function<std::string(int)> make = [&](int depth) -> std::string {
    std::string text;
    for (int i = random.Below(4); i >= 0; --i) {
      switch (random.Below(depth == 0 ? 4u : 9u)) {
        case 0:
        case 1:
        case 2:
          text += random.Of({"a", "b", "A", "[ab]", ".", R"(\x61)", "^", "$", R"(\pL)"});
          break;
        case 3:
          text += random.Of({"a*", "b?", "|", "a+?", "|a"});
          break;
        case 4:
          text += "(?i)";
          break;
        default:
          text += random.Of({"(", "(?:", "(", "(?i:", "(?P<x>"}) + make(depth - 1) + ")" +
                  random.Of({"", "", "", "*", "?", "+"});
      }
    }
    return text;
  };
  re2::RE2::Options quiet;
  quiet.set_log_errors(false);
  size_t changed = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::string pattern = make(3);
    const re2::RE2 one(pattern, quiet);
    if (!one.ok()) continue;
    const std::string without = WithoutIdleGroups(pattern);
    const re2::RE2 other(without, quiet);
    ASSERT_TRUE(other.ok()) << pattern << " became " << without;
    changed += without != pattern ? 1 : 0;
    for (int j = 0; j < 30; ++j) {
      std::string text;
      for (int k = random.Below(5); k > 0; --k) text += random.Of({"a", "b", "A", "B", "c"});
      ASSERT_EQ(re2::RE2::PartialMatch(text, one), re2::RE2::PartialMatch(text, other))
          << pattern << " became " << without << " at " << text;
    }
  }
  EXPECT_GT(changed, 500u);
}

}  // namespace
}  // namespace pm
