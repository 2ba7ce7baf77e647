#include "engine/runtime/rocks/rocks_store.h"

#include <rocksdb/convenience.h>
#include <rocksdb/write_batch.h>

#include <array>

#include "base/ids.h"
#include "engine/runtime/rocks/database.h"

namespace pm {

namespace {

rocksdb::Slice AsSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view AsView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

void Expect(const rocksdb::Status& status) {
  if (!status.ok()) StorageFailed(status.ToString());
}

class View final : public StoreView {
 public:
  explicit View(const RocksStore::Database& database, bool snapshot) : database_(database) {
    if (snapshot) options_.snapshot = database.db->GetSnapshot();
  }
  ~View() override {
    rows_.reset();
    if (options_.snapshot != nullptr) database_.db->ReleaseSnapshot(options_.snapshot);
  }

  std::optional<std::string> Get(std::string_view key) const override {
    if (StandsAt(key)) return rows_->value().ToString();
    return GetFrom(database_.rows, key);
  }

  std::optional<std::string> NextKey(std::string_view prefix,
                                     std::string_view after) const override {
    if (rows_ == nullptr) rows_.reset(database_.db->NewIterator(options_, database_.rows));
    if (after < prefix || !StandsAt(after)) rows_->Seek(AsSlice(after < prefix ? prefix : after));
    if (StandsAt(after)) rows_->Next();
    Expect(rows_->status());
    if (!rows_->Valid() || !rows_->key().starts_with(AsSlice(prefix))) return std::nullopt;
    return rows_->key().ToString();
  }

  std::optional<std::string> Meta(std::string_view name) const override {
    return GetFrom(database_.meta, name);
  }

  std::vector<DueKey> Dues(const DueKey& from, Instant before, size_t limit) const override {
    const std::string first = EncodeDueKey(from);
    const std::string end = EncodeDueKey({before, {}});
    const rocksdb::Slice bound = AsSlice(end);
    rocksdb::ReadOptions options = options_;
    options.iterate_upper_bound = &bound;
    const std::unique_ptr<rocksdb::Iterator> it(database_.db->NewIterator(options, database_.due));
    std::vector<DueKey> result;
    for (it->Seek(AsSlice(first)); it->Valid() && result.size() < limit; it->Next())
      result.push_back(DecodeDueKey(AsView(it->key())));
    Expect(it->status());
    return result;
  }

  Result<std::vector<LogEntry>> ReadLog(uint8_t topic, int64_t after, size_t limit,
                                        size_t limit_bytes) const override {
    const int64_t floor = LogFloor(topic);
    if (after + 1 < floor) return std::unexpected(BelowFloor(topic, after, floor));
    const std::string end = EncodeLogKey(topic, INT64_MAX);
    const rocksdb::Slice bound = AsSlice(end);
    rocksdb::ReadOptions options = options_;
    options.iterate_upper_bound = &bound;
    const std::unique_ptr<rocksdb::Iterator> it(database_.db->NewIterator(options, database_.log));
    std::vector<LogEntry> result;
    size_t bytes = 0;
    for (it->Seek(AsSlice(EncodeLogKey(topic, after + 1)));
         it->Valid() && result.size() < limit && bytes <= limit_bytes; it->Next()) {
      LogEntry& entry = result.emplace_back();
      entry.topic = topic;
      entry.offset = static_cast<int64_t>(ReadBigEndian(AsView(it->key()).substr(1)));
      if (!DecodeLogValue(AsView(it->value()), &entry)) StorageFailed("a log entry is damaged");
      bytes += entry.bytes.size();
    }
    Expect(it->status());
    return result;
  }

  int64_t LogFloor(uint8_t topic) const override {
    const std::optional<std::string> bytes = Meta(FloorName(topic));
    return bytes ? static_cast<int64_t>(ReadBigEndian(*bytes)) : 0;
  }

 private:
  // Who goes through the rows finds the next one there, and what is in it.
  bool StandsAt(std::string_view key) const {
    return rows_ != nullptr && rows_->Valid() && AsView(rows_->key()) == key;
  }

