#include "rules/cel/evaluation.h"

#include <algorithm>
#include <bit>
#include <string>

namespace pm::cel {
namespace {

constexpr uint32_t kSmallMap = 8;  // up to here looking through beats hashing

}  // namespace

void Evaluation::Begin(std::span<const Value> bindings, size_t locals) {
  arena_.Reset();
  left_ = limits_.cost;
  stopped_ = nullptr;
  bindings_ = bindings;
  if (locals_.size() < locals) locals_.resize(locals);
}

Value Evaluation::Fail(ErrorKind kind, std::string_view text) {
  auto* error = arena_.New<EvalError>(1);
  char* copy = error == nullptr ? nullptr : NewText(text.size());
  if (copy == nullptr) return NoRoom();
  std::copy_n(text.data(), text.size(), copy);
  *error = {kind, at_, {copy, text.size()}};
  return Value::Error(error);
}

Value Evaluation::FailBound(std::string_view text) {
  if (stopped_ == nullptr) {
    bound_error_ = {ErrorKind::kCost, at_, text};
    stopped_ = &bound_error_;
    left_ = 0;
  }
  return stop_error();
}

Value Evaluation::NewString(std::string_view text) {
  char* copy = NewText(text.size());
  if (copy == nullptr) return NoRoom();
  std::copy_n(text.data(), text.size(), copy);
  return Value::String({copy, text.size()});
}

Value Evaluation::NewBytes(std::string_view bytes) {
  Value value = NewString(bytes);
  if (!value.is_error()) value.kind = ValueKind::kBytes;
  return value;
}

Value Evaluation::NewOptional(const Value& value) {
  Value* kept = NewItems(1);
  if (kept == nullptr) return NoRoom();
  *kept = value;
  return Value::Optional(kept);
}

Value Evaluation::NewMap(std::span<const MapEntry> entries) {
  auto* map = arena_.New<MapData>(1);
  const auto size = static_cast<uint32_t>(entries.size());
  const uint32_t slots = size <= kSmallMap ? 0 : std::bit_ceil(size * 2);
  uint32_t* index = slots == 0 ? nullptr : arena_.New<uint32_t>(slots);
  if (map == nullptr || (slots > 0 && index == nullptr)) return NoRoom();
  std::fill_n(index, slots, 0u);
  *map = {entries.data(), 0, slots == 0 ? 0 : slots - 1, index};
  for (const MapEntry& entry : entries) {
    if (!CanBeKey(entry.key.kind)) {
      return Fail(ErrorKind::kArgument, std::string("a map has no keys of type ") +
                                            std::string(TypeName(entry.key.kind)));
    }
    if (Find(*map, entry.key) != nullptr) {
      return Fail(ErrorKind::kArgument, "the key " + DebugText(entry.key) + " stands there twice");
    }
    if (index != nullptr) {
      auto slot = static_cast<uint32_t>(KeyHash(entry.key)) & map->index_mask;
      while (index[slot] != 0) slot = (slot + 1) & map->index_mask;
      index[slot] = map->size + 1;
    }
    ++map->size;
  }
  return Value::Map(map);
}

}  // namespace pm::cel
