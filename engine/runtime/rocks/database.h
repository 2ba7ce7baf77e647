// The open RocksDB database behind a RocksStore. Private to engine/runtime/rocks.
#pragma once
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/write_buffer_manager.h>

#include <memory>
#include <vector>

#include "engine/runtime/rocks/rocks_store.h"

namespace pm {

struct RocksStore::Database {
  std::unique_ptr<rocksdb::DB> db;
  rocksdb::ColumnFamilyHandle* meta = nullptr;
  rocksdb::ColumnFamilyHandle* rows = nullptr;
  rocksdb::ColumnFamilyHandle* due = nullptr;
  rocksdb::ColumnFamilyHandle* log = nullptr;
  ~Database();
};

struct RocksShared {
  std::shared_ptr<rocksdb::Cache> blocks;
  std::shared_ptr<rocksdb::WriteBufferManager> buffers;
};

// With the recovery procedure of DESIGN section 7; the format is checked, and noted when new.
Result<std::unique_ptr<RocksStore::Database>> OpenDatabase(const RocksSettings& settings);

}  // namespace pm
