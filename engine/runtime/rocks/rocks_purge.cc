// What was deleted leaves the disk. RocksDB does that when it merges files anyhow, which may never
// come for a row that nobody writes again: its default of 30 days is looked at only when files
// change, and what is not in a file yet stays in the write-ahead log until its memory is full.
#include <tuple>

#include "base/ids.h"
#include "engine/runtime/rocks/database.h"

namespace pm {

namespace {

constexpr char kPurgedName[] = "purged";
constexpr int kAllTopics = 256;

using Topics = std::vector<std::pair<std::string, std::string>>;  // what was trimmed, as keys

Topics TrimmedOf(const StoreView& view) {
  Topics trimmed;
  for (int n = 0; n < kAllTopics; ++n) {
    const auto topic = static_cast<uint8_t>(n);
    const int64_t floor = view.LogFloor(topic);
    if (floor > 0) trimmed.emplace_back(EncodeLogKey(topic, 0), EncodeLogKey(topic, floor));
  }
  return trimmed;
}

rocksdb::Status PurgeAll(const RocksStore::Database& database, const Topics& trimmed) {
  rocksdb::DB& db = *database.db;
  const rocksdb::CompactRangeOptions options;
  rocksdb::Status status;
  // Whole files are given up: the one in which the floor lies has entries below it.
  for (const auto& [begin, end] : trimmed)
    if (status.ok()) status = db.DeleteRange(rocksdb::WriteOptions(), database.log, begin, end);
  // Of all families: the oldest bytes in any family's memory keep the log of all of them.
  if (status.ok())
    status = db.Flush(rocksdb::FlushOptions(),
                      {database.meta, database.rows, database.due, database.log});
  for (rocksdb::ColumnFamilyHandle* family : {database.meta, database.rows, database.due})
    if (status.ok()) status = db.CompactRange(options, family, nullptr, nullptr);
  for (const auto& [begin, end] : trimmed) {
    const rocksdb::Slice first(begin), last(end);
    if (status.ok()) status = db.CompactRange(options, database.log, &first, &last);
  }
  return status;
}

}  // namespace

void RocksStore::Purge(Instant now) {
  if (is_purging_) return;
  const auto note = [this, now] {
    std::string bytes;
    AppendBigEndian(&bytes, static_cast<uint64_t>(now.ms));
    const std::vector<MetaWrite> meta = {{kPurgedName, std::move(bytes)}};
    // An error shows at the next commit; until it is noted it is done again.
    std::ignore = WriteAhead(meta);
  };
  const std::optional<std::string> last = Meta(kPurgedName);
  if (!last) return note();  // it is new, or an earlier release's
  const Duration since = now - Instant{static_cast<int64_t>(ReadBigEndian(*last))};
  // A clock that was set back must not put it off for as long.
  if (since >= Duration{} && since < kPurgeEvery) return;
  AwaitPurge();
  is_purging_ = true;
  purge_ = std::thread([this, note] {
    if (PurgeAll(*database_, TrimmedOf(*Live())).ok()) note();
    is_purging_ = false;
  });
}

void RocksStore::AwaitPurge() {
  if (purge_.joinable()) purge_.join();
}

}  // namespace pm