  std::optional<std::string> GetFrom(rocksdb::ColumnFamilyHandle* family,
                                     std::string_view key) const {
    rocksdb::PinnableSlice value;
    const rocksdb::Status status = database_.db->Get(options_, family, AsSlice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    Expect(status);
    return value.ToString();
  }

  const RocksStore::Database& database_;
  rocksdb::ReadOptions options_;
  mutable std::unique_ptr<rocksdb::Iterator> rows_;  // made when first needed
};

Result<void> AsResult(const rocksdb::Status& status) {
  if (status.ok()) return {};
  return Fail(kStorageError, status.ToString());
}

// About what the batch takes in one piece, so that it need not grow.
size_t BytesOf(const CommitBatch& batch) {
  constexpr size_t kEntry = 32;
  size_t bytes = kEntry;
  for (const RowWrite& row : batch.rows)
    bytes += kEntry + row.key.size() + (row.value ? row.value->size() : 0);
  for (const DueChange& change : batch.dues) bytes += kEntry + change.key.row.size();
  for (const LogEntry& entry : batch.log) bytes += kEntry + entry.bytes.size();
  for (const MetaWrite& meta : batch.meta) bytes += kEntry + meta.name.size() + meta.value.size();
  return bytes;
}

constexpr size_t kKeptBytes = size_t{32} << 20;  // of a thread, for its next commit

rocksdb::WriteOptions Synced(bool synced) {
  rocksdb::WriteOptions options;
  options.sync = synced;
  return options;
}

}  // namespace

RocksStore::RocksStore(std::unique_ptr<Database> database, bool synced)
    : synced_(synced), database_(std::move(database)), live_(Live()) {}

RocksStore::~RocksStore() {
  database_->db->DisableManualCompaction();  // ends a purge that is under way
  AwaitPurge();
}

std::unique_ptr<StoreView> RocksStore::Live() const {
  return std::make_unique<View>(*database_, false);
}

Result<std::unique_ptr<RocksStore>> RocksStore::Open(const RocksSettings& settings) {
  PM_TRY(auto database, OpenDatabase(settings));
  return std::unique_ptr<RocksStore>(new RocksStore(std::move(database), settings.synced));
}

std::optional<std::string> RocksStore::Get(std::string_view key) const { return live_->Get(key); }

std::optional<std::string> RocksStore::NextKey(std::string_view prefix,
                                               std::string_view after) const {
  return live_->NextKey(prefix, after);
}

std::optional<std::string> RocksStore::Meta(std::string_view name) const {
  return live_->Meta(name);
}

std::vector<DueKey> RocksStore::Dues(const DueKey& from, Instant before, size_t limit) const {
  return live_->Dues(from, before, limit);
}

Result<std::vector<LogEntry>> RocksStore::ReadLog(uint8_t topic, int64_t after, size_t limit,
                                                  size_t limit_bytes) const {
  return live_->ReadLog(topic, after, limit, limit_bytes);
}

int64_t RocksStore::LogFloor(uint8_t topic) const { return live_->LogFloor(topic); }

Result<void> RocksStore::Commit(const CommitBatch& batch) {
  const size_t bytes = BytesOf(batch);
  rocksdb::WriteBatch fresh(bytes > kKeptBytes ? bytes : 0);
  // Memory of many MiB would be had anew from the system, page by page, for every commit.
  thread_local rocksdb::WriteBatch kept;
  rocksdb::WriteBatch& writes = bytes > kKeptBytes ? fresh : kept;
  writes.Clear();
  for (const RowWrite& row : batch.rows) {
    const rocksdb::Slice key = AsSlice(row.key);
    PM_TRY_VOID(AsResult(row.value ? writes.Put(database_->rows, key, AsSlice(*row.value))
                                   : writes.Delete(database_->rows, key)));
  }
  for (const DueChange& change : batch.dues) {
    const std::string key = EncodeDueKey(change.key);
    PM_TRY_VOID(AsResult(change.add ? writes.Put(database_->due, AsSlice(key), rocksdb::Slice())
                                    : writes.Delete(database_->due, AsSlice(key))));
  }
  for (const LogEntry& entry : batch.log) {
    const std::string key = EncodeLogKey(entry.topic, entry.offset);
    const std::string head =
        EncodeLogValue({entry.topic, entry.offset, entry.at, entry.before, {}});
    const rocksdb::Slice key_part = AsSlice(key);
    const std::array<rocksdb::Slice, 2> parts = {AsSlice(head), AsSlice(entry.bytes)};
    PM_TRY_VOID(AsResult(writes.Put(database_->log, {&key_part, 1}, {parts.data(), 2})));
  }
  for (const MetaWrite& meta : batch.meta)
    PM_TRY_VOID(AsResult(writes.Put(database_->meta, AsSlice(meta.name), AsSlice(meta.value))));
  live_ = Live();
  return AsResult(database_->db->Write(Synced(synced_), &writes));
}

Result<void> RocksStore::WriteAhead(std::span<const MetaWrite> meta) {
  rocksdb::WriteBatch writes;
  for (const MetaWrite& one : meta)
    PM_TRY_VOID(AsResult(writes.Put(database_->meta, AsSlice(one.name), AsSlice(one.value))));
  return AsResult(database_->db->Write(Synced(synced_), &writes));
}

std::unique_ptr<StoreView> RocksStore::Snapshot() const {
  return std::make_unique<View>(*database_, true);
}

Result<void> RocksStore::TrimLog(uint8_t topic, int64_t floor) {
  if (floor <= LogFloor(topic)) return {};
  std::string bytes;
  AppendBigEndian(&bytes, static_cast<uint64_t>(floor));
  PM_TRY_VOID(AsResult(database_->db->Put(Synced(synced_), database_->meta,
                                          AsSlice(FloorName(topic)), AsSlice(bytes))));
  const std::string begin = EncodeLogKey(topic, 0);
  const std::string end = EncodeLogKey(topic, floor);
  const rocksdb::Slice first = AsSlice(begin), last = AsSlice(end);
  return AsResult(rocksdb::DeleteFilesInRange(database_->db.get(), database_->log, &first, &last,
                                              /*include_end=*/false));
}

}  // namespace pm
