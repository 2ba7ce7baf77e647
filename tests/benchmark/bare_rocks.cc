#include "tests/benchmark/bare_rocks.h"

#include <rocksdb/write_batch.h>

#include "engine/runtime/rocks/database.h"

namespace pm::bench {

struct BareRocks::Open {
  std::unique_ptr<RocksStore::Database> database;
  std::unique_ptr<rocksdb::Iterator> rows;  // kept from commit to commit, as the store does

  rocksdb::ColumnFamilyHandle* Handle(Family family) const {
    switch (family) {
      case Family::kMeta:
        return database->meta;
      case Family::kRows:
        return database->rows;
      case Family::kDue:
        return database->due;
      case Family::kLog:
        return database->log;
    }
    return nullptr;
  }
  void Get(Family family, const rocksdb::Slice& key) const {
    rocksdb::PinnableSlice value;
    const rocksdb::Status status =
        database->db->Get(rocksdb::ReadOptions(), Handle(family), key, &value);
    PM_CHECK(status.ok() || status.IsNotFound());
  }
  void Seek(const rocksdb::Slice& key) {
    if (rows == nullptr)
      rows.reset(database->db->NewIterator(rocksdb::ReadOptions(), database->rows));
    rows->Seek(key);
    PM_CHECK(rows->status().ok());
  }
  void Scan(Family family, const rocksdb::Slice& from, const rocksdb::Slice& end,
            uint32_t limit) const {
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &end;
    const std::unique_ptr<rocksdb::Iterator> it(database->db->NewIterator(options, Handle(family)));
    uint32_t read = 0;
    for (it->Seek(from); it->Valid() && read < limit; it->Next()) ++read;
    PM_CHECK(it->status().ok());
  }
};

BareRocks::BareRocks(const std::string& directory) : open_(std::make_unique<Open>()) {
  auto database = OpenDatabase({.directory = directory});
  PM_CHECK(database.has_value());
  open_->database = *std::move(database);
}

BareRocks::~BareRocks() { open_->rows.reset(); }

void BareRocks::Replay(const CapturedCommit& commit) {
  rocksdb::WriteBatch writes;
  const char* at = commit.bytes.data();
  for (const StoreCall& call : commit.calls) {
    const rocksdb::Slice key(at, call.key_bytes);
    const rocksdb::Slice value(at + call.key_bytes, call.value_bytes);
    at += call.key_bytes + call.value_bytes;
    switch (call.kind) {
      case StoreCall::Kind::kGet:
        open_->Get(call.family, key);
        break;
      case StoreCall::Kind::kSeek:
        open_->Seek(key);
        break;
      case StoreCall::Kind::kScan:
        open_->Scan(call.family, key, value, call.limit);
        break;
      case StoreCall::Kind::kPut:
        PM_CHECK(writes.Put(open_->Handle(call.family), key, value).ok());
        break;
      case StoreCall::Kind::kDelete:
        PM_CHECK(writes.Delete(open_->Handle(call.family), key).ok());
        break;
    }
  }
  open_->rows.reset();
  rocksdb::WriteOptions options;
  options.sync = true;
  PM_CHECK(open_->database->db->Write(options, &writes).ok());
}

struct BareLoad::Open {
  std::unique_ptr<RocksStore::Database> database;
  rocksdb::WriteBatch writes;
};

BareLoad::BareLoad(const std::string& directory) : open_(std::make_unique<Open>()) {
  auto database = OpenDatabase({.directory = directory});
  PM_CHECK(database.has_value());
  open_->database = *std::move(database);
}

BareLoad::~BareLoad() = default;

void BareLoad::Put(std::string_view key, std::string_view value) {
  PM_CHECK(open_->writes
               .Put(open_->database->rows, {key.data(), key.size()}, {value.data(), value.size()})
               .ok());
}

void BareLoad::Delete(std::string_view key) {
  PM_CHECK(open_->writes.Delete(open_->database->rows, {key.data(), key.size()}).ok());
}

size_t BareLoad::bytes() const { return open_->writes.GetDataSize(); }

void BareLoad::Write() {
  PM_CHECK(open_->database->db->Write(rocksdb::WriteOptions(), &open_->writes).ok());
  open_->writes.Clear();
}

}  // namespace pm::bench
