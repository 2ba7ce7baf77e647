// For tests of the runtime only: a task of toy stages over a store in memory, fed by hand.
#pragma once
#include <gtest/gtest.h>

#include "engine/runtime/memory_store.h"
#include "engine/runtime/testing_stages.h"

namespace pm {

class TaskTest : public testing::Test {
 protected:
  explicit TaskTest(TaskSettings settings = {}) : settings_(settings) {
    Restart();
    Switch(toy::kRules);
    Commit();
  }
  void Restart() { task_ = std::make_unique<Task>(store_, settings_, toy::Stages(), toy::Rules()); }
  bool Feed(const std::string& bytes, Instant at) {
    fed_ = bytes;
    fed_at_ = at;
    ++position_;
    return Again();
  }
  bool Again() { return task_->Apply({fed_, position_ - 1, fed_at_}); }
  EventId Send(const toy::Job& job, Instant at) {
    const Message message = RootMessage(Encoded(job), job.key, Mode::kLive, ++ordinal_);
    EXPECT_TRUE(Feed(EncodeMessageRecord(message), at));
    return message.id;
  }
  void Switch(ContentHash rules) { EXPECT_TRUE(Feed(EncodeRecord(SwitchRecord{rules}), {})); }
  void Retry(const std::string& row) { EXPECT_TRUE(Feed(EncodeRecord(RetryRecord{row}), {})); }
  bool Tick(Instant until, uint32_t from = 0) {
    return Feed(EncodeRecord(TickRecord{until, from}), until);
  }
  void Commit() {
    CommitSet set = task_->Seal();
    ASSERT_TRUE(WriteState(store_, set).has_value());
    task_->Committed();
    for (const SealedOutput& o : set.outputs) outputs_.push_back(o.output);
    for (const auto& send : set.sends) sends_.push_back(send);
    EXPECT_EQ(task_->meta().digest, FullDigest(store_));
    std::map<char, int64_t> pending;
    for (const DueKey& due : store_.Dues({Instant{INT64_MIN}, {}}, kNever, SIZE_MAX))
      ++pending[due.row[0]];
    for (const PendingDues& kind : task_->meta().pending)
      EXPECT_EQ(kind.rows, pending[static_cast<char>(kind.prefix)]);
    EXPECT_LE(pending.size(), task_->meta().pending.size());
  }
  toy::Totals Totals() const {
    toy::Totals totals;
    toy::AddTotals(store_, &totals);
    return totals;
  }
  size_t CountOutputs(std::string_view type) const {
    return static_cast<size_t>(std::ranges::count(outputs_, type, &Output::type));
  }

  TaskSettings settings_;
  MemoryStore store_;
  std::unique_ptr<Task> task_;
  std::string fed_;  // last
  Instant fed_at_;
  std::vector<Output> outputs_;
  std::vector<pm::Send> sends_;
  int64_t position_ = 0;
  int64_t ordinal_ = 0;
};

}  // namespace pm
