#include <gtest/gtest.h>

#include "base/time/text.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

TEST(Fields, HaveBoundsInTheUnitTheyAreWrittenIn) {
  const CompileResult result = Compile({{"rules.yaml", R"(kind: fields
lead.amount: { type: decimal, min: 0.5, max: 1000000 }
lead.wait: { type: duration, min: 1m, max: 1h30m }
lead.since: { type: instant, min: 2026-01-01T00:00:00Z }
lead.seats: { type: int, min: -5, max: 50 }
lead.code: { type: text, max: 8 }
---
kind: team
pools: { house: { strategy: queue } }
---
kind: routing
routes: [ { name: Huge, when: { lead.amount: { gte: 500 } }, to: { pool: house } } ]
otherwise: { to: { pool: house } }
)"}});
  ASSERT_TRUE(result.ok()) << result.diagnostics.Render();
  const auto bounds = [&](std::string_view name) {
    const FieldDecl* field = result.book->fields().Find(name);
    return std::pair(field->min, field->max);
  };
  EXPECT_EQ(bounds("lead.amount"), std::pair(int64_t{500'000}, int64_t{1'000'000'000'000}));
  EXPECT_EQ(bounds("lead.wait"), std::pair(Minutes(1).ms, Minutes(90).ms));
  EXPECT_EQ(bounds("lead.since"),
            std::pair(ParseInstant("2026-01-01T00:00:00Z")->ms, int64_t{INT64_MAX}));
  EXPECT_EQ(bounds("lead.seats"), std::pair(int64_t{-5}, int64_t{50}));
  EXPECT_EQ(bounds("lead.code"), std::pair(int64_t{0}, int64_t{8}));
}

}  // namespace
}  // namespace pm
