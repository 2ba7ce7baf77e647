// Tests only: stages without a runtime. Rows live in a map as bytes, so every step goes through the
// codec; what stages send each other is delivered at once, depth-first, in the order of sending, as
// the embedded engine does. Not thread-safe. The rule book must outlive the harness.
//
//   StageHarness harness(book, {Stage::kAccount});
//   harness.Send(Stage::kAccount, HomeKey(home), MessageType::kEvent, event, at);
//   harness.FireUntil(at + Minutes(5));
//   EXPECT_EQ(harness.Outputs("lead.created").size(), 1u);
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/stages/step.h"
#include "rules/book.h"

namespace pm {

// Rows in key order, held as bytes; boxes are decoded at each first look after a write.
class MapReader final : public RowReader {
 public:
  const RowBox* Get(std::string_view key, RowDecoder decode) override {
    const auto it = rows_.find(key);
    if (it == rows_.end()) return nullptr;
    if (it->second.box == nullptr) it->second.box = decode(it->second.bytes);
    return it->second.box.get();
  }
  std::optional<std::string> NextKey(std::string_view prefix, std::string_view after) override {
    auto it = after < prefix ? rows_.lower_bound(prefix) : rows_.upper_bound(after);
    if (it == rows_.end() || !it->first.starts_with(prefix)) return std::nullopt;
    return it->first;
  }
  void Apply(const std::vector<RowEdit>& edits) {
    for (const RowEdit& edit : edits) {
      if (edit.due_before != kNever) dues_.erase({edit.due_before, edit.key});
      if (edit.row == nullptr) {
        rows_.erase(edit.key);
        continue;
      }
      rows_[edit.key] = {edit.bytes, nullptr};
      if (edit.due_after != kNever) dues_.insert({edit.due_after, edit.key});
    }
  }
  // The earliest (due, key) before `end`.
  std::optional<RowDue> FirstDue(Instant end) const {
    if (dues_.empty() || dues_.begin()->first >= end) return std::nullopt;
    return RowDue{dues_.begin()->second, dues_.begin()->first};
  }
  size_t CountRows(char prefix) const {
    const std::string text(1, prefix);
    size_t count = 0;
    for (auto it = rows_.lower_bound(text); it != rows_.end() && it->first[0] == prefix; ++it)
      ++count;
    return count;
  }
  // Key and bytes of every row: equal for equal states.
  std::map<std::string, std::string> Dump() const {
    std::map<std::string, std::string> all;
    for (const auto& [key, held] : rows_) all[key] = held.bytes;
    return all;
  }

 private:
  struct Held {
    std::string bytes;
    std::unique_ptr<RowBox> box;
  };
  std::map<std::string, Held, std::less<>> rows_;
  std::set<std::pair<Instant, std::string>> dues_;
};

class StageHarness {
 public:
  // Messages to `fused` stages are delivered at once; those to others are kept in `messages`.
  StageHarness(const RuleBook& book, std::set<Stage> fused) : book_(&book), fused_(fused) {}

  // Later steps run under these rules.
  void Switch(const RuleBook& book) { book_ = &book; }

  // Sends a record of its own: id and root are made from a running number.
  template <Described M>
  void Send(Stage to, std::string key, MessageType type, const M& body, Instant at,
            Mode mode = Mode::kLive) {
    Deliver(Record(to, std::move(key), type, Encoded(body), at, mode));
  }
  // What a publisher sends: JSON for intake.
  void SendJson(std::string json, Instant at) {
    Deliver(Record(Stage::kIntake, "", MessageType::kRaw, std::move(json), at, Mode::kLive));
  }

  // Runs the message's stage, also when it is not fused, then what that step sent.
  void Deliver(const Message& message) {
    now_ = std::max(now_, message.at);
    Take(message.to, Input(message), now_, message.id);
  }

  // A tick: all rows due before `end`, in (due, key) order, each at its own due; with `late` at
  // `end`, as after an outage.
  void FireUntil(Instant end, bool late = false) {
    for (int guard = 0; const auto due = rows.FirstDue(end); ++guard) {
      PM_CHECK(guard < 1'000'000);
      std::string tick = due->key;
      AppendBigEndian(&tick, static_cast<uint64_t>(due->due.ms));
      const Instant now = late ? end : due->due;
      now_ = std::max(now_, now);
      ++fired[WithoutWorld(due->key)[0]];
      Take(StageOfRow(due->key), Input(*due), now, HashEvent(tick));
    }
    now_ = std::max(now_, end);
  }

  template <class R>
  const R* Row(const typename R::Key& key, World world = World::kLive) {
    const RowBox* box = rows.Get(RowKey<R>(key, world), &DecodeRow<R>);
    return box == nullptr ? nullptr : &static_cast<const TypedRow<R>*>(box)->row;
  }

  // JSON of the outputs of a type, oldest first.
  std::vector<std::string> Outputs(std::string_view type) const {
    std::vector<std::string> found;
    for (const Output& o : outputs) {
      if (o.type == type) found.push_back(o.json);
    }
    return found;
  }
  // Bodies of the kept messages of a type, oldest first.
  template <Described M>
  std::vector<M> Kept(MessageType type) const {
    std::vector<M> found;
    for (const Message& m : messages) {
      if (m.type == type) PM_CHECK(Decode(m.body, &found.emplace_back()));
    }
    return found;
  }
  void Forget() { outputs.clear(), messages.clear(), gets = 0; }

  MapReader rows;
  std::vector<Output> outputs;
  std::vector<Message> messages;  // to stages that are not fused
  size_t gets = 0;                // rows looked up below the steps
  std::map<char, size_t> fired;   // timers, by their rows' prefix

 private:
  Message Record(Stage to, std::string key, MessageType type, std::string body, Instant at,
                 Mode mode) {
    Message message;
    message.to = to;
    message.type = type;
    message.mode = mode;
    message.key = std::move(key);
    message.id = message.root = Derive(EventId{1, 1}, 0, ++sent_);
    message.at = at;
    message.rules = book_->version();
    message.body = std::move(body);
    return message;
  }

  void Take(Stage stage, const Input& input, Instant now, EventId cause) {
    size_t step_gets = 0;
    Effects effects = Run(stage, rows, input, now, cause, *book_, &step_gets);
    if (const auto* due = std::get_if<RowDue>(&input)) CheckAdvanced(*due, effects);
    gets += step_gets;
    rows.Apply(effects.rows);
    for (Output& o : effects.outputs) outputs.push_back(std::move(o));
    for (Message& m : effects.messages) {
      if (fused_.contains(m.to)) {
        Take(m.to, Input(m), now, m.id);
      } else {
        messages.push_back(std::move(m));
      }
    }
  }

  const RuleBook* book_;
  std::set<Stage> fused_;
  Instant now_{0};
  uint32_t sent_ = 0;
};

}  // namespace pm
