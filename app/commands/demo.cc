// `pointsman demo`: a made-up company's leads through the real embedded engine, in accelerated
// time.
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <ostream>

#include "app/commands/commands.h"
#include "app/commands/packs.h"
#include "app/commands/shell_word.h"
#include "app/demo/company.h"
#include "app/demo/demo_folder.h"
#include "app/demo/story.h"
#include "app/server/rule_library.h"
#include "app/server/signal_queue.h"
#include "base/time/text.h"
#include "engine/runtime/commit_set.h"
#include "engine/runtime/embedded.h"
#include "engine/runtime/rocks/rocks_store.h"
#include "net/signals.h"

namespace pm {
namespace {

constexpr Instant kStart{
    1'772'546'400'000};  // Tuesday 2026-03-03, 14:00 UTC: both offices are open
constexpr Duration kSpan = Hours(5);
constexpr Duration kStep = Seconds(5);

// The folder that is named, or the pack.
Result<std::string> RulesOf(const Arguments& arguments) {
  if (arguments.Has("rules")) return arguments.Text("rules");
  PM_TRY(Pack pack, FindPack("inbound-saas"));
  return std::move(pack.folder);
}

// Reads everything new in the topics.
class OutputReader {
 public:
  std::vector<JsonNode> ReadNew(const Embedded& engine) {
    std::vector<JsonNode> found;
    for (uint8_t topic = 0; topic < kTopics; ++topic) {
      if (topic == static_cast<uint8_t>(Topic::kDecisions)) continue;
      const auto entries = engine.ReadTopic(topic, read_[topic], 10'000);
      if (!entries.has_value()) continue;
      for (const LogEntry& entry : *entries) {
        read_[topic] = entry.offset;
        Output output;
        PM_CHECK(DecodeOutput(entry.bytes, &output));
        Result<JsonNode> json = ParseJson(output.json);
        PM_CHECK(json.has_value());
        found.push_back(*std::move(json));
      }
    }
    return found;
  }

 private:
  std::array<int64_t, kTopics> read_ = [] {
    std::array<int64_t, kTopics> none{};
    none.fill(-1);
    return none;
  }();
};

// The command that plays the same day again and keeps it.
std::string AgainWith(const Arguments& arguments, const std::string& program,
                      const std::string& data) {
  std::string command = program + " demo";
  const bool paced = arguments.Has("speed");  // then the seconds say how much of the day is played
  if (!paced) command += " --seconds 1";
  for (const std::string_view name : {"seconds", "seed", "speed", "rules"}) {
    if (!arguments.Has(name) || (name == "seconds" && !paced)) continue;
    command += fmt::format(" --{} {}", name, ShellWord(arguments.Text(name)));
  }
  return command + " --data " + data;
}

}  // namespace

int RunDemo(const Arguments& arguments, Streams& streams) {
  const Result<int64_t> seconds = arguments.Number("seconds", 60, 1, 3600);
  if (!seconds.has_value()) return Complain(streams, kExitUsage, seconds.error());
  const Result<int64_t> seed = arguments.Number("seed", 7, 0, INT64_MAX);
  if (!seed.has_value()) return Complain(streams, kExitUsage, seed.error());
  // How many seconds of the company's day one real second shows.
  const Result<int64_t> speed = arguments.Number("speed", kSpan.ms / 1000 / *seconds, 1, 1'000'000);
  if (!speed.has_value()) return Complain(streams, kExitUsage, speed.error());
  const Result<std::string> pack = RulesOf(arguments);
  if (!pack.has_value()) {
    return Complain(streams, kExitConfig, pack.error(), "name a folder by --rules");
  }
  RuleLibrary library;
  const Result<CompiledRules> rules = library.Load(*pack, {});
  if (!rules.has_value()) return Complain(streams, kExitConfig, rules.error());
  SignalQueue signals;
  const auto watch =
      SignalWatch::Start({SIGINT, SIGTERM}, [&](int signal) { signals.Push(signal); });
  if (!watch.has_value()) return Complain(streams, kExitUnavailable, watch.error());
  const Result<DemoFolder> folder = DemoFolder::Make(arguments.Text("data"));
  if (!folder.has_value()) return Complain(streams, kExitUnavailable, folder.error());
  auto store = RocksStore::Open({.directory = folder->path()});
  if (!store.has_value()) return Complain(streams, kExitUnavailable, store.error());

  ManualClock clock(kStart);
  EmbeddedSettings settings;
  settings.tick = kStep;
  settings.catch_up = Duration{};
  Embedded engine(
      **store, settings, RealStages(), [&](ContentHash hash) { return library.Find(hash); }, clock,
      rules->book->version(), rules->document);
  DemoCompany company(static_cast<uint64_t>(*seed), kStart, kSpan);
  DemoStory story(streams.out, streams.out_is_terminal, streams.out_is_terminal && streams.colours);
  OutputReader reader;
  const auto begin = std::chrono::steady_clock::now();
  const Duration span = std::min(kSpan, Seconds(*seconds * *speed));
  story.Introduce(ShellWord(*pack), span, *speed);
  Instant now = kStart;
  for (; now < kStart + span; now = now + kStep) {
    if (signals.NextBefore(begin + std::chrono::milliseconds((now - kStart).ms / *speed))) break;
    clock.Set(now);
    std::vector<Submission> due;
    for (std::string& event : company.TakeDue(now))
      due.push_back({std::move(event), "", Mode::kLive});
    if (!due.empty()) {
      const Result<void> taken = engine.Submit(std::move(due), [](const Result<Accepted>&) {});
      if (!taken.has_value()) return Complain(streams, kExitUnavailable, taken.error());
    }
    engine.RunUntilIdle();
    std::vector<JsonNode> outputs = reader.ReadNew(engine);
    for (const JsonNode& output : outputs) company.React(output, now);
    story.Tell(std::move(outputs));
    story.Status(now);
  }
  const std::string program = ProgramWord();
  const std::string data = ShellWord(folder->stays() ? folder->path() : "demo-data");
  story.Summary(now - kStart);
  story.WhereToLook(program, data, folder->stays() ? "" : AgainWith(arguments, program, data));
  return now < kStart + span ? kExitStopped : kExitFine;
}

}  // namespace pm
