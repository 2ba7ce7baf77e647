#include "app/commands/replay_directory.h"

#include <fmt/format.h>

#include <ostream>

#include "app/commands/load_rules.h"
#include "app/server/rule_library.h"
#include "app/simulate/summary.h"
#include "app/simulate/topic_files.h"
#include "engine/runtime/replay.h"
#include "engine/runtime/rocks/rocks_store.h"

namespace pm {
namespace {

constexpr int kOtherRules = 707;
constexpr size_t kMostShown = 2000;  // of an output's JSON

// The rules as they came into force: each pinned to what was in force before it, as it was live.
class RecordedRules {
 public:
  RecordedRules(const StoreView& store, Streams& streams) : store_(store), streams_(streams) {}

  std::shared_ptr<const RuleBook> Find(ContentHash hash) {
    if (hash == in_force_) return book_;
    const auto compiled = CompileStored(store_, hash, book_.get());
    if (!compiled.has_value()) {
      streams_.err << compiled.error().text << "\n";
      return nullptr;
    }
    if ((*compiled)->version() != hash) {
      streams_.err << fmt::format(
          "rules {} are {} here: recorded under another time zone database or release\n",
          ToText(hash), ToText((*compiled)->version()));
    }
    in_force_ = hash;
    return book_ = *compiled;
  }

 private:
  const StoreView& store_;
  Streams& streams_;
  ContentHash in_force_;
  std::shared_ptr<const RuleBook> book_;
};

Result<std::unique_ptr<RocksStore>> OpenDirectory(const std::string& directory) {
  RocksSettings settings;
  settings.directory = directory;
  settings.create = false;
  return RocksStore::Open(settings);
}

int RefuseDirectory(Streams& streams, const Error& error) {
  if (error.code == kStoreLocked) {
    return Complain(streams, kExitUnavailable, error,
                    "stop the engine first, or replay a copy of the directory");
  }
  const bool absent = error.code == kNoDataDirectory || error.code == kStorageError;
  return Complain(streams, absent ? kExitUnavailable : kExitBadData, error);
}

Result<bool> CameIntoForce(const StoreView& store, ContentHash rules) {
  bool found = false;
  PM_TRY_VOID(VisitInput(store, [&](const Record& record) -> Result<void> {
    const std::optional<RecordBody> body = DecodeRecord(record.bytes);
    const auto* to = body ? std::get_if<SwitchRecord>(&*body) : nullptr;
    found |= to != nullptr && to->rules == rules;
    return {};
  }));
  return found;
}

// 0 when --rules is not given, or was in force at some time.
int CheckRules(const Arguments& arguments, Streams& streams, const StoreView& store) {
  if (!arguments.Has("rules")) return kExitFine;
  int exit_code = kExitFine;
  const auto book = LoadRules(arguments.Text("rules"), streams, &exit_code);
  if (book == nullptr) return exit_code;
  const Result<bool> known = CameIntoForce(store, book->version());
  if (!known.has_value()) return Complain(streams, kExitBadData, known.error());
  if (*known) return kExitFine;
  return Complain(
      streams, kExitConfig,
      {kOtherRules, fmt::format("the input was recorded under rules {}, the folder "
                                "holds {}",
                                ToText(ReadTaskMeta(store).rules), ToText(book->version()))},
      "leave --rules away: the directory holds the rules it was recorded under");
}

std::string DigestText(Digest digest) {
  return fmt::format("{:016x}{:016x}", digest.hi, digest.lo);
}

void ReportText(const ReplayResult& result, const Summary& summary, std::ostream& out) {
  out << fmt::format("records read  {}\ntimers fired  {}\noutputs       {}\n", result.records,
                     result.counters.fired, result.counters.outputs)
      << summary.Text()
      << fmt::format("output chain  recorded {}, replayed {}\n", ToText(result.recorded.outputs),
                     ToText(result.replayed.outputs))
      << fmt::format("row digest    recorded {}, replayed {}\n", DigestText(result.recorded.digest),
                     DigestText(result.replayed.digest));
}

void ReportJson(const ReplayResult& result, const Summary& summary, std::ostream& out) {
  out << fmt::format(
      R"({{"records":{},"timers":{},"outputs":{},"same":{},"rules_version":"{}",)"
      R"("recorded":{{"chain":"{}","digest":"{}"}},"replayed":{{"chain":"{}","digest":"{}"}},)",
      result.records, result.counters.fired, result.counters.outputs, result.Same(),
      ToText(result.recorded.rules), ToText(result.recorded.outputs),
      DigestText(result.recorded.digest), ToText(result.replayed.outputs),
      DigestText(result.replayed.digest));
  if (result.first) {
    out << fmt::format(R"("first_difference":{{"topic":"{}","offset":{}}},)",
                       TopicName(result.first->topic), result.first->offset);
  }
  out << fmt::format(R"("summary":{}}})", summary.Json()) << "\n";
}

std::string OrNothing(const std::string& json) {
  return json.empty() ? "nothing" : json.substr(0, kMostShown);
}

void TellDifference(const ReplayResult& result, std::ostream& err) {
  const bool outputs = result.recorded.outputs != result.replayed.outputs;
  err << fmt::format(
      "pointsman: the replay is not the same: recorded {} {}, replayed {}\n",
      outputs ? "output chain" : "row digest",
      outputs ? ToText(result.recorded.outputs) : DigestText(result.recorded.digest),
      outputs ? ToText(result.replayed.outputs) : DigestText(result.replayed.digest));
  if (!result.first) {
    err << (outputs ? "the first output that differs is not known: it was trimmed\n"
                    : "all outputs are the same\n");
    return;
  }
  err << fmt::format("first in topic {} at offset {}\n  recorded {}\n  replayed {}\n",
                     TopicName(result.first->topic), result.first->offset,
                     OrNothing(result.first->recorded), OrNothing(result.first->replayed));
}

}  // namespace

int ReplayDirectory(const Arguments& arguments, Streams& streams) {
  const auto store = OpenDirectory(arguments.Text("input"));
  if (!store.has_value()) return RefuseDirectory(streams, store.error());
  if (const int refused = CheckRules(arguments, streams, **store); refused != kExitFine)
    return refused;
  TopicFiles files;
  if (const auto opened = files.Open(arguments.Text("out")); !opened.has_value())
    return Complain(streams, kExitUnavailable, opened.error());
  Summary summary;
  RecordedRules rules(**store, streams);
  const Result<ReplayResult> result =
      Replay(**store, RealStages(), [&](ContentHash hash) { return rules.Find(hash); },
             {[&](const Output& o) { files.Write(o), summary.Add(o); },
              [&](const Record& r) { files.Write(r); }});
  if (!result.has_value()) return Complain(streams, kExitBadData, result.error());
  if (const auto closed = files.Close(result->replayed.outputs); !closed.has_value())
    return Complain(streams, kExitUnavailable, closed.error());
  (arguments.Has("json") ? ReportJson : ReportText)(*result, summary, streams.out);
  if (result->Same()) return kExitFine;
  TellDifference(*result, streams.err);
  return kExitFailed;
}

}  // namespace pm
