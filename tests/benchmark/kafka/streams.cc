// The job of ../shared/peers/streams: the product with that job as rules against Kafka Streams.
#include <fstream>

#include "tests/benchmark/kafka/drain.h"

namespace pm::bench {

namespace {

constexpr std::chrono::seconds kMostOfPeer(600);

struct Peer {
  int64_t leads = 0;
  double rate = 0, warm_rate = 0, client_cpu = 0, broker_cpu = 0;
};

// The number behind the word; of what a run prints, in text for people.
double Behind(const std::string& text, std::string_view word) {
  const size_t at = text.rfind(word);
  return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + word.size(), nullptr);
}

Result<Peer> RunPeer(const KafkaPlan& plan, int64_t leads) {
  const std::string told = plan.directory + "/peer.log";
  Child child(
      {plan.source + "/tests/benchmark/kafka/streams_peer.sh", plan.peers, plan.directory + "/peer",
       plan.address, fmt::format("{}", plan.broker), fmt::format("{}", leads)},
      told);
  PM_TRY_VOID(child.Wait(kMostOfPeer));
  const std::string text = child.LastLines();
  Peer peer{leads, 0, Behind(text, "(second half "), Behind(text, "(drain part "),
            Behind(text, "broker_cpu ")};
  const size_t drain = text.find(" s = ");
  if (drain != std::string::npos) peer.rate = std::strtod(text.c_str() + drain + 5, nullptr);
  if (peer.warm_rate <= 0 || peer.client_cpu <= 0)
    return Fail(kNoFigure, "its line cannot be read: " + text);
  return peer;
}

}  // namespace

Result<void> MeasureKafkaStreams(const KafkaPlan& plan, Figures* figures) {
  const ProductSettings settings{
      .address = plan.address, .prefix = "job", .work = Work::kJob, .workers = plan.workers};
  PM_TRY(const int64_t first, Prepare(plan, settings));
  PM_TRY(const Drained product, DrainProduct(plan, settings, first, plan.leads));
  AddDrained("job", product, figures);
  const double per_cpu = static_cast<double>(plan.leads) / product.client_cpu;
  // Compiled code is its warm half: it gets three times the leads.
  const auto peer = RunPeer(plan, plan.leads * 3);
  if (!peer) {
    figures->Add({"job: leads, to assignment", product.rate, "leads/s", "", {}, {}});
    figures->Add({"job: leads a client CPU second", per_cpu, "leads/CPU s", "", {}, {}});
    return std::unexpected(peer.error());
  }
  const double peer_per_cpu = static_cast<double>(peer->leads) / peer->client_cpu;
  figures->Add({"job: leads, to assignment", product.rate, "leads/s",
                fmt::format("Kafka Streams {:.0f}", peer->warm_rate),
                product.rate / peer->warm_rate, 2.0});
  figures->Add({"job: leads a client CPU second", per_cpu, "leads/CPU s",
                fmt::format("Kafka Streams {:.0f}", peer_per_cpu), per_cpu / peer_per_cpu, 5.0});
  figures->Add({"Kafka Streams: broker CPU a million leads",
                peer->broker_cpu / static_cast<double>(peer->leads) * 1e6,
                "CPU s",
                "",
                {},
                {}});
  return {};
}

}  // namespace pm::bench
