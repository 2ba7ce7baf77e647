#include "engine/runtime/kafka/rocks_stores.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace pm {
namespace {

constexpr TaskId kDesk{Stage::kDesk, 7}, kAccount{Stage::kAccount, 0};

class RocksStoresTest : public testing::Test {
 protected:
  ~RocksStoresTest() override { std::filesystem::remove_all(folder_); }
  RocksStoresSettings Settings() {
    return {.directory = folder_.string(),
            .say = [this](std::string_view line) { lines_.emplace_back(line); }};
  }
  static void Put(Store& store, const std::string& key) {
    const std::vector<RowWrite> rows = {{key, "value"}};
    ASSERT_TRUE(store.Commit({rows, {}, {}, {}}).has_value());
  }
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / fmt::format("rocks_stores{}", getpid());
  std::vector<std::string> lines_;
};

TEST_F(RocksStoresTest, ATaskThatComesBackFindsItsRows) {
  RocksStores stores(Settings());
  Put(*stores.Open(kDesk).value(), "a");
  Put(*stores.Open(kAccount).value(), "b");
  const std::vector<TaskId> kept = {kAccount};
  stores.CloseAllBut(kept);
  EXPECT_FALSE(stores.Open(kAccount).value()->Get("a").has_value());
  EXPECT_TRUE(stores.Open(kDesk).value()->Get("a").has_value());
  EXPECT_TRUE(std::filesystem::exists(folder_ / "desk-007"));
}

TEST_F(RocksStoresTest, WipingLeavesAnEmptyStore) {
  RocksStores stores(Settings());
  Put(*stores.Open(kDesk).value(), "a");
  EXPECT_FALSE(stores.Wipe(kDesk).value()->Get("a").has_value());
  stores.CloseAllBut({});
  EXPECT_FALSE(stores.Open(kDesk).value()->Get("a").has_value());
}

TEST_F(RocksStoresTest, ADamagedCopyIsBegunAnew) {
  RocksStores stores(Settings());
  Put(*stores.Open(kDesk).value(), "a");
  stores.CloseAllBut({});
  std::ofstream(folder_ / "desk-007" / "CURRENT") << "MANIFEST-999999\n";
  const auto opened = stores.Open(kDesk);
  ASSERT_TRUE(opened.has_value()) << opened.error().text;
  EXPECT_FALSE((*opened)->Get("a").has_value());
  EXPECT_EQ(lines_.size(), 1U);
  stores.CloseAllBut({});
  std::filesystem::remove_all(folder_ / "desk-007");
  std::ofstream(folder_ / "desk-007") << "no directory";
  EXPECT_TRUE(stores.Open(kDesk).has_value());
}

TEST_F(RocksStoresTest, WhatAnotherHasOpenIsLeftAlone) {
  RocksStores stores(Settings()), others(Settings());
  Put(*stores.Open(kDesk).value(), "a");
  EXPECT_EQ(others.Open(kDesk).error().code, kStoreLocked);
  EXPECT_TRUE(stores.Open(kDesk).value()->Get("a").has_value());
}

TEST_F(RocksStoresTest, WhereNothingCanBeWrittenIsSaid) {
  std::ofstream(folder_) << "no directory";
  RocksStores stores(Settings());
  EXPECT_EQ(stores.Open(kDesk).error().code, kStorageError);
}

}  // namespace
}  // namespace pm
