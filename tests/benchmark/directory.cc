#include "tests/benchmark/directory.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <filesystem>

#include "engine/runtime/rocks/rocks_store.h"
#include "tests/benchmark/rules.h"

namespace pm::bench {

namespace {

void Tell(std::string_view name, double value) {
  fmt::print("{} {}\n", name, value);
  std::fflush(stdout);
}

int64_t CountDues(const Store& store) {
  constexpr size_t kPage = 10'000;
  int64_t count = 0;
  DueKey from{Instant{INT64_MIN}, {}};
  for (;;) {
    const std::vector<DueKey> page = store.Dues(from, kNever, kPage);
    count += static_cast<int64_t>(page.size());
    if (page.size() < kPage) return count;
    from = {page.back().due, page.back().row + '\0'};
  }
}

// Accounts and leads, nobody reacts.
void Build(Embedded& engine, ManualClock& clock, Company& company, Instant from) {
  const size_t most = EngineSettings().batch.records - 1;
  for (Instant now = from; !company.done(); now = now + Milliseconds(200)) {
    ScriptBatch batch{now, {}};
    for (CompanyEvent event; company.Next(now, &event);) {
      batch.events.push_back({std::move(event.json), "", Mode::kLive});
      if (batch.events.size() < most) continue;
      RunBatch(engine, clock, batch);
      batch.events.clear();
    }
    RunBatch(engine, clock, batch);
  }
}

}  // namespace

int RunChild(const Plan& plan, const std::string& part, int64_t leads) {
  auto store = RocksStore::Open({.directory = plan.directory});
  PM_CHECK(store.has_value());
  CompanySettings settings;
  settings.seed = plan.seed;
  settings.leads = leads;
  settings.leads_per_second = kLeadsPerSecond;
  settings.visits = settings.reactions = false;
  const Instant last = std::max(settings.start, ReadTaskMeta(**store).at);
  ManualClock clock(last);
  Embedded engine(**store, EngineSettings(), RealStages(), ProviderOf(plan.rules), clock,
                  plan.rules->version());
  engine.RunUntilIdle();
  Tell("started", 0);
  const auto resident = static_cast<double>(ResidentBytes());
  Tell("resident", resident);
  if (part == "start") return 0;
  const Stopwatch watch;
  Company company(settings);
  Build(engine, clock, company, settings.start);
  Tell("seconds", watch.wall());
  Tell("cpu_seconds", watch.cpu());
  Tell("grown", static_cast<double>(ResidentBytes()) - resident);
  Tell("pending", static_cast<double>(CountDues(**store)));
  return 0;
}

std::map<std::string, double> RunPart(const Plan& plan, const std::string& part,
                                      const std::string& directory, int64_t leads) {
  const std::string command = fmt::format("exec {} --child {} --leads {} --seed {} --dir {}",
                                          std::filesystem::read_symlink("/proc/self/exe").string(),
                                          part, leads, plan.seed, directory);
  const Stopwatch watch;
  FILE* pipe = popen(command.c_str(), "r");
  PM_CHECK(pipe != nullptr);
  std::map<std::string, double> numbers;
  std::array<char, 200> line{};
  while (std::fgets(line.data(), static_cast<int>(line.size()), pipe) != nullptr) {
    const std::string text(line.data());
    const size_t space = text.find(' ');
    PM_CHECK(space != std::string::npos);
    const std::string name = text.substr(0, space);
    numbers[name] = name == "started" ? watch.wall() : std::stod(text.substr(space));
  }
  const int status = pclose(pipe);
  PM_CHECK(status == 0);
  return numbers;
}

void CopyDirectory(const std::string& from, const std::string& to) {
  std::filesystem::create_directories(to);
  for (const auto& entry : std::filesystem::directory_iterator(from)) {
    const std::filesystem::path path = std::filesystem::path(to) / entry.path().filename();
    if (entry.path().extension() == ".sst") {
      std::filesystem::create_hard_link(entry.path(), path);
    } else {
      std::filesystem::copy_file(entry.path(), path);
    }
  }
}

}  // namespace pm::bench
