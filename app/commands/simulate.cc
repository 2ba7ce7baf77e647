#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <ostream>

#include "app/commands/commands.h"
#include "app/commands/files.h"
#include "app/commands/load_rules.h"
#include "app/commands/replay_directory.h"
#include "app/simulate/dry_run.h"
#include "app/simulate/event_lines.h"
#include "app/simulate/summary.h"
#include "app/simulate/topic_files.h"
#include "base/text/json_writer.h"
#include "base/time/text.h"
#include "engine/runtime/kafka/simulation/kafka_simulation.h"
#include "engine/runtime/split.h"

namespace pm {
namespace {

constexpr int kNoInstant = 705;

struct SimulatedRun {
  Streams& streams;
  std::shared_ptr<const RuleBook> book;
  TopicFiles files;
  Summary summary;
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();

  DryRun Start() {
    return DryRun(book, {[this](const Output& o) { files.Write(o), summary.Add(o); },
                         [this](const Record& r) { files.Write(r); }});
  }
  // `what` came in: events or records.
  void Report(const DryRun& simulation, std::string_view what, int64_t count, bool json) const;
};

void SimulatedRun::Report(const DryRun& simulation, std::string_view what, int64_t count,
                          bool json) const {
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const TaskCounters counters = simulation.counters();
  const std::string chain = ToText(simulation.meta().outputs);
  streams.err << fmt::format("{} {} in {:.2f} s, {:.0f} a second\n", count, what, seconds,
                             static_cast<double>(count) / seconds);
  if (json) {
    streams.out << fmt::format(
        R"({{"{}":{},"timers":{},"outputs":{},"rules_version":"{}","chain":"{}","summary":{}}})"
        "\n",
        what, count, counters.fired, counters.outputs, ToText(book->version()), chain,
        summary.Json());
    return;
  }
  streams.out << fmt::format("{:<14}{}\ntimers fired  {}\noutputs       {}\n",
                             fmt::format("{} read", what), count, counters.fired, counters.outputs)
              << summary.Text() << fmt::format("output chain  {}\n", chain);
}

// Says whether the outputs are those of the recording.
int Compare(const RecordedInput& input, const DryRun& simulation, Streams& streams) {
  const std::string chain = ToText(simulation.meta().outputs);
  if (input.outputs.empty()) {
    streams.err << "pointsman: the recording has no end (a last line with the chain of its "
                   "outputs), so nothing was compared\n";
    return kExitFailed;
  }
  if (input.outputs == chain) {
    streams.err << fmt::format("the {} outputs agree with the recording\n",
                               simulation.counters().outputs);
    return kExitFine;
  }
  streams.err << fmt::format("pointsman: recorded outputs have chain {}, replayed ones {}\n",
                             input.outputs, chain);
  return kExitFailed;
}

int ReplayInput(SimulatedRun& run, const Arguments& arguments) {
  const Result<std::string> text = ReadWholeFile(arguments.Text("input"));
  if (!text.has_value()) return Complain(run.streams, kExitUnavailable, text.error());
  const Result<RecordedInput> input = ParseRecordedInput(*text);
  if (!input.has_value()) return Complain(run.streams, kExitBadData, input.error());
  DryRun simulation = run.Start();
  for (const RecordedInput::Entry& entry : input->entries) {
    const std::optional<RecordBody> body = DecodeRecord(entry.bytes);
    const SwitchRecord* to = std::get_if<SwitchRecord>(&*body);
    if (to != nullptr && to->rules != run.book->version()) {
      return Complain(
          run.streams, kExitConfig,
          {707, fmt::format("the input was recorded under rules {}, the folder holds {}",
                            ToText(to->rules), ToText(run.book->version()))},
          "give --rules the folder as it was then");
    }
    simulation.Replay({entry.bytes, entry.position, entry.at});
  }
  simulation.Flush();
  if (const auto closed = run.files.Close(simulation.meta().outputs); !closed.has_value()) {
    return Complain(run.streams, kExitUnavailable, closed.error());
  }
  run.Report(simulation, "records", static_cast<int64_t>(input->entries.size()),
             arguments.Has("json"));
  return Compare(*input, simulation, run.streams);
}

struct Distribution {
  uint64_t seed;
  uint32_t partitions;
  uint32_t reshape;  // 0: not at all
};
// nullopt once it has complained.
std::optional<Distribution> ReadDistribution(const Arguments& arguments, Streams& streams) {
  const Result<int64_t> seed = arguments.Number("seed", 1, 0, INT64_MAX);
  const Result<int64_t> partitions = arguments.Number("partitions", 3, 1, 64);
  const Result<int64_t> reshape = arguments.Number("reshape", 0, 1, 64);
  for (const Result<int64_t>* one : {&seed, &partitions, &reshape}) {
    if (one->has_value()) continue;
    Complain(streams, kExitUsage, one->error());
    return std::nullopt;
  }
  return Distribution{static_cast<uint64_t>(*seed), static_cast<uint32_t>(*partitions),
                      static_cast<uint32_t>(*reshape)};
}

RuleProvider Only(const std::shared_ptr<const RuleBook>& book) {
  return [book](ContentHash hash) { return hash == book->version() ? book : nullptr; };
}

// The number of events.
template <class DistributedRun>
int64_t FeedAll(
    DistributedRun& run, const EventLines& lines, std::optional<Instant> until,
    const std::function<void()>& half_way = [] {}) {
  Instant now;
  int64_t events = 0;
  for (const EventLine& line : lines.events) {
    if (events == static_cast<int64_t>(lines.events.size() / 2)) half_way();
    now = line.at;
    run.Feed({std::string(line.text), std::to_string(++events), Mode::kLive}, now);
  }
  run.Finish(std::max(now, until.value_or(now)));
  return events;
}

int ReportDistributed(SimulatedRun& run, int64_t events, size_t outputs, bool json) {
  if (const auto closed = run.files.Close({}); !closed.has_value()) {
    return Complain(run.streams, kExitUnavailable, closed.error());
  }
  run.streams.out << (json ? fmt::format(R"({{"events":{},"outputs":{},"summary":{}}})", events,
                                         outputs, run.summary.Json())
                           : fmt::format("events read   {}\noutputs       {}\n{}", events, outputs,
                                         run.summary.Text()))
                  << '\n';
  return kExitFine;
}

// The distributed engine under seeded interleaving and faults: no single input and no chain, but
// what comes out must satisfy the same auditor.
int SimulateSplit(SimulatedRun& run, const Arguments& arguments, const EventLines& lines,
                  std::optional<Instant> until) {
  const auto how = ReadDistribution(arguments, run.streams);
  if (!how) return kExitUsage;
  SplitSettings settings;
  settings.seed = how->seed;
  settings.partitions = how->partitions;
  SplitSimulation split(settings, RealStages(), Only(run.book), run.book->version());
  const int64_t events = FeedAll(split, lines, until);
  for (const SealedOutput& sealed : split.outputs()) {
    run.files.Write(sealed.output);
    run.summary.Add(sealed.output);
  }
  const SplitFaults& faults = split.faults();
  run.streams.err << fmt::format(
      "seed {}: {} crashes, {} aborts, {} moves, {} lost disks, {} redeliveries\n", how->seed,
      faults.crashes_before + faults.crashes_after + faults.crashes_between +
          faults.crashes_unacknowledged,
      faults.aborts, faults.moves, faults.lost_disks, faults.redeliveries);
  return ReportDistributed(run, events, split.outputs().size(), arguments.Has("json"));
}

// The same on a model of Kafka, with what a broker does to its clients. A task that its own input
// does not give again is a fault of ours.
int SimulateKafka(SimulatedRun& run, const Arguments& arguments, const EventLines& lines,
                  std::optional<Instant> until) {
  const auto how = ReadDistribution(arguments, run.streams);
  if (!how) return kExitUsage;
  KafkaSimulationSettings settings;
  settings.broker.seed = how->seed;
  settings.partitions = how->partitions;
  settings.standbys = static_cast<uint32_t>(how->seed % 3);
  // In half of the seeds ticks are long: of many commits, between which tasks move.
  if (how->seed % 4 > 1) settings.task.batch_rows = 1 + how->seed % 7;
  KafkaSimulation kafka(settings, RealStages(), Only(run.book), run.book->version());
  const int64_t events = FeedAll(kafka, lines, until, [&] {
    if (how->reshape > 0) kafka.Reshape(how->reshape, run.book->Desks());
  });
  const std::vector<Output> outputs = kafka.Outputs();
  for (const Output& output : outputs) {
    run.files.Write(output);
    run.summary.Add(output);
  }
  const KafkaSimulationCounts met = kafka.counts();
  if (met.reshaped > 0)
    run.streams.err << fmt::format("reshaped into {} partitions, killed {} times in it\n",
                                   how->reshape, met.reshapes_killed);
  run.streams.err << fmt::format(
      "seed {}: {} commits, {} aborted, {} unknown, {} rebalances, {} lost disks; records out: {} "
      "messages, {} outputs, {} changelog\n",
      how->seed, met.logs.commits, met.logs.aborted, met.logs.unknown, met.logs.rebalances,
      met.lost_disks, met.produced.messages, met.produced.outputs, met.produced.changelog);
  const int exit_code = ReportDistributed(run, events, outputs.size(), arguments.Has("json"));
  const std::vector<TaskId> unlike = kafka.UnlikeTheirReplay();
  for (const TaskId& id : unlike) {
    run.streams.err << fmt::format("pointsman: {} {} is not what its input gives again\n",
                                   StageName(id.stage), id.partition);
  }
  return unlike.empty() ? exit_code : kExitFailed;
}

int SimulateEvents(SimulatedRun& run, const Arguments& arguments, std::optional<Instant> until) {
  const Result<std::string> text = ReadWholeFile(arguments.Text("events"));
  if (!text.has_value()) {
    return Complain(run.streams, kExitUnavailable, text.error(),
                    "--events names a file with one event a line, or - for standard input");
  }
  const Result<EventLines> lines = ReadEventLines(*text);
  if (!lines.has_value()) {
    return Complain(run.streams, kExitBadData, lines.error(),
                    "events are one JSON object a line, with \"time\":\"2026-03-02T09:00:00Z\"");
  }
  run.streams.err << NotesOn(*lines);
  if (arguments.Has("split")) return SimulateSplit(run, arguments, *lines, until);
  if (arguments.Has("kafka")) return SimulateKafka(run, arguments, *lines, until);
  DryRun simulation = run.Start();
  for (const EventLine& line : lines->events) simulation.SubmitAt(line.text, line.at);
  if (until.has_value()) simulation.RunUntil(*until);
  simulation.Flush();
  if (const auto closed = run.files.Close(simulation.meta().outputs); !closed.has_value()) {
    return Complain(run.streams, kExitUnavailable, closed.error());
  }
  run.Report(simulation, "events", simulation.events(), arguments.Has("json"));
  return kExitFine;
}

bool IsDistributed(const Arguments& arguments) {
  return arguments.Has("split") || arguments.Has("kafka");
}

// An option that would be passed over without a word; empty: none.
std::string_view IdleOption(const Arguments& arguments) {
  for (const std::string_view name : {"split", "kafka", "until"}) {
    if (arguments.Has("input") && arguments.Has(name)) return name;
  }
  if (arguments.Has("split") && arguments.Has("kafka")) return "kafka";
  if (arguments.Has("reshape") && !arguments.Has("kafka")) return "reshape";
  for (const std::string_view name : {"seed", "partitions"}) {
    if (!IsDistributed(arguments) && arguments.Has(name)) return name;
  }
  return {};
}

}  // namespace

int RunSimulate(const Arguments& arguments, Streams& streams) {
  if (arguments.Has("events") == arguments.Has("input")) {
    return Complain(streams, kExitUsage, {706, "give either --events or --input"});
  }
  if (const std::string_view idle = IdleOption(arguments); !idle.empty()) {
    return Complain(
        streams, kExitUsage, {706, fmt::format("--{} has no effect here", idle)},
        "--until and --split or --kafka go with --events, --seed and --partitions with one of "
        "these two");
  }
  if (std::filesystem::is_directory(arguments.Text("input")))
    return ReplayDirectory(arguments, streams);
  if (!arguments.Has("rules")) {
    return Complain(streams, kExitUsage, {706, "--rules is missing"},
                    "only a data directory as --input brings its own rules");
  }
  std::optional<Instant> until;
  if (arguments.Has("until")) {
    const Result<Instant> parsed = ParseInstant(arguments.Text("until"));
    if (!parsed.has_value()) {
      return Complain(streams, kExitUsage, {kNoInstant, "--until: " + parsed.error().text},
                      "for example 2026-03-02T09:00:00Z");
    }
    until = *parsed;
  }
  int exit_code = kExitFine;
  SimulatedRun run{streams, LoadRules(arguments.Text("rules"), streams, &exit_code), {}, {}};
  if (run.book == nullptr) return exit_code;
  if (const auto opened = run.files.Open(arguments.Text("out"), !IsDistributed(arguments));
      !opened.has_value()) {
    return Complain(streams, kExitUnavailable, opened.error());
  }
  return arguments.Has("input") ? ReplayInput(run, arguments)
                                : SimulateEvents(run, arguments, until);
}

}  // namespace pm
