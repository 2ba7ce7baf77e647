#include "engine/runtime/row_cache.h"

namespace pm {

namespace {
// A decoded row takes about twice its bytes, and an entry has its own overhead.
size_t Estimate(size_t key_bytes, size_t value_bytes) {
  return 256 + 2 * (key_bytes + value_bytes);
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

std::optional<std::string> RowCache::NextKey(std::string_view prefix, std::string_view after) {
  std::string from(after);
  for (;;) {
    std::optional<std::string> stored = store_.NextKey(prefix, from);
    auto own = from < prefix ? dirty_.lower_bound(prefix) : dirty_.upper_bound(from);
    while (own != dirty_.end() && own->first.starts_with(prefix) && own->second->box == nullptr)
      ++own;
    const bool has_own = own != dirty_.end() && own->first.starts_with(prefix);
    if (has_own && (!stored || own->first <= *stored)) return std::string(own->first);
    if (!stored) return std::nullopt;
    const auto erased = dirty_.find(*stored);
    if (erased == dirty_.end() || erased->second->box != nullptr) return stored;
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
  if (!entry.dirty) dirty_.emplace(entry.key, it->second);
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
  std::vector<RowWrite> writes;
  writes.reserve(dirty_.size());
  for (const auto& [key, entry] : dirty_) {
    RowWrite& write = writes.emplace_back();
    write.key = key;
    if (entry->box != nullptr) write.value = std::move(entry->bytes);
    entry->bytes = {};
  }
  return writes;
}

void RowCache::Committed() {
  for (const auto& [key, entry] : dirty_) {
    entry->dirty = false;
    clean_bytes_ += entry->size;
  }
  dirty_.clear();
  dirty_bytes_ = 0;
  digest_change_ = {};
  Trim();
}

void RowCache::Abandon() {
  for (const auto& [key, entry] : dirty_) {
    by_key_.erase(key);
    entries_.erase(entry);  // ends `key` too
  }
  dirty_.clear();
  dirty_bytes_ = 0;
  digest_change_ = {};
}

}  // namespace pm
