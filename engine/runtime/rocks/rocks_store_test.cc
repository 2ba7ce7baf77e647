#include "engine/runtime/rocks/rocks_store.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/runtime/rocks/wal_scan.h"
#include "engine/runtime/testing.h"

namespace pm {
namespace {

constexpr int kBatches = 50;
constexpr char kChildVariable[] = "PM_ROCKS_TEST_CHILD";

void CommitNumber(RocksStore& store, int n) {
  const std::vector<RowWrite> rows = {{fmt::format("a{:04}", n), std::string(500, 'v')}};
  const std::vector<DueChange> dues = {{{Instant{n}, rows[0].key}, true}};
  const std::vector<LogEntry> log = {{1, n, Instant{n}, 3 * n, "out"}};
  const std::vector<MetaWrite> meta = {{"n", std::to_string(n)}};
  ASSERT_TRUE(store.Commit({rows, dues, log, meta}).has_value());
}

// All of the first `n` commits in every column family, and nothing of a later one.
void ExpectWhole(const RocksStore& store, int n) {
  for (int i = 0; i <= n; ++i) {
    const std::string key = fmt::format("a{:04}", i);
    EXPECT_EQ(store.Get(key).has_value(), i < n) << key;
  }
  EXPECT_EQ(store.Dues({Instant{0}, ""}, kNever, 1000).size(), static_cast<size_t>(n));
  EXPECT_EQ(store.ReadLog(1, -1, 1000, 1 << 20)->size(), static_cast<size_t>(n));
  EXPECT_EQ(store.Meta("n"), std::to_string(n - 1));
}

std::string NewestWal(const std::string& directory) {
  std::string newest;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    if (entry.path().extension() == ".log" && entry.path().string() > newest)
      newest = entry.path().string();
  return newest;
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void WriteAll(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Runs this program as a child that commits and says so on a pipe until it is killed.
pid_t StartWriter(const std::string& directory, int* acknowledged) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 3);
    setenv(kChildVariable, directory.c_str(), 1);
    execl("/proc/self/exe", "runtime_test", "--gtest_also_run_disabled_tests",
          "--gtest_filter=*ChildCommitsUntilKilled", static_cast<char*>(nullptr));
    _exit(1);
  }
  close(ends[1]);
  *acknowledged = ends[0];
  return child;
}

// Only runs as the child of the next test.
TEST(RocksStoreTest, DISABLED_ChildCommitsUntilKilled) {
  const char* directory = getenv(kChildVariable);
  ASSERT_NE(directory, nullptr);
  const auto store = OpenRocks(directory);
  for (int n = 0; n < 100'000; ++n) {
    CommitNumber(*store, n);
    if (write(3, "x", 1) != 1) return;
  }
}

TEST(RocksStoreTest, KeepsWhatWasAcknowledgedBeforeAKill) {
  const ScratchDirectory directory;
  int acknowledged = 0;
  const pid_t child = StartWriter(directory.path(), &acknowledged);
  char byte = 0;
  int count = 0;
  while (count < kBatches && read(acknowledged, &byte, 1) == 1) ++count;
  ASSERT_EQ(count, kBatches);
  EXPECT_EQ(RocksStore::Open(SmallRocks(directory.path())).error().code, kStoreLocked);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  while (read(acknowledged, &byte, 1) == 1) ++count;
  close(acknowledged);
  const auto store = OpenRocks(directory.path());
  const int kept = std::stoi(store->Meta("n").value_or("-1")) + 1;
  EXPECT_GE(kept, count);
  EXPECT_LE(kept, count + 1);
  ExpectWhole(*store, kept);
}

// A database whose commits are all still in its write-ahead log: a copy of a live one.
class DamagedWalTest : public testing::Test {
 protected:
  DamagedWalTest() {
    const auto store = OpenRocks(live_.path());
    for (int n = 0; n < kBatches; ++n) {
      CommitNumber(*store, n);
      if (n == kBatches - 2) before_last_ = std::filesystem::file_size(NewestWal(live_.path()));
    }
    std::filesystem::copy(live_.path(), copy_.path() + "/db",
                          std::filesystem::copy_options::recursive);
    directory_ = copy_.path() + "/db";
    wal_ = NewestWal(directory_);
    bytes_ = ReadAll(wal_);
  }
  Result<std::unique_ptr<RocksStore>> Reopen() { return RocksStore::Open(SmallRocks(directory_)); }

