#include <rocksdb/convenience.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <charconv>
#include <filesystem>

#include "engine/runtime/rocks/database.h"
#include "engine/runtime/rocks/wal_scan.h"

namespace pm {

namespace {

constexpr char kFormatName[] = "format";
constexpr double kMemoryBloomShare = 0.02;  // of the write buffer
const std::vector<std::string> kFamilies = {rocksdb::kDefaultColumnFamilyName, "rows", "due",
                                            "log"};

rocksdb::ColumnFamilyOptions FamilyOptions(const RocksSettings& settings, const std::string& name,
                                           const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  if (name == "rows") table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = settings.write_buffer_bytes / (name == "rows" ? 1 : 2);
  options.max_write_buffer_number = 2;
  // Most rows that a worker's tasks look for are new, and what it has written lately is not synced
  // to files for long: the answer that there is none needs no search.
  if (name == "rows" && settings.shared != nullptr) {
    options.memtable_prefix_bloom_size_ratio = kMemoryBloomShare;
    options.memtable_whole_key_filtering = true;
  }
  // Of many stores in one process none holds much in memory, and each small file that it wrote out
  // would be merged with much of what is there: a quarter of a worker's CPU.
  if (name != "log" && settings.shared != nullptr)
    options.compaction_style = rocksdb::kCompactionStyleUniversal;
  const auto supported = rocksdb::GetSupportedCompressions();
  const bool lz4 = std::ranges::find(supported, rocksdb::kLZ4Compression) != supported.end();
  options.compression = lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  // Small files, so that a trimmed topic gives its space back soon.
  if (name == "log") options.target_file_size_base = static_cast<uint64_t>(settings.log_file_bytes);
  return options;
}

rocksdb::DBOptions DatabaseOptions(const RocksSettings& settings) {
  rocksdb::DBOptions options;
  options.env = settings.env != nullptr ? settings.env : rocksdb::Env::Default();
  options.create_if_missing = settings.create;
  options.create_missing_column_families = settings.create;
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.recycle_log_file_num = 0;
  options.track_and_verify_wals_in_manifest = true;
  options.max_total_wal_size = 4 * settings.write_buffer_bytes;
  options.max_open_files = settings.max_open_files;
  if (settings.shared != nullptr) options.write_buffer_manager = settings.shared->buffers;
  options.max_background_jobs = 2;
  // Many are opened in a row, and what they hold may be had elsewhere: as quickly as can be.
  options.skip_stats_update_on_db_open = !settings.synced;
  options.avoid_flush_during_recovery = !settings.synced;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.keep_log_file_num = 2;
  options.max_log_file_size = 1 << 20;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

Error OpenError(const RocksSettings& settings, const rocksdb::Status& status) {
  const std::string text = status.ToString();
  if (status.IsIOError() && text.find("lock") != std::string::npos)
    return {kStoreLocked,
            fmt::format("{} is open in another process ({})", settings.directory, text)};
  if (status.IsCorruption())
    return {kStoreDamaged, fmt::format("{} is damaged: {}", settings.directory, text)};
  return {kStorageError, fmt::format("cannot open {}: {}", settings.directory, text)};
}

// Damage at the very end of the newest log is a commit that was cut off and never acknowledged.
bool OnlyTheLastRecordIsDamaged(const RocksSettings& settings, rocksdb::Env* env) {
  std::vector<std::string> names;
  if (!env->GetChildren(settings.directory, &names).ok()) return false;
  uint64_t newest = 0;
  std::string newest_name;
  for (const std::string& name : names) {
    if (!name.ends_with(".log")) continue;
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size() - 4, number);
    if (error != std::errc() || *end != '.' || number < newest) continue;
    newest = number;
    newest_name = name;
  }
  std::string bytes;
  if (newest_name.empty() ||
      !rocksdb::ReadFileToString(env, settings.directory + "/" + newest_name, &bytes).ok())
    return false;
  return ScanWal(bytes) == WalState::kDamagedAtTheEnd;
}

rocksdb::Status OpenOnce(const RocksSettings& settings, const rocksdb::DBOptions& options,
                         RocksStore::Database* database) {
  const auto cache = settings.shared != nullptr ? settings.shared->blocks
                                                : rocksdb::NewLRUCache(settings.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : kFamilies)
    families.emplace_back(name, FamilyOptions(settings, name, cache));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(options, settings.directory, families, &handles, &db);
  if (!status.ok()) return status;
  database->db.reset(db);
  database->meta = handles[0];
  database->rows = handles[1];
  database->due = handles[2];
  database->log = handles[3];
  return status;
}

Error NewerFormat(const RocksSettings& settings, std::string_view what) {
  return {kNewerFormat,
          fmt::format("{} was written by a newer release ({}); this one reads format {}",
                      settings.directory, what, kStorageFormat)};
}

Result<void> CheckFormat(const RocksSettings& settings, RocksStore::Database* database) {
  std::string text;
  rocksdb::Status status =
      database->db->Get(rocksdb::ReadOptions(), database->meta, kFormatName, &text);
  if (status.IsNotFound()) {
    rocksdb::WriteOptions synced;
    synced.sync = settings.synced;
    status = database->db->Put(synced, database->meta, kFormatName, std::to_string(kStorageFormat));
    if (!status.ok()) return std::unexpected(OpenError(settings, status));
    return {};
  }
  if (!status.ok()) return std::unexpected(OpenError(settings, status));
  int format = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), format);
  if (error != std::errc() || end != text.data() + text.size())
    return Fail(kStoreDamaged, fmt::format("{}: its format is `{}`", settings.directory, text));
  if (format > kStorageFormat)
    return std::unexpected(NewerFormat(settings, fmt::format("format {}", format)));
  return {};
}

}  // namespace

