#include "engine/runtime/row_cache.h"

#include <algorithm>
#include <array>

#include "base/ids.h"

namespace pm {

namespace {
// A decoded row takes about twice its bytes, and an entry has its own overhead.
size_t Estimate(size_t key_bytes, size_t value_bytes) {
  return 256 + 2 * (key_bytes + value_bytes);
}

// The first bytes of a key as numbers that compare as they do: nearly always they decide.
using KeyStart = std::array<uint64_t, 2>;
KeyStart StartOf(std::string_view key) {
  std::array<char, sizeof(KeyStart)> bytes{};
  std::copy_n(key.data(), std::min(key.size(), bytes.size()), bytes.data());
  const std::string_view view(bytes.data(), bytes.size());
  return {ReadBigEndian(view.substr(0, 8)), ReadBigEndian(view.substr(8))};
}
}  // namespace

RowCache::Entry& RowCache::Load(std::string_view key, RowDecoder decode) {
  if (const auto it = by_key_.find(key); it != by_key_.end()) {
    entries_.splice(entries_.begin(), entries_, it->second);
    return *it->second;
  }
  ++store_gets_;
  const std::optional<std::string> stored = store_.Get(key);
  Entry entry;
  entry.key = key;
  if (stored) {
    entry.box = decode(*stored);
    entry.digest = RowDigest(key, *stored);
  }
  entry.size = Estimate(key.size(), stored ? stored->size() : 0);
  clean_bytes_ += entry.size;
  entries_.push_front(std::move(entry));
  by_key_.emplace(entries_.front().key, entries_.begin());
  return entries_.front();
}

const RowBox* RowCache::Get(std::string_view key, RowDecoder decode) {
  return Load(key, decode).box.get();
}

std::unique_ptr<RowBox> RowCache::Lend(std::string_view key, RowDecoder decode) {
  Entry& entry = Load(key, decode);
  if (entry.box == nullptr) return nullptr;
  entry.lent = decode;
  lent_.push_back(entries_.begin());
  return std::move(entry.box);
}

void RowCache::TakeBack() {
  for (const Entries::iterator entry : lent_) {
    if (entry->lent == nullptr) continue;
    entry->box = entry->lent(entry->dirty ? entry->bytes : store_.Get(entry->key).value());
    entry->lent = nullptr;
  }
  lent_.clear();
}

const RowCache::Ordered& RowCache::OrderedDirty() {
  if (!ordered_) {
    ordered_.emplace();
    for (const Entries::iterator entry : dirty_) ordered_->emplace(entry->key, entry);
  }
  return *ordered_;
}

std::optional<std::string> RowCache::NextKey(std::string_view prefix, std::string_view after) {
  const Ordered& dirty = OrderedDirty();
  std::string from(after);
  for (;;) {
    std::optional<std::string> stored = store_.NextKey(prefix, from);
    auto own = from < prefix ? dirty.lower_bound(prefix) : dirty.upper_bound(from);
    while (own != dirty.end() && own->first.starts_with(prefix) && own->second->box == nullptr)
      ++own;
    const bool has_own = own != dirty.end() && own->first.starts_with(prefix);
    if (has_own && (!stored || own->first <= *stored)) return std::string(own->first);
    if (!stored) return std::nullopt;
    const auto erased = dirty.find(*stored);
    if (erased == dirty.end() || erased->second->box != nullptr) return stored;
    from = std::move(*stored);
  }
}

void RowCache::Adopt(RowEdit edit) {
  // A step read every row that it wrote, so the entry is there and knows its old hash.
  const auto it = by_key_.find(edit.key);
  PM_CHECK(it != by_key_.end());
  Entry& entry = *it->second;
  const Digest after = edit.row == nullptr ? Digest{} : RowDigest(entry.key, edit.bytes);
  digest_change_ -= entry.digest;
  digest_change_ += after;
  (entry.dirty ? dirty_bytes_ : clean_bytes_) -= entry.size;
  entry.size = Estimate(entry.key.size(), edit.bytes.size());
  dirty_bytes_ += entry.size;
  entry.digest = after;
  entry.lent = nullptr;
  entry.box = std::move(edit.row);
  entry.bytes = std::move(edit.bytes);
  if (!entry.dirty) {
    dirty_.push_back(it->second);
    if (ordered_) ordered_->emplace(entry.key, it->second);
  }
  entry.dirty = true;
}

void RowCache::Trim() {
  for (auto it = entries_.end(); clean_bytes_ > bound_bytes_ && it != entries_.begin();) {
    --it;
    if (it->dirty) continue;
    clean_bytes_ -= it->size;
    by_key_.erase(it->key);
    it = entries_.erase(it);
  }
}

std::vector<RowWrite> RowCache::TakeWrites() {
  std::vector<std::pair<KeyStart, Entries::iterator>> sorted;
  sorted.reserve(dirty_.size());
  for (const Entries::iterator entry : dirty_) sorted.emplace_back(StartOf(entry->key), entry);
  std::ranges::sort(sorted, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second->key < b.second->key;
  });
  std::vector<RowWrite> writes;
  writes.reserve(sorted.size());
  for (const auto& [start, entry] : sorted) {
    RowWrite& write = writes.emplace_back();
    write.key = entry->key;
    if (entry->box != nullptr) write.value = std::move(entry->bytes);
    entry->bytes = {};
  }
  return writes;
}

void RowCache::Committed() {
  for (const Entries::iterator entry : dirty_) {
    entry->dirty = false;
    clean_bytes_ += entry->size;
  }
  ordered_.reset();
  dirty_.clear();
  dirty_bytes_ = 0;
  digest_change_ = {};
  Trim();
}

void RowCache::Abandon() {
  ordered_.reset();  // its keys lie in the entries
  for (const Entries::iterator entry : dirty_) {
    by_key_.erase(entry->key);
    entries_.erase(entry);
  }
  dirty_.clear();
  dirty_bytes_ = 0;
  digest_change_ = {};
}

}  // namespace pm
