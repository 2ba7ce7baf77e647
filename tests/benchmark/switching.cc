// What a switch to other rules holds up: compiling runs beside; the batch with the switch does not
// wait for it.
#include <filesystem>

#include "engine/runtime/rocks/rocks_store.h"
#include "tests/benchmark/figures.h"
#include "tests/benchmark/rule_sets.h"
#include "tests/benchmark/script.h"

namespace pm::bench {

void MeasureSwitch(const Plan& plan, std::shared_ptr<const RuleBook> book,
                   std::shared_ptr<const RuleBook> other, Figures* figures) {
  const std::string directory = plan.directory + "/switch";
  auto store = RocksStore::Open({.directory = directory});
  PM_CHECK(store.has_value());
  ManualClock clock(Instant{1'772'546'400'000});
  const RuleProvider provider = [&](ContentHash hash) {
    return hash == book->version() ? book : hash == other->version() ? other : nullptr;
  };
  std::string document;
  for (const RuleFile& file : other->sources()) document += file.text;
  double worst = 0;
  {
    Embedded engine(**store, EngineSettings(), RealStages(), provider, clock, book->version());
    engine.RunUntilIdle();
    for (int round = 0; round < 10; ++round) {
      const auto& next = round % 2 == 0 ? other : book;
      PM_CHECK(engine.Publish(next->version(), document, nullptr).has_value());
      const Stopwatch watch;
      engine.RunUntilIdle();
      worst = std::max(worst, watch.wall() * 1e3);
    }
  }
  store->reset();
  std::filesystem::remove_all(directory);
  figures->Add({fmt::format("switch of rules, {} bytes of them, worst of 10", document.size()),
                worst, "ms", "20 ms", 20 / worst, 1});
}

}  // namespace pm::bench
