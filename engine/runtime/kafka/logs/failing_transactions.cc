#include "engine/runtime/kafka/logs/failing_transactions.h"

namespace pm {

namespace {

constexpr int kAtOnce = 3;  // in a row: a rebalance, a broker that went
constexpr int kMostDoublings = 6;
constexpr Duration kFirstRest = Milliseconds(20);

}  // namespace

void FailingTransactions::Failed(std::string_view text) {
  causes_.Note(text);
  const int doublings = std::min(++in_a_row_ - kAtOnce, kMostDoublings);
  if (doublings >= 0) until_ = clock_.Measure() + Duration{kFirstRest.ms << doublings};
}

void FailingTransactions::Succeeded() {
  in_a_row_ = 0;
  until_ = {};
  causes_.AllOver();
}

}  // namespace pm