  ScratchDirectory live_, copy_;
  std::string directory_, wal_, bytes_;
  size_t before_last_ = 0;
};

TEST_F(DamagedWalTest, OpensWhenNothingIsDamaged) {
  EXPECT_EQ(ScanWal(bytes_), WalState::kWhole);
  const auto store = Reopen();
  ASSERT_TRUE(store.has_value()) << store.error().text;
  ExpectWhole(**store, kBatches);
}

TEST_F(DamagedWalTest, DropsALastCommitThatWasCutShort) {
  WriteAll(wal_, bytes_.substr(0, bytes_.size() - 100));
  EXPECT_EQ(ScanWal(ReadAll(wal_)), WalState::kWhole);
  const auto store = Reopen();
  ASSERT_TRUE(store.has_value()) << store.error().text;
  ExpectWhole(**store, kBatches - 1);
}

TEST_F(DamagedWalTest, DropsALastCommitThatIsGarbled) {
  bytes_[bytes_.size() - 50] ^= 0x55;
  WriteAll(wal_, bytes_);
  EXPECT_EQ(ScanWal(bytes_), WalState::kDamagedAtTheEnd);
  const auto store = Reopen();
  ASSERT_TRUE(store.has_value()) << store.error().text;
  ExpectWhole(**store, kBatches - 1);
}

TEST_F(DamagedWalTest, DropsALastCommitWhoseLengthIsGarbled) {
  bytes_[before_last_ + 5] = static_cast<char>(0xff);
  WriteAll(wal_, bytes_);
  EXPECT_EQ(ScanWal(bytes_), WalState::kDamagedAtTheEnd);
  const auto store = Reopen();
  ASSERT_TRUE(store.has_value()) << store.error().text;
  ExpectWhole(**store, kBatches - 1);
}

TEST_F(DamagedWalTest, RefusesDamageBeforeAcknowledgedCommits) {
  bytes_[bytes_.size() / 2] ^= 0x55;
  WriteAll(wal_, bytes_);
  EXPECT_EQ(ScanWal(bytes_), WalState::kDamagedInside);
  const auto store = Reopen();
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, kStoreDamaged);
}

TEST(RocksStoreTest, RefusesANewerFormat) {
  const ScratchDirectory directory;
  {
    const auto store = OpenRocks(directory.path());
    const std::vector<MetaWrite> meta = {{"format", std::to_string(kStorageFormat + 1)}};
    ASSERT_TRUE(store->Commit({{}, {}, {}, meta}).has_value());
  }
  EXPECT_EQ(RocksStore::Open(SmallRocks(directory.path())).error().code, kNewerFormat);
}

TEST(RocksStoreTest, RefusesAFormatItCannotRead) {
  const ScratchDirectory directory;
  {
    const auto store = OpenRocks(directory.path());
    const std::vector<MetaWrite> meta = {{"format", "what"}};
    ASSERT_TRUE(store->Commit({{}, {}, {}, meta}).has_value());
  }
  EXPECT_EQ(RocksStore::Open(SmallRocks(directory.path())).error().code, kStoreDamaged);
}

TEST(RocksStoreTest, RefusesADirectoryThatIsOpen) {
  const ScratchDirectory directory;
  const auto store = OpenRocks(directory.path());
  EXPECT_EQ(RocksStore::Open(SmallRocks(directory.path())).error().code, kStoreLocked);
}

