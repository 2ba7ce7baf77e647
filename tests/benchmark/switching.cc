// What a switch to other rules holds up: compiling runs beside, and so does writing their sources;
// the batch with the switch does not wait for either.
#include <atomic>
#include <filesystem>
#include <thread>

#include "engine/runtime/rocks/rocks_store.h"
#include "tests/benchmark/figures.h"
#include "tests/benchmark/rule_sets.h"
#include "tests/benchmark/script.h"

namespace pm::bench {

namespace {

constexpr int kRounds = 10;
constexpr double kMostMs = 20;

// Two books and their sources. Each document is told apart, so that all of it is written anew.
struct Books {
  std::shared_ptr<const RuleBook> book, other;
  std::string sources;

  void Publish(Embedded& engine, int round) const {
    const auto& next = round % 2 == 0 ? other : book;
    const std::string document = fmt::format("{} {}", round, sources);
    PM_CHECK(engine.Publish(next->version(), document, nullptr).has_value());
  }
};

double RunMs(Embedded& engine) {
  const Stopwatch watch;
  engine.RunUntilIdle();
  return watch.wall() * 1e3;
}

// The longest that the engine's thread is busy with all that a publishing leaves to it.
double WorstSwitch(const Books& books, Embedded& engine) {
  double worst = 0;
  for (int round = 0; round < kRounds; ++round) {
    books.Publish(engine, round);
    worst = std::max(worst, RunMs(engine));
  }
  return worst;
}

struct Batches {
  int count = 0;
  double worst_ms = 0;
};

// Batches of one event each for as long as there are more.
template <class F>
Batches RunBatches(Embedded& engine, F more) {
  Batches batches;
  for (; more(batches.count); ++batches.count) {
    PM_CHECK(engine.Submit({{"{}", "key", Mode::kLive}}, nullptr).has_value());
    batches.worst_ms = std::max(batches.worst_ms, RunMs(engine));
  }
  return batches;
}

Batches RunWhilePublishing(const Books& books, Embedded& engine) {
  std::atomic<bool> over = false;
  const std::jthread publisher([&] {
    for (int round = kRounds; round < 2 * kRounds; ++round) books.Publish(engine, round);
    over = true;
  });
  return RunBatches(engine, [&](int) { return !over; });
}

}  // namespace

void MeasureSwitch(const Plan& plan, std::shared_ptr<const RuleBook> book,
                   std::shared_ptr<const RuleBook> other, Figures* figures) {
  const std::string directory = plan.directory + "/switch";
  auto store = RocksStore::Open({.directory = directory});
  PM_CHECK(store.has_value());
  ManualClock clock(Instant{1'772'546'400'000});
  Books books{std::move(book), std::move(other), {}};
  for (const RuleFile& file : books.other->sources()) books.sources += file.text;
  const RuleProvider provider = [&](ContentHash hash) {
    return hash == books.book->version()    ? books.book
           : hash == books.other->version() ? books.other
                                            : nullptr;
  };
  {
    Embedded engine(**store, EngineSettings(), RealStages(), provider, clock,
                    books.book->version());
    engine.RunUntilIdle();
    const double worst = WorstSwitch(books, engine);
    figures->Add({fmt::format("switch of rules, {} bytes of them, worst of {}",
                              books.sources.size(), kRounds),
                  worst, "ms", "20 ms", kMostMs / worst, 1});
    const Batches beside = RunWhilePublishing(books, engine);
    figures->Add({fmt::format("worst batch while {} such are published", kRounds), beside.worst_ms,
                  "ms", "20 ms", kMostMs / beside.worst_ms, 1});
    const Batches alone = RunBatches(engine, [&](int done) { return done < beside.count; });
    figures->Add({fmt::format("worst of as many batches ({}) with none", alone.count),
                  alone.worst_ms,
                  "ms",
                  "",
                  {},
                  {}});
  }
  store->reset();
  std::filesystem::remove_all(directory);
}

}  // namespace pm::bench
