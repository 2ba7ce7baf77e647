// What a task's changelog partition holds (ADR 9): its state, key by key, so that Kafka's
// compaction keeps it small; and who owns the task. Keys: `r` + row key: the row's bytes; `b` + key
// of a head: the rows that belong to it, in one; `m`: TaskMeta; `o`: OwnerRecord; `s` + 8 bytes of
// an input offset: that record is skipped. What is gone has a tombstone. Dues follow from the rows:
// a row is due when its bytes say so, unless it is parked.
#pragma once
#include <functional>
#include <map>
#include <optional>

#include "engine/runtime/commit_set.h"
#include "engine/runtime/kafka/kafka_client.h"
#include "engine/stages/state_rows.h"

namespace pm {

// Written in a transaction of its own before an owner applies its first record.
struct OwnerRecord {
  std::string transactional_id;  // fencing it ends what the owner left open
  std::string address;
  int64_t position = 0;   // input offset that was committed then
  uint32_t attempts = 0;  // owners before this one that began there too and committed nothing
  bool is_new = false;    // nothing of the task had ever been committed
  ContentHash meta;       // of the task's meta then: each commit changes it, also within a tick
  bool operator==(const OwnerRecord&) const = default;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "transactional_id", &OwnerRecord::transactional_id, "Of its producer.");
    v.Field(2, "address", &OwnerRecord::address, "Where it runs.");
    v.Field(3, "position", &OwnerRecord::position, "Input offset at which it began.");
    v.Field(4, "attempts", &OwnerRecord::attempts, "Owners before that got no further.");
    v.Field(5, "is_new", &OwnerRecord::is_new, "The task had no state.");
    v.Field(6, "meta", &OwnerRecord::meta, "Hash of the task's meta.");
  }
};

using ChangelogVisitor =
    std::function<Result<void>(std::string_view key, std::optional<std::string_view> value)>;
// The records of a commit, at most one a key; ends with the visitor's first error. `before`: the
// state that the commit is on top of, where the rows that did not change lie.
Result<void> VisitChangelog(const CommitSet& set, const StoreView& before, const StateRows& rows,
                            const ChangelogVisitor& visit);
std::string OwnerKey();
std::string SkipKey(int64_t offset);

// Where a local copy stands; in the store's meta under `changelog`.
struct CopyState {
  int64_t from = 0;  // all below was read; what is behind may be in part
  // Over the rows that lie there, also in the middle of a restore, and how many are due some time.
  // Unknown, and no dues are written, while a restore from the start has not ended.
  Digest digest;
  bool digest_known = false;
  int64_t dues = 0;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "from", &CopyState::from, "Offset from which to read on.");
    v.Field(2, "digest", &CopyState::digest, "Over the rows.");
    v.Field(3, "digest_known", &CopyState::digest_known, "It is known.");
    v.Field(4, "dues", &CopyState::dues, "Rows with a due.");
  }
};
inline constexpr char kCopyStateName[] = "changelog";
// nullopt when there is none or it is damaged: begin with an empty store.
std::optional<CopyState> ReadCopyState(const StoreView& store);
// A commit that the changelog has, with where the copy then stands.
Result<void> WriteCopy(Store& store, const CommitSet& set, int64_t from);

// Brings a store up to its changelog. One thread; the store outlives it.
class Restore {
 public:
  Restore(Store& store, StateRows rows);

  int64_t from() const { return state_.from; }  // where to read from
  // Records in order; written in parts, the rest by Finish.
  Result<void> Apply(const KafkaRecord& record);
  // Once all was read; reading may go on afterwards. The digest and the number of dues are those
  // that the meta says: else PM0512, and the store is of no use.
  Result<void> Finish();

  // As of what was applied.
  const std::optional<TaskMeta>& meta() const { return meta_; }  // of the changelog itself
  const std::optional<OwnerRecord>& owner() const { return owner_; }
  int64_t records() const { return records_; }

 private:
  struct Changed {
    std::optional<std::string> before, after;  // before: in the store, if the digest is known
  };
  void ApplyRow(const std::string& key, std::optional<std::string> value);
  bool ApplyBundle(std::string_view head, const KafkaRecord& record);
  std::optional<std::string> Now(const std::string& key) const;
  void ChangeDue(const std::string& row, std::vector<DueChange>* changes);
  std::vector<DueChange> DueChanges();
  Result<void> Write();
  Result<void> IndexAll();

  Store& store_;
  const StateRows state_rows_;
  CopyState state_;
  bool has_parked_;                      // there may be parked rows
  std::map<std::string, Changed> rows_;  // not written yet
  size_t bytes_ = 0;
  int64_t last_meta_ = 0;  // its offset
  std::optional<TaskMeta> meta_;
  std::optional<OwnerRecord> owner_;
  int64_t records_ = 0;
};

}  // namespace pm
