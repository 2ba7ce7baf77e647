#include "engine/runtime/kafka/changelog.h"

#include <algorithm>
#include <set>

#include "base/ids.h"
#include "engine/runtime/kafka/changelog_keys.h"

namespace pm {

using namespace changelog_keys;

namespace {

// What one commit makes of the rows that belong together.
class Bundles {
 public:
  Bundles(const CommitSet& set, const StoreView& before, const StateRows& rows,
          const ChangelogVisitor& visit)
      : set_(set), before_(before), rows_(rows), visit_(visit) {}

  Result<void> Put(const RowWrite& row) {
    const bool in_bytes = rows_.head_is_in_bytes(row.key);
    if (const auto old = in_bytes ? before_.Get(row.key) : std::nullopt)
      Touch(rows_.head(row.key, *old));
    const bool decides = row.value || !in_bytes;
    const std::string head = decides ? rows_.head(row.key, row.value.value_or("")) : "";
    if (head.empty()) return PutAlone(row.key, row.value);
    Touch(head);
    bundled_.emplace_back(&row, head);
    return {};
  }

  Result<void> PutHeads() {
    for (const std::string& head : heads_) PM_TRY_VOID(PutBundle(head));
    // What its head does not list stands alone; what is gone may have stood alone.
    for (const auto& [row, head] : bundled_) {
      const bool kept = row->value ? members_.contains(row->key) : always_.contains(row->key);
      if (!kept) PM_TRY_VOID(PutAlone(row->key, row->value));
    }
    return {};
  }

 private:
  void Touch(const std::string& head) {
    if (!head.empty()) heads_.insert(head);
  }
  Result<void> PutAlone(std::string_view key, const std::optional<std::string>& value) {
    return visit_(Prefixed(kRow, key), value);
  }
  const RowWrite* Written(std::string_view key) const {
    const auto found =
        std::ranges::lower_bound(set_.rows, key, std::less<std::string_view>{},
                                 [](const RowWrite& r) { return std::string_view(r.key); });
    return found != set_.rows.end() && found->key == key ? &*found : nullptr;
  }
  std::optional<std::string> Now(std::string_view key) const {
    const RowWrite* row = Written(key);
    return row != nullptr ? row->value : before_.Get(key);
  }
  Result<void> PutBundle(const std::string& head) {
    const std::optional<std::string> bytes = Now(head);
    const std::vector<std::string> keys = rows_.rows(head, bytes);
    std::string value;
    for (size_t i = 0; i < keys.size(); ++i) {
      const std::optional<std::string> row = i == 0 ? bytes : Now(keys[i]);
      if (!row || rows_.head(keys[i], *row) != head) continue;
      AppendVarint(&value, i);
      AppendVarint(&value, row->size());
      value += *row;
      members_.insert(keys[i]);
    }
    for (std::string& key : rows_.rows(head, std::nullopt)) always_.insert(std::move(key));
    PM_TRY_VOID(PutLeftOver(head, keys));
    return visit_(Prefixed(kBundle, head),
                  value.empty() ? std::nullopt : std::optional<std::string_view>(value));
  }
  // Rows that the head listed before and lists no more stand alone from here on.
  Result<void> PutLeftOver(const std::string& head, const std::vector<std::string>& keys) {
    if (Written(head) == nullptr) return {};
    const std::optional<std::string> old = before_.Get(head);
    if (!old) return {};
    for (const std::string& key : rows_.rows(head, old)) {
      if (std::ranges::find(keys, key) != keys.end() || Written(key) != nullptr) continue;
      const std::optional<std::string> row = before_.Get(key);
      if (row && rows_.head(key, *row) == head) PM_TRY_VOID(PutAlone(key, row));
    }
    return {};
  }

  const CommitSet& set_;
  const StoreView& before_;
  const StateRows& rows_;
  const ChangelogVisitor& visit_;
  std::set<std::string> heads_;
  std::vector<std::pair<const RowWrite*, std::string>> bundled_;  // with their heads
  std::set<std::string> members_;                                 // rows that the bundles hold
  std::set<std::string> always_;  // rows that they would hold whatever their heads say
};

}  // namespace

Result<void> VisitChangelog(const CommitSet& set, const StoreView& before, const StateRows& rows,
                            const ChangelogVisitor& visit) {
  Bundles bundles(set, before, rows, visit);
  for (const RowWrite& row : set.rows) PM_TRY_VOID(bundles.Put(row));
  PM_TRY_VOID(bundles.PutHeads());
  return visit(std::string(1, kMeta), Encoded(set.meta));
}

std::string OwnerKey() { return std::string(1, kOwner); }

std::string SkipKey(int64_t offset) {
  std::string key(1, kSkip);
  AppendBigEndian(&key, static_cast<uint64_t>(offset));
  return key;
}

std::optional<CopyState> ReadCopyState(const StoreView& store) {
  const std::optional<std::string> bytes = store.Meta(kCopyStateName);
  CopyState state;
  if (!bytes || !Decode(*bytes, &state)) return std::nullopt;
  return state;
}

Result<void> WriteCopy(Store& store, const CommitSet& set, int64_t from) {
  const std::vector<MetaWrite> meta = {
      {kTaskMetaName, Encoded(set.meta)},
      {kCopyStateName, Encoded(CopyState{from, set.meta.digest, true, DuesOf(set.meta)})}};
  return store.Commit({set.rows, set.dues, {}, meta});
}

}  // namespace pm