TEST(RocksStoreTest, OpensOnlyWhatIsThereWhenItShallMakeNone) {
  const ScratchDirectory directory;
  RocksSettings settings = SmallRocks(directory.path() + "/data");
  settings.create = false;
  EXPECT_EQ(RocksStore::Open(settings).error().code, kNoDataDirectory);
  std::filesystem::create_directory(settings.directory);
  EXPECT_EQ(RocksStore::Open(settings).error().code, kNoDataDirectory);
  EXPECT_TRUE(std::filesystem::is_empty(settings.directory)) << "left as it was";
  settings.directory = directory.path() + "/ours";
  OpenRocks(settings.directory);
  EXPECT_TRUE(RocksStore::Open(settings).has_value());
}

TEST(RocksStoreTest, SaysWhenADirectoryCannotBeMade) {
  const ScratchDirectory directory;
  WriteAll(directory.path() + "/file", "x");
  EXPECT_EQ(RocksStore::Open(SmallRocks(directory.path() + "/file/db")).error().code,
            kStorageError);
}

TEST(RocksStoreTest, SnapshotsDoNotSeeLaterCommits) {
  const ScratchDirectory directory;
  const auto store = OpenRocks(directory.path());
  CommitNumber(*store, 0);
  {
    const auto snapshot = store->Snapshot();
    CommitNumber(*store, 1);
    EXPECT_EQ(snapshot->Get("a0001"), std::nullopt);
    EXPECT_EQ(snapshot->NextKey("a", "a0000"), std::nullopt);
    EXPECT_EQ(snapshot->ReadLog(1, -1, 10, 1000)->size(), 1U);
    EXPECT_EQ(snapshot->Dues({Instant{0}, ""}, kNever, 10).size(), 1U);
  }
  EXPECT_EQ(store->NextKey("a", "a0000"), "a0001");
}

TEST(RocksStoreTest, WhoGoesThroughTheRowsFindsEachWithItsBytes) {
  const ScratchDirectory directory;
  const auto store = RocksStore::Open({.directory = directory.path()}).value();
  const std::vector<RowWrite> rows = {{"a1", "1"}, {"a2", "2"}, {"b1", "3"}, {"b2", "4"}};
  ASSERT_TRUE(store->Commit({rows, {}, {}, {}}).has_value());
  std::string seen;
  std::optional<std::string> key;
  for (std::string after; (key = store->NextKey("", after)); after = *key)
    seen += *key + *store->Get(*key);
  EXPECT_EQ(seen, "a11a22b13b24");
  EXPECT_EQ(store->NextKey("", "a1"), "a2");
  EXPECT_EQ(store->Get("b2"), "4") << "another than that where it stands";
  EXPECT_EQ(store->NextKey("b", "a2"), "b1") << "from before the prefix";
  EXPECT_EQ(store->NextKey("a", "a2"), std::nullopt);
  const std::vector<RowWrite> more = {{"a2", "new"}, {"a3", "5"}};
  ASSERT_TRUE(store->Commit({more, {}, {}, {}}).has_value());
  EXPECT_EQ(store->Get("a2"), "new");
  EXPECT_EQ(store->NextKey("a", "a2"), "a3");
}

// A store with letters in it of which it is known whether they lie on the disk.
class PurgeTest : public testing::TestWithParam<bool> {
 protected:
  PurgeTest() {
    settings_ = SmallRocks(directory_.path());
    if (!GetParam()) return;
    settings_.shared = ShareRocks(8 << 20, 4 << 20);  // as a worker's copies are
    settings_.synced = false;
  }
  void Open() {
    store_.reset();
    store_ = RocksStore::Open(settings_).value();
  }
  // Letters that cannot be compressed, others for each name.
  static std::string Letters(std::string_view name) {
    std::string letters;
    uint64_t state = std::hash<std::string_view>()(name);
    for (int n = 0; n < 200; ++n) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      letters += static_cast<char>('a' + (state >> 33) % 26);
    }
    return letters;
  }
  void Put(const std::string& key, std::optional<std::string> value) {
    const std::vector<RowWrite> rows = {{key, std::move(value)}};
    ASSERT_TRUE(store_->Commit({rows, {}, {}, {}}).has_value());
  }
  bool IsOnDisk(std::string_view name) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path()))
      if (entry.is_regular_file() && ReadAll(entry.path()).contains(Letters(name))) return true;
    return false;
  }

  const ScratchDirectory directory_;
  RocksSettings settings_;
  std::unique_ptr<RocksStore> store_;
  const Instant begun_{1'000'000'000'000};
};

