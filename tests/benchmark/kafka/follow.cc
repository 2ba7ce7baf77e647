#include "tests/benchmark/kafka/follow.h"

#include <algorithm>

#include "engine/runtime/kafka/client/rdkafka.h"
#include "tests/benchmark/kafka/chain.h"
#include "tests/benchmark/kafka/leads.h"
#include "tests/benchmark/kafka/process.h"

namespace pm::bench {

namespace {
constexpr std::chrono::milliseconds kLook(5);
}

Follower::Follower(const std::string& address, const std::string& topic, int32_t partitions,
                   int64_t first, int64_t leads)
    : first_(first), moments_(static_cast<size_t>(leads)) {
  const KafkaConnection connection{.brokers = {address}};
  auto client = ConnectKafkaClient(connection, {.group = "bench-bounds"});
  auto reader = ConnectKafkaReader(connection);
  PM_CHECK(client.has_value());
  PM_CHECK(reader.has_value());
  std::vector<PartitionOffset> from;
  for (int32_t n = 0; n < partitions; ++n) {
    const auto bounds = (*client)->Bounds({topic, n});
    PM_CHECK(bounds.has_value());
    from.push_back({{topic, n}, bounds->second});
  }
  reader_ = *std::move(reader);
  PM_CHECK(reader_->Assign(from).has_value());
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

Follower::~Follower() {
  thread_.request_stop();
  thread_.join();
}

void Follower::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto record = reader_->Poll(Milliseconds(50));
    PM_CHECK(record.has_value());
    if (!*record) continue;
    const int64_t lead = NumberIn((*record)->value, kLeadMark) - first_;
    if (lead < 0 || lead >= std::ssize(moments_)) continue;
    Moment& moment = moments_[static_cast<size_t>(lead)];
    if (moment != Moment{}) continue;
    moment = std::chrono::steady_clock::now();
    ++found_;
  }
}

bool Follower::AwaitAll(std::chrono::seconds patience) const {
  int64_t before = -1;
  for (Moment moved; found_ < std::ssize(moments_); Pass(kLook)) {
    const Moment now = std::chrono::steady_clock::now();
    if (found_ != before) moved = now;
    before = found_;
    if (now - moved > patience) return false;
  }
  return true;
}

Moment Follower::ByRank(double rank) const {
  std::vector<Moment> sorted = moments_;
  std::ranges::sort(sorted);
  return sorted[static_cast<size_t>(rank * static_cast<double>(sorted.size() - 1))];
}

}  // namespace pm::bench