std::shared_ptr<RocksShared> ShareRocks(size_t block_cache_bytes, size_t write_buffer_bytes) {
  return std::make_shared<RocksShared>(
      RocksShared{rocksdb::NewLRUCache(block_cache_bytes),
                  std::make_shared<rocksdb::WriteBufferManager>(write_buffer_bytes)});
}

RocksStore::Database::~Database() {
  if (db == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* handle : {meta, rows, due, log})
    db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  db->Close().PermitUncheckedError();
}

Result<void> RocksStore::Remove(const std::string& directory) {
  const rocksdb::Status status = rocksdb::DestroyDB(directory, rocksdb::Options());
  if (status.ok()) return {};
  return std::unexpected(OpenError({.directory = directory}, status));
}

Result<std::unique_ptr<RocksStore::Database>> OpenDatabase(const RocksSettings& settings) {
  rocksdb::DBOptions options = DatabaseOptions(settings);
  // RocksDB would leave files behind before it says so.
  if (!settings.create && !options.env->FileExists(settings.directory + "/CURRENT").ok())
    return Fail(kNoDataDirectory, fmt::format("{} is no data directory", settings.directory));
  if (settings.env == nullptr) {
    std::error_code error;
    std::filesystem::create_directories(settings.directory, error);
    if (error)
      return Fail(kStorageError,
                  fmt::format("cannot make {}: {}", settings.directory, error.message()));
  }
  std::vector<std::string> found;
  if (rocksdb::DB::ListColumnFamilies(options, settings.directory, &found).ok()) {
    for (const std::string& name : found)
      if (std::ranges::find(kFamilies, name) == kFamilies.end())
        return std::unexpected(NewerFormat(settings, "column family " + name));
  }
  auto database = std::make_unique<RocksStore::Database>();
  rocksdb::Status status = OpenOnce(settings, options, database.get());
  if (status.IsCorruption() && OnlyTheLastRecordIsDamaged(settings, options.env)) {
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    status = OpenOnce(settings, options, database.get());
  }
  if (!status.ok()) return std::unexpected(OpenError(settings, status));
  PM_TRY_VOID(CheckFormat(settings, database.get()));
  return database;
}

}  // namespace pm
