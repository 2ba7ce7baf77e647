#include <gtest/gtest.h>

#include "base/random.h"
#include "engine/stages/desk/desk.h"

namespace pm {
namespace {

constexpr int64_t kOneLead = int64_t{1} << 32;

// A small generator of our own, so that a seed means the same everywhere.
Pool RandomPool(Random& random, std::vector<std::string>* eligible) {
  Pool pool;
  pool.name = "p";
  const int64_t n = 2 + random.Below(20);
  for (int64_t i = 0; i < n; ++i) {
    pool.members.push_back({fmt::format("rep{:02}", i), 1 + random.Below(40)});
    eligible->push_back(pool.members.back().rep);
  }
  return pool;
}

int64_t CreditSum(const PoolRow& row) {
  int64_t sum = 0;
  for (const MemberCredit& m : row.members) sum += m.credit;
  return sum;
}

TEST(Rotation, StaysWithinTijdemansBoundOfTheWeightedShare) {
  Random random{7};
  for (int set = 0; set < 200; ++set) {
    std::vector<std::string> eligible;
    const Pool pool = RandomPool(random, &eligible);
    int64_t total = 0;
    for (const PoolMember& m : pool.members) total += m.weight;
    const auto n = static_cast<int64_t>(eligible.size());
    PoolRow row;
    for (int64_t lead = 1; lead <= 1000; ++lead) {
      PickWeighted(row, pool, eligible, EventId{1, static_cast<uint64_t>(lead)});
      for (const PoolMember& m : pool.members) {
        const auto it = std::ranges::find(row.members, m.rep, &MemberCredit::rep);
        ASSERT_NE(it, row.members.end());
        // |given - lead * weight / total| <= 1 - d with d = 1/(2n-2), times (2n-2) * total.
        const int64_t off = std::abs(it->given * total - lead * m.weight) * (2 * n - 2);
        ASSERT_LE(off, (2 * n - 3) * total) << "set " << set << " lead " << lead << " " << m.rep;
      }
    }
  }
}

TEST(Rotation, ConservesCreditThroughPicksRefundsAndChangesOfTheSet) {
  Random random{11};
  std::vector<std::string> everybody;
  const Pool pool = RandomPool(random, &everybody);
  PoolRow row;
  int64_t refunds = 0;
  for (uint64_t lead = 0; lead < 2000; ++lead) {
    std::vector<std::string> eligible;
    for (const std::string& rep : everybody) {
      if (random.Below(3) > 0) eligible.push_back(rep);
    }
    if (eligible.empty()) continue;
    const Pick pick = PickWeighted(row, pool, eligible, EventId{2, lead});
    EXPECT_NE(std::ranges::find(eligible, pick.rep), eligible.end());
    if (random.Below(5) == 0) {
      Refund(row, pick.rep);
      ++refunds;
    }
  }
  EXPECT_EQ(CreditSum(row), refunds * kOneLead);
}

TEST(Rotation, TieIsNotAlwaysWonByTheFirst) {
  Pool pool;
  pool.name = "p";
  pool.members = {{"ana", 1}, {"bo", 1}, {"cy", 1}};
  const std::vector<std::string> eligible = {"ana", "bo", "cy"};
  std::map<std::string, int> firsts;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    PoolRow row;
    const Pick pick = PickWeighted(row, pool, eligible, EventId{3, seed});
    EXPECT_TRUE(pick.tie);
    ++firsts[pick.rep];
  }
  for (const std::string& rep : eligible) EXPECT_GT(firsts[rep], 60) << rep;
}

TEST(Rotation, OneEligibleRepGetsEverythingWithoutRunningUpCredit) {
  Pool pool;
  pool.name = "p";
  pool.members = {{"ana", 3}, {"bo", 1}};
  PoolRow row;
  for (uint64_t lead = 0; lead < 50; ++lead) {
    EXPECT_EQ(PickWeighted(row, pool, {"bo"}, EventId{4, lead}).rep, "bo");
  }
  EXPECT_EQ(CreditSum(row), 0);
  EXPECT_EQ(row.members.front().given, 50);
}

}  // namespace
}  // namespace pm
