// What a task's changelog partition holds (ADR 9): its state, key by key, so that Kafka's
// compaction keeps it small; and who owns the task. Keys: `r` + row key: the row's bytes; `b` + key
// of a head: the rows that belong to it, in one, and the one that rides with it; `m`: TaskMeta;
// `o`: OwnerRecord; `s` + 8 bytes of an input position: what lies there is skipped. What is gone
// has a tombstone. Dues follow from the rows: a row is due when its bytes say so, unless it is
// parked.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "engine/runtime/commit_set.h"
#include "engine/runtime/kafka/client/kafka_client.h"
#include "engine/stages/state_rows.h"

namespace pm {

// Written in a transaction of its own before an owner applies its first record.
struct OwnerRecord {
  std::string transactional_id;  // fencing it ends what the owner left open
  std::string address;
  int64_t position = 0;   // behind what was committed then (pack.h)
  uint32_t attempts = 0;  // owners before this one that began there too and died of it
  bool is_new = false;    // nothing of the task had ever been committed
  ContentHash meta;       // of the task's meta then: each commit changes it, also within a tick
  bool lived = false;     // it outlived what it began with, and could not commit it
  bool operator==(const OwnerRecord&) const = default;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "transactional_id", &OwnerRecord::transactional_id, "Of its producer.");
    v.Field(2, "address", &OwnerRecord::address, "Where it runs.");
    v.Field(3, "position", &OwnerRecord::position, "Input position at which it began.");
    v.Field(4, "attempts", &OwnerRecord::attempts, "Owners before that got no further.");
    v.Field(5, "is_new", &OwnerRecord::is_new, "The task had no state.");
    v.Field(6, "meta", &OwnerRecord::meta, "Hash of the task's meta.");
    v.Field(7, "lived", &OwnerRecord::lived, "What it began with killed nobody.");
  }
};

using ChangelogVisitor =
    std::function<Result<void>(std::string_view key, std::optional<std::string_view> value)>;
// The records of a commit, at most one a key; ends with the visitor's first error. `before`: the
// state that the commit is on top of, where the rows that did not change lie.
Result<void> VisitChangelog(const CommitSet& set, const StoreView& before, const StateRows& rows,
                            const ChangelogVisitor& visit);
std::string OwnerKey();
// Of a record that was set aside; of a tick of which a row was, with that row's key.
std::string SkipKey(int64_t position, std::string_view row = {});

// Where a local copy stands; in the store's meta under `changelog`.
struct CopyState {
  int64_t from = 0;  // all below was read; what is behind may be in part
  // Over the rows that lie there, also in the middle of a restore, and how many are due some time.
  // Unknown, and no dues are written, while a restore from the start has not ended.
  Digest digest;
  bool digest_known = false;
  int64_t dues = 0;
  std::optional<OwnerRecord> owner;  // the last that was read; lies before `from`, too
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "from", &CopyState::from, "Offset from which to read on.");
    v.Field(2, "digest", &CopyState::digest, "Over the rows.");
    v.Field(3, "digest_known", &CopyState::digest_known, "It is known.");
    v.Field(4, "dues", &CopyState::dues, "Rows with a due.");
    v.Field(5, "owner", &CopyState::owner, "Whose the task was.");
  }
};
inline constexpr char kCopyStateName[] = "changelog";
// nullopt when there is none or it is damaged: begin with an empty store.
std::optional<CopyState> ReadCopyState(const StoreView& store);
// A commit that the changelog has, with where the copy then stands.
Result<void> WriteCopy(Store& store, const CommitSet& set, int64_t from);

// Which keys were added, or nearly: it says yes to a few others, too. Of a fixed size, which suits
// half a million.
class KeyFilter {
 public:
  void Add(std::string_view key);
  bool MayHave(std::string_view key) const;

 private:
  static constexpr size_t kBits = size_t{1} << 23;
  std::vector<bool> bits_;  // none until the first is added
};

// Brings a store up to its changelog. One thread; the store outlives it.
class Restore {
 public:
  Restore(Store& store, StateRows rows);

  int64_t from() const { return state_.from; }  // where to read from
  // From an empty store: digest and dues are kept up with each record, which costs a look-up each,
  // so that Finish is not a scan of all. False: a restore from the start has been broken off here.
  bool Follows();
  // Records in order; written in parts, the rest by Finish.
  Result<void> Apply(const KafkaRecord& record);
  // Once all was read; reading may go on afterwards. The digest and the number of dues are those
  // that the meta says: else PM0512, and the store is of no use.
  Result<void> Finish();
  // Writes what was applied, for another to go on from there.
  Result<void> Flush() { return Write(); }

  // As of what was applied.
  const std::optional<TaskMeta>& meta() const { return meta_; }  // of the changelog itself
  const std::optional<OwnerRecord>& owner() const { return state_.owner; }
  int64_t records() const { return records_; }

 private:
  struct Changed {
    std::optional<std::string> before, after;  // before: in the store, if the digest is known
  };
  void ApplyRow(const std::string& key, std::optional<std::string> value);
  bool ApplyBundle(std::string_view head, const KafkaRecord& record);
  std::optional<std::string> Stored(const std::string& key) const;
  std::optional<std::string> Now(const std::string& key) const;
  void ApplyRider(const std::string& key, std::optional<std::string_view> value);
  void ChangeDue(const std::string& row, std::vector<DueChange>* changes);
  std::vector<DueChange> DueChanges();
  Result<void> Write();
  Result<void> IndexAll();

  Store& store_;
  const StateRows state_rows_;
  CopyState state_;
  // Look-ups are what a restore from the start would spend most of its time on: of keys that were
  // never written, and of rows that ride with one head after the other and stay the same.
  std::optional<KeyFilter> written_;  // all that lie in the store; absent: nobody knows them all
  std::unordered_map<std::string, ContentHash> riders_;  // of the last, what they are
  bool has_parked_;                                      // there may be parked rows
  std::map<std::string, Changed> rows_;                  // not written yet
  size_t bytes_ = 0;
  int64_t last_meta_ = 0;  // its offset
  std::optional<TaskMeta> meta_;
  int64_t records_ = 0;
};

}  // namespace pm
