// `pointsman demo`: a made-up company's leads through the real embedded engine, in accelerated
// time.
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <ostream>

#include "app/commands/commands.h"
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
constexpr int kNoPack = 734;

// The pack beside the program's sources, wherever the program was started from.
Result<std::string> FindPack(const Arguments& arguments) {
  if (arguments.Has("rules")) return arguments.Text("rules");
  std::vector<std::filesystem::path> roots = {std::filesystem::current_path()};
  if (const char* packs = std::getenv("PM_PACKS")) return std::string(packs) + "/inbound-saas";
  std::error_code ignored;
  roots.push_back(std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path());
  for (std::filesystem::path root : roots) {
    for (; root.has_relative_path(); root = root.parent_path()) {
      const std::filesystem::path pack = root / "rules/packs/inbound-saas";
      if (std::filesystem::exists(pack, ignored)) return pack.string();
    }
  }
  return Fail(kNoPack,
              "the rule pack inbound-saas is not beside the program; name a folder by --rules");
}

// A path as a shell's word: from here where it lies below, quoted where it must be.
std::string ShellWord(const std::filesystem::path& path) {
  std::error_code ignored;
  const std::filesystem::path here = std::filesystem::current_path(ignored);
  const std::filesystem::path near = path.lexically_relative(here);
  const std::string text = (near.empty() || near.native().starts_with("..") ? path : near).string();
  const bool plain = std::ranges::all_of(text, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("/._-+").contains(c);
  });
  if (plain) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
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
  const Result<std::string> pack = FindPack(arguments);
  if (!pack.has_value()) return Complain(streams, kExitConfig, pack.error());
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
  std::error_code ignored;
  const std::string program = ShellWord(std::filesystem::read_symlink("/proc/self/exe", ignored));
  const std::string data = ShellWord(folder->stays() ? folder->path() : "demo-data");
  story.Summary(now - kStart);
  story.WhereToLook(program, data, folder->stays() ? "" : AgainWith(arguments, program, data));
  return now < kStart + span ? kExitStopped : kExitFine;
}

}  // namespace pm
