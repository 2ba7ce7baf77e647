// Rows as a step sees them: typed, decoded, edited in an overlay that is dropped when the step
// fails. A record type R has: `struct Key { ... void Append(std::string*) const; }`, `static
// constexpr char kPrefix`, a Describe, and, if it has a timer, a member `Instant due = kNever`. Not
// thread-safe; a Rows lives for one step.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/describe.h"

namespace pm {

// A decoded row without its type.
class RowBox {
 public:
  virtual ~RowBox() = default;
  virtual std::unique_ptr<RowBox> Clone() const = 0;
  virtual void Encode(std::string* out) const = 0;
  virtual Instant due() const = 0;
};

template <class R>
class TypedRow final : public RowBox {
 public:
  TypedRow() = default;
  explicit TypedRow(R r) : row(std::move(r)) {}
  std::unique_ptr<RowBox> Clone() const override { return std::make_unique<TypedRow>(row); }
  void Encode(std::string* out) const override { pm::Encode(row, out); }
  Instant due() const override {
    if constexpr (requires { row.due; }) return row.due;
    return kNever;
  }
  R row;
};

// Makes a box from stored bytes. Damage is a broken invariant: storage is checked below us.
using RowDecoder = std::unique_ptr<RowBox> (*)(std::string_view bytes);
template <class R>
std::unique_ptr<RowBox> DecodeRow(std::string_view bytes) {
  auto box = std::make_unique<TypedRow<R>>();
  PM_CHECK(Decode(bytes, &box->row));
  return box;
}

// Whose rows: of events of mode `live` and `backfill`, of `shadow`, or of `test` (ADR 8). Stored
// keys of the latter two begin with the world's byte, all others with the record's prefix.
enum class World : char { kLive = 0, kShadow = 1, kTest = 2 };
inline constexpr World kWorlds[] = {World::kLive, World::kShadow, World::kTest};
World WorldOfRow(std::string_view stored_key);
std::string_view WithoutWorld(std::string_view stored_key);
std::string StoredKey(World world, std::string_view key);

// What lies below a step: the batch's rows, then the store's.
class RowReader {
 public:
  virtual ~RowReader() = default;
  // Null when absent. Valid until the next commit or until the row is lent or written.
  virtual const RowBox* Get(std::string_view key, RowDecoder decode) = 0;
  // The same row, for a step to change. It may be the one that Get gives: what the step does not
  // give back changed is then made anew from its bytes.
  virtual std::unique_ptr<RowBox> Lend(std::string_view key, RowDecoder decode);
  // The first existing key after `after` that starts with `prefix`; nullopt when there is none.
  virtual std::optional<std::string> NextKey(std::string_view prefix, std::string_view after) = 0;
};

// One row as a step leaves it. `row` is null when it was erased.
struct RowEdit {
  std::string key;  // as stored
  std::unique_ptr<RowBox> row;
  std::string bytes;  // encoded once; empty when erased
  Instant due_before = kNever;
  Instant due_after = kNever;
};

template <class R>
std::string RowKey(const typename R::Key& key, World world = World::kLive) {
  std::string bytes;
  if (world != World::kLive) bytes += static_cast<char>(world);
  bytes += R::kPrefix;
  key.Append(&bytes);
  return bytes;
}

class Rows {
 public:
  // Sees the rows of one world at a time, and no others: keys that go in and come out say nothing
  // of worlds.
  explicit Rows(RowReader& below, World world = World::kLive) : below_(below), world_(world) {}
  World world() const { return world_; }
  void Enter(World world) { world_ = world; }

  // Null when absent; valid until that row is edited or the step ends.
  template <class R>
  const R* Find(const typename R::Key& key) {
    const RowBox* box = FindBox(KeyBytes<R>(key), &DecodeRow<R>);
    return box == nullptr ? nullptr : &static_cast<const TypedRow<R>*>(box)->row;
  }
  // The same row of the live world, in whatever world the step is.
  template <class R>
  const R* FindLive(const typename R::Key& key) {
    const World world = std::exchange(world_, World::kLive);
    const R* row = Find<R>(key);
    world_ = world;
    return row;
  }
  // Created with its defaults when absent. Encoded once, at the step's end.
  template <class R>
  R& Edit(const typename R::Key& key) {
    RowBox* box = EditBox(KeyBytes<R>(key), &DecodeRow<R>,
                          [] { return std::unique_ptr<RowBox>(new TypedRow<R>()); });
    return static_cast<TypedRow<R>*>(box)->row;
  }
  template <class R>
  void Erase(const typename R::Key& key) {
    EraseBox(KeyBytes<R>(key), &DecodeRow<R>);
  }
  // The first key of rows of this prefix behind `after` (whole keys), the step's own edits
  // included.
  std::optional<std::string> NextKey(std::string_view prefix, std::string_view after);

  // The edits in key order; the Rows is empty afterwards. A row edited to what it was before still
  // counts.
  std::vector<RowEdit> Take();
  size_t gets() const { return gets_; }  // look-ups that went below, for the budgets

 private:
  struct Edited {
    std::unique_ptr<RowBox> row;  // null: erased
    Instant due_before = kNever;
  };
  // Valid until the next look-up: most keys are too long to need no memory of their own.
  template <class R>
  std::string_view KeyBytes(const typename R::Key& key) {
    constexpr size_t kUsualBytes = 64;
    key_.clear();
    key_.reserve(kUsualBytes);
    if (world_ != World::kLive) key_ += static_cast<char>(world_);
    key_ += R::kPrefix;
    key.Append(&key_);
    return key_;
  }
  using Edits = std::map<std::string, Edited, std::less<>>;
  // Most rows that are looked for are not edited, and most of those are told by this bit.
  static uint64_t BitOf(std::string_view key) {
    const auto byte = [](char c) { return uint64_t{static_cast<unsigned char>(c)}; };
    const uint64_t sum = key.size() + byte(key.front()) + 7 * byte(key.back()) +
                         31 * byte(key[key.size() / 2]) + 11 * byte(key[key.size() * 7 / 8]);
    return uint64_t{1} << (sum % 64);
  }
  Edits::iterator FindEdit(std::string_view key) {
    return (edited_ & BitOf(key)) == 0 ? edits_.end() : edits_.find(key);
  }
  Edited& AddEdit(std::string_view key, Edited edited);
  std::optional<std::string> NextStored(std::string_view prefix, std::string_view after);
  const RowBox* FindBox(std::string_view key, RowDecoder decode);
  RowBox* EditBox(std::string_view key, RowDecoder decode, std::unique_ptr<RowBox> (*make)());
  void EraseBox(std::string_view key, RowDecoder decode);

  RowReader& below_;
  World world_;
  std::string key_;
  Edits edits_;
  uint64_t edited_ = 0;  // BitOf each of them
  size_t gets_ = 0;
};

}  // namespace pm
