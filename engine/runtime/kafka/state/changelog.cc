#include "engine/runtime/kafka/state/changelog.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>

#include "base/ids.h"
#include "engine/runtime/kafka/state/changelog_keys.h"

namespace pm {

using namespace changelog_keys;

namespace {

// What one commit makes of the rows that belong together.
class Bundles {
 public:
  Bundles(const CommitSet& set, const StoreView& before, const StateRows& rows,
          const ChangelogVisitor& visit)
      : set_(set), before_(before), rows_(rows), visit_(visit), held_(set.rows.size()) {
    written_.reserve(set.rows.size());
    for (const RowWrite& row : set.rows) written_.emplace(row.key, &row);
  }

  Result<void> Put(const RowWrite& row) {
    const bool in_bytes = rows_.head_is_in_bytes(row.key);
    if (const auto old = in_bytes ? before_.Get(row.key) : std::nullopt)
      Touch(rows_.head(row.key, *old));
    const bool decides = row.value || !in_bytes;
    std::string head =
        decides ? rows_.head(row.key, row.value ? *row.value : std::string_view()) : std::string();
    if (head.empty()) return PutAlone(row.key, row.value);
    Touch(head);
    bundled_.emplace_back(&row, std::move(head));
    return {};
  }

  Result<void> PutHeads() {
    SortOut(&heads_);
    std::vector<std::string> riders;  // that no bundle holds so far
    for (const std::string& head : heads_) {
      if (rows_.rider(head) == head)
        riders.push_back(head);
      else
        PM_TRY_VOID(PutBundle(head));
    }
    riders.insert(riders.end(), left_.begin(), left_.end());
    SortOut(&riders);
    SortOut(&borne_);
    for (const std::string& rider : riders) {
      std::string hold;
      // What says that it is gone stays: older bundles may hold it.
      const bool is_gone = !Now(rider, &hold);
      const bool is_alone =
          is_gone ? Written(rider) != nullptr : !std::ranges::binary_search(borne_, rider);
      if (is_alone) PM_TRY_VOID(PutBundle(rider));
      if (!is_gone) Hold(rider);
    }
    // What its head does not list stands alone; what is gone may have stood alone.
    for (const auto& [row, head] : bundled_) {
      const bool kept = row->value ? held_[NumberOf(*row)] : IsAlwaysOf(head, row->key);
      if (!kept) PM_TRY_VOID(PutAlone(row->key, row->value));
    }
    return {};
  }

 private:
  static void SortOut(std::vector<std::string>* keys) {
    std::ranges::sort(*keys);
    const auto twice = std::ranges::unique(*keys);
    keys->erase(twice.begin(), twice.end());
  }
  static void Add(const std::string& key, std::vector<std::string>* keys) {
    if (keys->empty() || keys->back() != key) keys->push_back(key);
  }
  void Touch(const std::string& head) {
    if (!head.empty()) Add(head, &heads_);
  }
  Result<void> PutAlone(std::string_view key, const std::optional<std::string>& value) {
    return visit_(Prefixed(kRow, key), value);
  }
  const RowWrite* Written(std::string_view key) const {
    const auto found = written_.find(key);
    return found == written_.end() ? nullptr : found->second;
  }
  size_t NumberOf(const RowWrite& row) const {
    return static_cast<size_t>(&row - set_.rows.data());
  }
  void Hold(std::string_view key) {
    if (const RowWrite* row = Written(key)) held_[NumberOf(*row)] = true;
  }
  // Valid as long as `hold`, which takes what has to be read.
  std::optional<std::string_view> Now(std::string_view key, std::string* hold) const {
    if (const RowWrite* row = Written(key)) return row->value;
    std::optional<std::string> stored = before_.Get(key);
    if (!stored) return std::nullopt;
    *hold = *std::move(stored);
    return *hold;
  }
  // Bundles have it, whatever the head says.
  bool IsAlwaysOf(const std::string& head, const std::string& key) const {
    const std::vector<std::string> rows = rows_.rows(head, std::nullopt);
    return std::ranges::find(rows, key) != rows.end();
  }
  static void Append(size_t number, std::string_view row, std::string* value) {
    AppendVarint(value, number);
    AppendVarint(value, row.size());
    *value += row;
  }
  Result<void> PutBundle(const std::string& head) {
    std::string of_head, hold;
    const std::optional<std::string_view> bytes = Now(head, &of_head);
    const std::vector<std::string> keys = rows_.rows(head, bytes);
    std::string value;
    for (size_t i = 0; i < keys.size(); ++i) {
      const std::optional<std::string_view> row = i == 0 ? bytes : Now(keys[i], &hold);
      if (!row || rows_.head(keys[i], *row) != head) continue;
      Append(i, *row, &value);
      Hold(keys[i]);
    }
    PM_TRY_VOID(PutLeftOver(head, keys));
    const std::string rider = rows_.rider(head);
    const bool rides = !rider.empty() && rider != head;
    if (rides) Add(rider, value.empty() ? &left_ : &borne_);
    if (rides && !value.empty()) {
      if (const auto row = Now(rider, &hold)) Append(keys.size(), *row, &value);
    }
    const bool is_gone = value.empty() && rider != head;
    return visit_(Prefixed(kBundle, head),
                  is_gone ? std::nullopt : std::optional<std::string_view>(value));
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
  boost::unordered_flat_map<std::string_view, const RowWrite*, std::hash<std::string_view>>
      written_;
  std::vector<std::string> heads_;
  std::vector<std::pair<const RowWrite*, std::string>> bundled_;  // with their heads
  std::vector<bool> held_;          // of each written row: a bundle has it
  std::vector<std::string> borne_;  // riders that bundles hold
  std::vector<std::string> left_;   // riders of heads that are gone
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

std::string SkipKey(int64_t position, std::string_view row) {
  std::string key(1, kSkip);
  AppendBigEndian(&key, static_cast<uint64_t>(position));
  key += row;
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