TEST_P(PurgeTest, WhatWasDeletedOrOverwrittenLeavesTheDisk) {
  Open();
  for (const char* key : {"gone", "changed", "kept"}) Put(key, Letters(key));
  store_->Purge(begun_);
  store_->Purge(begun_ + kPurgeEvery);  // into files
  store_->AwaitPurge();
  Put("gone", std::nullopt);
  Put("changed", Letters("anew"));
  Put("new", Letters("new"));
  Put("new", std::nullopt);  // still in the log alone
  for (const char* name : {"gone", "changed", "kept", "anew", "new"})
    EXPECT_TRUE(IsOnDisk(name)) << name;
  store_->Purge(begun_ + kPurgeEvery + kPurgeEvery);
  store_->AwaitPurge();
  for (const char* name : {"gone", "changed", "new"}) EXPECT_FALSE(IsOnDisk(name)) << name;
  for (const char* name : {"kept", "anew"}) EXPECT_TRUE(IsOnDisk(name)) << name;
  EXPECT_EQ(store_->Get("gone"), std::nullopt);
  EXPECT_EQ(store_->Get("changed"), Letters("anew"));
}

TEST_P(PurgeTest, WhatATopicWasTrimmedOfLeavesTheDisk) {
  Open();
  std::vector<LogEntry> log;
  for (int n = 0; n < 4; ++n)
    log.push_back({2, n, Instant{n}, 0, Letters(fmt::format("entry {}", n))});
  log.push_back({3, 0, Instant{0}, 0, Letters("another topic")});
  ASSERT_TRUE(store_->Commit({{}, {}, log, {}}).has_value());
  store_->Purge(begun_);
  ASSERT_TRUE(store_->TrimLog(2, 3).has_value());
  EXPECT_TRUE(IsOnDisk("entry 2"));
  store_->Purge(begun_ + kPurgeEvery);
  store_->AwaitPurge();
  for (const char* name : {"entry 0", "entry 1", "entry 2"}) EXPECT_FALSE(IsOnDisk(name)) << name;
  for (const char* name : {"entry 3", "another topic"}) EXPECT_TRUE(IsOnDisk(name)) << name;
  EXPECT_EQ(store_->ReadLog(2, 2, 10, 1000)->size(), 1U);
  EXPECT_EQ(store_->ReadLog(3, -1, 10, 1000)->size(), 1U);
}

TEST_P(PurgeTest, ComesOnceAWeekOverRestartsToo) {
  const auto noted = [this] { return store_->Meta("purged"); };
  Open();
  store_->Purge(begun_);
  const auto first = noted();
  ASSERT_TRUE(first.has_value());
  Open();
  store_->Purge(begun_ + kPurgeEvery - Milliseconds(1));
  store_->AwaitPurge();
  EXPECT_EQ(noted(), first);
  store_->Purge(begun_ + kPurgeEvery);
  store_->AwaitPurge();
  const auto second = noted();
  EXPECT_NE(second, first);
  store_->Purge(begun_ - Days(300));
  store_->AwaitPurge();
  EXPECT_NE(noted(), second) << "a clock that was set back";
}

// It ends early, and is not taken for done.
TEST_P(PurgeTest, AStoreMayBeClosedMeanwhile) {
  Open();
  Put("gone", Letters("gone"));
  store_->Purge(begun_);
  Put("gone", std::nullopt);
  store_->Purge(begun_ + kPurgeEvery);
  Open();
  store_->Purge(begun_ + kPurgeEvery);
  Put("b", "1");  // beside it
  store_->AwaitPurge();
  EXPECT_FALSE(IsOnDisk("gone"));
  EXPECT_EQ(store_->Get("b"), "1");
}

INSTANTIATE_TEST_SUITE_P(Modes, PurgeTest, testing::Bool(),
                         [](const auto& one) { return one.param ? "Copy" : "Embedded"; });

}  // namespace
}  // namespace pm
