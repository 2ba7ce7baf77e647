#include "engine/runtime/due_index.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "engine/runtime/memory_store.h"

namespace pm {
namespace {

DueKey Key(int64_t due, std::string row) { return {Instant{due}, std::move(row)}; }

void CommitTo(MemoryStore* store, DueIndex* index) {
  const std::vector<DueChange> changes = index->Changes();
  ASSERT_TRUE(store->Commit({.rows = {}, .dues = changes, .log = {}, .meta = {}}).has_value());
  index->Committed();
}

TEST(DueIndex, ADueThatIsTakenOutAndSetAgainIsStillThere) {
  MemoryStore store;
  DueIndex index(store);
  index.Add(Key(5, "a"));
  CommitTo(&store, &index);
  index.Remove(Key(5, "a"));
  EXPECT_EQ(index.First(Instant{10}), std::nullopt);
  index.Add(Key(5, "a"));
  EXPECT_EQ(index.First(Instant{10}), Key(5, "a"));
}

TEST(DueIndex, DuesThatAreSetBackAfterTheyWerePassedComeInAnyOrder) {
  MemoryStore store;
  DueIndex index(store);
  for (const int64_t due : {1, 2, 5}) index.Add(Key(due, "a"));
  CommitTo(&store, &index);
  index.Remove(Key(1, "a"));
  index.Remove(Key(2, "a"));
  EXPECT_EQ(index.First(Instant{9}), Key(5, "a"));
  index.Add(Key(1, "a"));
  index.Add(Key(2, "a"));
  EXPECT_EQ(index.First(Instant{9}), Key(1, "a"));
  index.Remove(Key(1, "a"));
  EXPECT_EQ(index.First(Instant{9}), Key(2, "a"));
}

// Against a plain set: random changes, looks, commits and undone batches, with a read-ahead so
// short that it is passed all the time.
TEST(DueIndex, SaysWhatAPlainSetSays) {
  Random random(11);
  for (int life = 0; life < 200; ++life) {
    MemoryStore store;
    DueIndex index(store, 1 + random.Below(4));
    std::set<DueKey> now, committed;
    for (int step = 0; step < 300; ++step) {
      const DueKey key = Key(static_cast<int64_t>(random.Below(12)), {"abcd"[random.Below(4)]});
      switch (random.Below(8)) {
        case 0:
          CommitTo(&store, &index);
          committed = now;
          break;
        case 1:
          index.Abandon();
          now = committed;
          break;
        case 2:
        case 3:
          if (now.insert(key).second) index.Add(key);
          break;
        case 4:
          if (now.erase(key) != 0) index.Remove(key);
          break;
        default: {
          const Instant before{static_cast<int64_t>(random.Below(14))};
          const bool any = !now.empty() && now.begin()->due < before;
          ASSERT_EQ(index.First(before), any ? std::optional(*now.begin()) : std::nullopt)
              << "life " << life << " step " << step;
        }
      }
    }
  }
}

}  // namespace
}  // namespace pm
