#include "rules/pattern_form.h"

#include <gmock/gmock.h>

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

}  // namespace
}  // namespace pm
