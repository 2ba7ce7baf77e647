// Transactions that fail one after the other: what people are told of it, and how long the next one
// waits, so that brokers that refuse are not asked without a pause. One thread.
#pragma once
#include <algorithm>

#include "engine/runtime/kafka/client/passing_errors.h"

namespace pm {

class FailingTransactions {
 public:
  FailingTransactions(PassingErrors::Say say, const Clock& clock)
      : clock_(clock), causes_(std::move(say), clock, {}, kUntilOneSucceeds) {}

  void Failed(std::string_view text);
  void Succeeded();
  // For which none is to be begun.
  Duration rest() const { return std::max(Duration{}, until_ - clock_.Measure()); }

 private:
  static constexpr Duration kUntilOneSucceeds = Days(10'000);
  const Clock& clock_;
  PassingErrors causes_;
  int in_a_row_ = 0;
  Duration until_;  // as the clock measures
};

}  // namespace pm
