#include "engine/stages/rows.h"

namespace pm {

World WorldOfRow(std::string_view stored_key) {
  PM_CHECK(!stored_key.empty());
  const char first = stored_key.front();
  return first <= static_cast<char>(World::kTest) ? static_cast<World>(first) : World::kLive;
}

std::string_view WithoutWorld(std::string_view stored_key) {
  return stored_key.substr(WorldOfRow(stored_key) == World::kLive ? 0 : 1);
}

std::string StoredKey(World world, std::string_view key) {
  std::string stored;
  if (world != World::kLive) stored += static_cast<char>(world);
  stored += key;
  return stored;
}

std::unique_ptr<RowBox> RowReader::Lend(std::string_view key, RowDecoder decode) {
  const RowBox* row = Get(key, decode);
  return row == nullptr ? nullptr : row->Clone();
}

const RowBox* Rows::FindBox(std::string_view key, RowDecoder decode) {
  if (const auto it = FindEdit(key); it != edits_.end()) return it->second.row.get();
  ++gets_;
  return below_.Get(key, decode);
}

Rows::Edited& Rows::AddEdit(std::string_view key, Edited edited) {
  edited_ |= BitOf(key);
  return edits_.emplace(std::string(key), std::move(edited)).first->second;
}

RowBox* Rows::EditBox(std::string_view key, RowDecoder decode, std::unique_ptr<RowBox> (*make)()) {
  const auto it = FindEdit(key);
  Edited* edited = it == edits_.end() ? nullptr : &it->second;
  if (edited == nullptr) {
    ++gets_;
    std::unique_ptr<RowBox> row = below_.Lend(key, decode);
    const Instant due = row == nullptr ? kNever : row->due();
    edited = &AddEdit(key, {std::move(row), due});
  }
  if (edited->row == nullptr) edited->row = make();
  return edited->row.get();
}

void Rows::EraseBox(std::string_view key, RowDecoder decode) {
  if (const auto it = FindEdit(key); it != edits_.end()) {
    it->second.row = nullptr;
    return;
  }
  ++gets_;
  const RowBox* below = below_.Get(key, decode);
  if (below != nullptr) AddEdit(key, {nullptr, below->due()});
}

std::optional<std::string> Rows::NextKey(std::string_view prefix, std::string_view after) {
  if (world_ == World::kLive) return NextStored(prefix, after);
  auto key = NextStored(StoredKey(world_, prefix), StoredKey(world_, after));
  if (key) key->erase(0, 1);
  return key;
}

std::optional<std::string> Rows::NextStored(std::string_view prefix, std::string_view after) {
  std::string from(after);
  for (;;) {
    std::optional<std::string> below = below_.NextKey(prefix, from);
    auto own = edits_.upper_bound(from);
    while (own != edits_.end() && own->first.starts_with(prefix) && own->second.row == nullptr)
      ++own;
    const bool has_own = own != edits_.end() && own->first.starts_with(prefix);
    if (has_own && (!below || own->first <= *below)) return own->first;
    if (!below) return std::nullopt;
    const auto erased = edits_.find(*below);
    if (erased == edits_.end() || erased->second.row != nullptr) return below;
    from = std::move(*below);
  }
}

std::vector<RowEdit> Rows::Take() {
  std::vector<RowEdit> result;
  result.reserve(edits_.size());
  edited_ = 0;
  std::string bytes;  // grows once for all rows; each keeps a copy of its very size
  while (!edits_.empty()) {
    auto node = edits_.extract(edits_.begin());
    Edited& edited = node.mapped();
    RowEdit& edit = result.emplace_back();
    edit.key = std::move(node.key());
    edit.due_before = edited.due_before;
    if (edited.row != nullptr) {
      edit.due_after = edited.row->due();
      bytes.clear();
      edited.row->Encode(&bytes);
      edit.bytes = bytes;
      edit.row = std::move(edited.row);
    }
  }
  return result;
}

}  // namespace pm
