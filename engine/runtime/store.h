// What a task keeps: rows, the index of their dues, topics (embedded only) and meta. One commit is
// one atomic, durable batch over all of them. A storage error on reading ends the process
// (StorageFailed): nothing sensible can follow. Layouts are in docs/STORAGE_FORMAT.md.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.h"
#include "base/result.h"

namespace pm {

// Errors of code range 05xx that callers branch on; the others are named in docs/errors.
inline constexpr int kStorageError = 501;      // the store cannot go on
inline constexpr int kNewerFormat = 502;       // written by a newer release
inline constexpr int kStoreLocked = 503;       // another process has it open
inline constexpr int kStoreDamaged = 504;      // acknowledged data is damaged
inline constexpr int kBelowFloor = 505;        // a topic was trimmed past the wanted offset
inline constexpr int kOverloaded = 506;        // the queue of submissions is full
inline constexpr int kStopped = 507;           // the engine takes nothing any more
inline constexpr int kCommitAborted = 508;     // the log took nothing; read the inputs again
inline constexpr int kUnknownRules = 509;      // no compiled rules under this hash
inline constexpr int kTooLarge = 510;          // a submission of more than 256 KiB
inline constexpr int kReplayImpossible = 511;  // the recorded input does not begin at its start
inline constexpr int kDigestMismatch = 512;    // restored state is not the state that was written
inline constexpr int kNoDataDirectory = 513;   // nothing of ours lies there

// Prints the reason to stderr and ends the process with status 74 (EX_IOERR), without clean-up.
[[noreturn]] void StorageFailed(std::string_view what);

// An entry of the due index; they sort by (due, row).
struct DueKey {
  Instant due;
  std::string row;
  auto operator<=>(const DueKey&) const = default;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "due", &DueKey::due, "When the row is due.");
    v.Field(2, "row", &DueKey::row, "Key of the row.");
  }
};
struct DueChange {
  DueKey key;
  bool add = false;  // else it is taken out
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "key", &DueChange::key, "Entry of the due index.");
    v.Field(2, "add", &DueChange::add, "Put in, else taken out.");
  }
};
struct RowWrite {
  std::string key;
  std::optional<std::string> value;  // nullopt: erased
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "key", &RowWrite::key, "Key of the row.");
    v.Field(2, "value", &RowWrite::value, "Its bytes; absent: erased.");
  }
};
// Topics are numbered as in model/outputs/output.h; this one holds the recorded input.
inline constexpr uint8_t kInputTopic = 100;
struct LogEntry {
  uint8_t topic = 0;
  int64_t offset = 0;  // rises by one in each topic, from 0
  Instant at;          // record time, for trimming by age; never falls in a topic
  int64_t before = 0;  // bytes of all earlier entries of the topic, for trimming by size
  std::string bytes;
};
struct MetaWrite {
  std::string name;
  std::string value;
};
// Borrowed: what one commit writes.
struct CommitBatch {
  std::span<const RowWrite> rows;
  std::span<const DueChange> dues;
  std::span<const LogEntry> log;
  std::span<const MetaWrite> meta;
};

// Reading. A view from Snapshot() may be used by any one thread.
class StoreView {
 public:
  virtual ~StoreView() = default;
  virtual std::optional<std::string> Get(std::string_view key) const = 0;
  // The first row key behind `after` that starts with `prefix`.
  virtual std::optional<std::string> NextKey(std::string_view prefix,
                                             std::string_view after) const = 0;
  virtual std::optional<std::string> Meta(std::string_view name) const = 0;
  // Index entries from `from` (inclusive) with due < before, in order, at most `limit`.
  virtual std::vector<DueKey> Dues(const DueKey& from, Instant before, size_t limit) const = 0;
  // Entries behind offset `after` (-1: from the start) in order, at most `limit` and at least one
  // if there is one, ending once they exceed `limit_bytes`. PM0505 when some were trimmed.
  virtual Result<std::vector<LogEntry>> ReadLog(uint8_t topic, int64_t after, size_t limit,
                                                size_t limit_bytes) const = 0;
  // The first offset that is still kept.
  virtual int64_t LogFloor(uint8_t topic) const = 0;
};

// Reads on the store itself and writes belong to the engine's thread; Snapshot() and WriteAhead()
// to any.
class Store : public StoreView {
 public:
  // All or nothing, durable on return. After an error the state on disk is unknown: exit.
  virtual Result<void> Commit(const CommitBatch& batch) = 0;
  // Makes meta durable that no commit refers to yet; one synced write, so a commit at the same time
  // may have to wait for it. After an error as above.
  virtual Result<void> WriteAhead(std::span<const MetaWrite> meta) = 0;
  // The state as of the last commit (a memory store shows later commits as well).
  virtual std::unique_ptr<StoreView> Snapshot() const = 0;
  // Gives up entries below `floor`. Whole files are removed; the floor holds at once.
  virtual Result<void> TrimLog(uint8_t topic, int64_t floor) = 0;
  // For now and then: sees to it, in the background, that what was deleted leaves the disk, too. Of
  // a store that keeps nothing of it there is nothing to do.
  virtual void Purge(Instant) {}
};

// The message of PM0505, the same in every store.
Error BelowFloor(uint8_t topic, int64_t after, int64_t floor);
// Name of the meta entry that holds a topic's floor as 8 big-endian bytes.
std::string FloorName(uint8_t topic);
// Key of a due: 8 big-endian bytes of the instant with its sign flipped, then the row key.
std::string EncodeDueKey(const DueKey& key);
DueKey DecodeDueKey(std::string_view bytes);  // needs 8 bytes
// Key of a log entry: one byte of topic, then 8 big-endian bytes of the offset.
std::string EncodeLogKey(uint8_t topic, int64_t offset);
// A log entry's value: the instant as a zigzag varint, `before` as a varint, then the bytes.
std::string EncodeLogValue(const LogEntry& entry);
bool DecodeLogValue(std::string_view value, LogEntry* entry);

}  // namespace pm
