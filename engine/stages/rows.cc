#include "engine/stages/rows.h"

namespace pm {

const RowBox* Rows::FindBox(const std::string& key, RowDecoder decode) {
  if (const auto it = edits_.find(key); it != edits_.end()) return it->second.row.get();
  ++gets_;
  return below_.Get(key, decode);
}

RowBox* Rows::EditBox(std::string key, RowDecoder decode, std::unique_ptr<RowBox> (*make)()) {
  auto it = edits_.find(key);
  if (it == edits_.end()) {
    ++gets_;
    const RowBox* below = below_.Get(key, decode);
    Edited edited{below == nullptr ? nullptr : below->Clone(),
                  below == nullptr ? kNever : below->due()};
    it = edits_.emplace(std::move(key), std::move(edited)).first;
  }
  if (it->second.row == nullptr) it->second.row = make();
  return it->second.row.get();
}

void Rows::EraseBox(std::string key, RowDecoder decode) {
  auto it = edits_.find(key);
  if (it == edits_.end()) {
    ++gets_;
    const RowBox* below = below_.Get(key, decode);
    if (below == nullptr) return;
    it = edits_.emplace(std::move(key), Edited{nullptr, below->due()}).first;
  }
  it->second.row = nullptr;
}

std::optional<std::string> Rows::NextKey(std::string_view prefix, std::string_view after) {
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
  for (auto& [key, edited] : edits_) {
    RowEdit& edit = result.emplace_back();
    edit.key = key;
    edit.due_before = edited.due_before;
    if (edited.row != nullptr) {
      edit.due_after = edited.row->due();
      edited.row->Encode(&edit.bytes);
      edit.row = std::move(edited.row);
    }
  }
  edits_.clear();
  return result;
}

}  // namespace pm
