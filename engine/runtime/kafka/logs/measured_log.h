// A log that measures the commits of another, and has somebody look at it now and then. One thread.
#pragma once
#include <functional>

#include "engine/runtime/clock.h"
#include "engine/runtime/drive.h"
#include "engine/runtime/histogram.h"

namespace pm {

// Since the start.
struct CommitTimes {
  Histogram<12> us{{2000, 5000, 10'000, 20'000, 50'000, 100'000, 200'000, 500'000, 1'000'000,
                    2'000'000, 5'000'000, 30'000'000}};
  Histogram<10> records{{1, 10, 30, 100, 300, 1000, 3000, 10'000, 30'000, 100'000}};
};

class MeasuredLog final : public Log {
 public:
  // All outlive it. `look` comes after polls, at most every `every`; its error is the poll's.
  MeasuredLog(Log& log, const Clock& clock, Duration every, std::function<Result<void>()> look)
      : log_(log), clock_(clock), every_us_(every.ms * kMs), look_(std::move(look)) {}

  Result<std::span<const Record>> Poll(TaskId* task, const Bounds& bounds) override {
    PM_TRY(const std::span<const Record> records, log_.Poll(task, bounds));
    records_ += records.size();
    if (clock_.MeasureUs() >= next_us_) {
      next_us_ = clock_.MeasureUs() + every_us_;
      PM_TRY_VOID(look_());
    }
    return records;
  }
  Result<void> Commit(std::span<CommitSet> sets) override {
    const int64_t began_us = clock_.MeasureUs();
    const Result<void> done = log_.Commit(sets);
    if (done) {
      times_.us.Add(clock_.MeasureUs() - began_us);
      times_.records.Add(static_cast<int64_t>(records_));
    }
    records_ = 0;
    return done;
  }
  bool GivesAgain() const override { return log_.GivesAgain(); }
  const CommitTimes& times() const { return times_; }

 private:
  static constexpr int64_t kMs = 1000;
  Log& log_;
  const Clock& clock_;
  const int64_t every_us_;
  const std::function<Result<void>()> look_;
  int64_t next_us_ = INT64_MIN;
  size_t records_ = 0;
  CommitTimes times_;
};

}  // namespace pm
