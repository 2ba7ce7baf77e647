// What every store must do; the same tests run on memory and on RocksDB.
#include "engine/runtime/store.h"

#include <filesystem>

#include "engine/runtime/memory_store.h"
#include "engine/runtime/rocks/rocks_store.h"
#include "engine/runtime/testing.h"

namespace pm {
namespace {

class StoreTest : public testing::TestWithParam<bool> {
 protected:
  StoreTest() {
    if (GetParam()) {
      store_ = OpenRocks(directory_.path());
    } else {
      store_ = std::make_unique<MemoryStore>();
    }
  }
  void Write(std::vector<RowWrite> rows, std::vector<DueChange> dues = {},
             std::vector<LogEntry> log = {}, std::vector<MetaWrite> meta = {}) {
    ASSERT_TRUE(store_->Commit({rows, dues, log, meta}).has_value());
  }
  ScratchDirectory directory_;
  std::unique_ptr<Store> store_;
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreTest, testing::Bool(), [](const auto& param_info) {
  return param_info.param ? "Rocks" : "Memory";
});

TEST_P(StoreTest, KeepsAndErasesRows) {
  Write({{"a1", "one"}, {"a2", std::string()}});
  EXPECT_EQ(store_->Get("a1"), "one");
  EXPECT_EQ(store_->Get("a2"), "");
  EXPECT_EQ(store_->Get("a3"), std::nullopt);
  Write({{"a1", std::nullopt}});
  EXPECT_EQ(store_->Get("a1"), std::nullopt);
}

TEST_P(StoreTest, WalksOverKeysOfOnePrefix) {
  Write({{"a1", "x"}, {"b1", "x"}, {"b2", "x"}, {"c1", "x"}});
  EXPECT_EQ(store_->NextKey("b", ""), "b1");
  EXPECT_EQ(store_->NextKey("b", "b1"), "b2");
  EXPECT_EQ(store_->NextKey("b", "b2"), std::nullopt);
  EXPECT_EQ(store_->NextKey("b", "b0"), "b1");
  EXPECT_EQ(store_->NextKey("d", ""), std::nullopt);
  Write({{"b2", std::nullopt}, {"b3", "x"}});
  EXPECT_EQ(store_->NextKey("b", "b1"), "b3");
}

TEST_P(StoreTest, ReadsDuesInOrderFromACursorUpToABound) {
  Write({}, {{{Instant{20}, "b"}, true},
             {{Instant{20}, "a"}, true},
             {{Instant{-5}, "z"}, true},
             {{Instant{30}, "a"}, true}});
  const DueKey start{Instant{INT64_MIN}, ""};
  EXPECT_EQ(store_->Dues(start, Instant{30}, 10),
            (std::vector<DueKey>{{Instant{-5}, "z"}, {Instant{20}, "a"}, {Instant{20}, "b"}}));
  EXPECT_EQ(store_->Dues(start, Instant{30}, 1), (std::vector<DueKey>{{Instant{-5}, "z"}}));
  EXPECT_EQ(store_->Dues({Instant{20}, "b"}, kNever, 10),
            (std::vector<DueKey>{{Instant{20}, "b"}, {Instant{30}, "a"}}));
  Write({}, {{{Instant{20}, "a"}, false}});
  EXPECT_EQ(store_->Dues({Instant{0}, ""}, Instant{21}, 10),
            (std::vector<DueKey>{{Instant{20}, "b"}}));
}

TEST_P(StoreTest, KeepsTopicsApartAndInOrder) {
  Write({}, {},
        {{1, 0, Instant{5}, 0, "a"}, {1, 1, Instant{-6}, 1, "b"}, {2, 0, Instant{7}, 0, "c"}});
  const auto one = store_->ReadLog(1, -1, 10, 1000);
  ASSERT_TRUE(one.has_value());
  ASSERT_EQ(one->size(), 2U);
  EXPECT_EQ((*one)[1].bytes, "b");
  EXPECT_EQ((*one)[1].at, Instant{-6});
  EXPECT_EQ((*one)[1].offset, 1);
  EXPECT_EQ((*one)[1].before, 1);
  EXPECT_EQ(store_->ReadLog(1, 0, 10, 1000)->size(), 1U);
  EXPECT_EQ(store_->ReadLog(1, 1, 10, 1000)->size(), 0U);
  EXPECT_EQ(store_->ReadLog(1, -1, 1, 1000)->size(), 1U);
  EXPECT_EQ(store_->ReadLog(1, -1, 10, 0)->size(), 1U) << "at least one";
}

TEST_P(StoreTest, RefusesToReadBelowTheFloor) {
  Write({}, {},
        {{1, 0, Instant{5}, 0, "a"}, {1, 1, Instant{6}, 1, "b"}, {1, 2, Instant{7}, 2, "c"}});
  ASSERT_TRUE(store_->TrimLog(1, 2).has_value());
  ASSERT_TRUE(store_->TrimLog(1, 1).has_value()) << "a lower floor changes nothing";
  EXPECT_EQ(store_->LogFloor(1), 2);
  EXPECT_EQ(store_->LogFloor(2), 0);
  EXPECT_EQ(store_->ReadLog(1, 0, 10, 1000).error().code, kBelowFloor);
  EXPECT_EQ(store_->ReadLog(1, 1, 10, 1000)->size(), 1U);
}

TEST_P(StoreTest, KeepsMeta) {
  Write({}, {}, {}, {{"task", "1"}, {"other", "2"}});
  EXPECT_EQ(store_->Meta("task"), "1");
  EXPECT_EQ(store_->Meta("none"), std::nullopt);
  EXPECT_EQ(store_->Snapshot()->Meta("other"), "2");
}

TEST(DueKeys, SortAsBytesAsTheyDoAsValues) {
  const std::vector<DueKey> keys = {{Instant{INT64_MIN}, "z"},
                                    {Instant{-1}, "b"},
                                    {Instant{0}, "a"},
                                    {Instant{0}, "b"},
                                    {Instant{9}, ""}};
  for (size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(DecodeDueKey(EncodeDueKey(keys[i])), keys[i]);
    if (i + 1 < keys.size()) {
      EXPECT_LT(EncodeDueKey(keys[i]), EncodeDueKey(keys[i + 1]));
    }
  }
}

TEST(StorageFailedDeathTest, EndsTheProcess) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(StorageFailed("disk gone"), testing::ExitedWithCode(74), "PM0501.*disk gone");
}

}  // namespace
}  // namespace pm
