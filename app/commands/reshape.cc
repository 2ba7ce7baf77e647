// `pointsman reshape`: moves the state of an engine or of workers that have stopped to another
// layout: other partitions, from one machine to a Kafka, or back.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <ostream>
#include <set>
#include <thread>

#include "app/commands/commands.h"
#include "app/commands/reach_broker.h"
#include "app/commands/scratch_folder.h"
#include "app/server/config.h"
#include "app/server/rule_library.h"
#include "base/text/json_writer.h"
#include "engine/runtime/embedded_state.h"
#include "engine/runtime/kafka/reshape/kafka_target.h"
#include "engine/runtime/kafka/state/rocks_stores.h"
#include "engine/runtime/kafka/topics/topic_check.h"

namespace pm {
namespace {

constexpr int kOtherCluster = 756;
constexpr size_t kBooks = 8;

std::string NameOf(const Config& config) {
  return config.kafka ? "Kafka, prefix " + config.kafka->prefix : "directory " + config.data;
}

KafkaPlace PlaceOf(const KafkaConfig& kafka) {
  return {.names = {kafka.prefix},
          .partitions = static_cast<uint32_t>(kafka.partitions),
          .rows = RealStateRows()};
}

void Wait(Duration time) { std::this_thread::sleep_for(std::chrono::milliseconds(time.ms)); }

// One side of the move, with all that it stands on.
struct Side {
  std::optional<KafkaClients> clients;
  std::vector<TopicPartition> inputs;         // of the users
  std::unique_ptr<RocksStore> store;          // of an engine
  std::unique_ptr<RocksStores> first, other;  // scratch
};

Result<Side> OpenKafka(const Config& config, const std::string& scratch) {
  Side side;
  PM_TRY_VOID(ReachABroker(config.kafka->brokers));
  side.clients = ClientsOf(*config.kafka);
  PM_TRY(const auto admin, side.clients->admin());
  PM_TRY(side.inputs, FindInputs(*admin, TopicNeedsOf(config)));
  const auto stores = [&](const char* name) {
    return std::make_unique<RocksStores>(
        RocksStoresSettings{.directory = fmt::format("{}/{}", scratch, name), .say = {}});
  };
  side.first = stores("first");
  side.other = stores("other");
  return side;
}

// The offsets of the inputs mean nothing elsewhere.
Result<void> CheckCluster(const Config& from, const Config& to) {
  if (!from.kafka || !to.kafka) return {};
  const auto is_known = [&](const std::string& broker) {
    return std::ranges::find(from.kafka->brokers, broker) != from.kafka->brokers.end();
  };
  if (std::ranges::any_of(to.kafka->brokers, is_known)) return {};
  return Fail(kOtherCluster, "the two configurations have no broker in common");
}

std::string_view Did(MoveStep step) {
  switch (step) {
    case MoveStep::kRead:
      return "read what there is";
    case MoveStep::kBegun:
      return "marked where it goes as half made";
    case MoveStep::kDivided:
      return "divided it";
    case MoveStep::kWritten:
      return "wrote it";
    case MoveStep::kReadBack:
      return "read it back";
    case MoveStep::kLeft:
      return "marked where it was as left";
    case MoveStep::kFinished:
      return "done";
  }
  return "";
}

class Reshaping {
 public:
  Reshaping(Config from, Config to, Streams& streams)
      : from_(std::move(from)), to_(std::move(to)), streams_(streams) {}

  Result<void> Open() {
    PM_TRY_VOID(CheckCluster(from_, to_));
    const std::string folder = ReshapeFolder(to_.data);
    std::error_code ignored;
    one_was_killed_ = std::filesystem::exists(folder, ignored);
    PM_TRY(scratch_, ScratchFolder::Take(folder));
    if (from_.kafka) {
      PM_TRY(left_, OpenKafka(from_, scratch_->path() + "/from"));
    } else {
      PM_TRY(left_.store, RocksStore::Open({.directory = from_.data, .create = false}));
    }
    if (to_.kafka) {
      PM_TRY(right_, OpenKafka(to_, scratch_->path() + "/to"));
    }
    MakeSource();
    MakeTarget();
    return {};
  }

  Result<MoveReport> Move() {
    return MoveState(*source_, *target_,
                     {[this](const StateRules& rules) { return Desks(rules); },
                      [this](MoveStep step) { return Say(step); }});
  }
  Result<bool> Cancel() { return CancelMove(*source_, *target_); }
  // What one that was killed left behind and this one removes; empty: nothing.
  std::string left_behind() const { return one_was_killed_ ? scratch_->path() : std::string(); }
  size_t topics_made() const { return kafka_target_ == nullptr ? 0 : kafka_target_->made().size(); }

 private:
  Result<void> Say(MoveStep step) {
    streams_.err << fmt::format("{} after {} ms\n", Did(step), (clock_.Now() - began_).ms)
                 << std::flush;
    return {};
  }
  const StoreView& documents() const {
    return left_.store == nullptr ? static_cast<const StoreView&>(documents_) : *left_.store;
  }

  std::shared_ptr<const RuleBook> Find(ContentHash rules) {
    if (auto book = library_.Find(rules)) return book;
    if (const auto restored = library_.Restore(documents(), rules); !restored)
      streams_.err << restored.error().text << "\n";
    return library_.Find(rules);
  }

  // Of all rules that were in force: rows of a desk may outlive its rules.
  Result<std::vector<std::string>> Desks(const StateRules& rules) {
    std::set<std::string> desks;
    for (const auto& [hash, document] : rules.documents) {
      const auto book = CompileStored(documents(), hash, nullptr);
      if (!book && hash == rules.in_force) return std::unexpected(book.error());
      if (!book) continue;
      const std::vector<std::string> of_book = (*book)->Desks();
      desks.insert(of_book.begin(), of_book.end());
    }
    if (!rules.documents.contains(rules.in_force))
      return Fail(kCannotReshape, fmt::format("the sources of the rules in force, {}, are not kept",
                                              ToText(rules.in_force)));
    return std::vector<std::string>(desks.begin(), desks.end());
  }

  void MakeSource() {
    const RuleProvider rules = [this](ContentHash hash) { return Find(hash); };
    TaskSettings task;
    task.late = from_.time.late;
    if (!from_.kafka) {
      source_ =
          std::make_unique<EmbeddedSource>(*left_.store, NameOf(from_), task, RealStages(), rules);
      return;
    }
    KafkaSourceSettings settings;
    settings.name = NameOf(from_);
    settings.place = PlaceOf(*from_.kafka);
    settings.session = from_.kafka->session;
    settings.drain.task = task;
    settings.drain.say = [this](std::string_view line) { streams_.err << line << "\n"; };
    std::ranges::set_difference(left_.inputs, right_.inputs,
                                std::back_inserter(settings.must_be_read));
    source_ =
        std::make_unique<KafkaSource>(*left_.clients, std::move(settings), *left_.first,
                                      *left_.other, documents_, RealStages(), rules, clock_, Wait);
  }

  void MakeTarget() {
    if (!to_.kafka) {
      target_ = std::make_unique<EmbeddedTarget>(to_.data, scratch_->path(), NameOf(to_));
      return;
    }
    KafkaTargetSettings settings;
    settings.name = NameOf(to_);
    settings.topics = TopicNeedsOf(to_);
    settings.place = PlaceOf(*to_.kafka);
    settings.session = to_.kafka->session;
    settings.inputs = right_.inputs;
    if (from_.kafka) settings.offsets_of = PlaceOf(*from_.kafka).intake_group();
    auto target = std::make_unique<KafkaTarget>(*right_.clients, std::move(settings), *right_.first,
                                                *right_.other, Wait);
    kafka_target_ = target.get();
    target_ = std::move(target);
  }

  const Config from_, to_;
  Streams& streams_;
  const SystemClock clock_;
  const Instant began_ = clock_.Now();
  RuleLibrary library_{kBooks};
  MemoryStore documents_;
  std::unique_ptr<ScratchFolder> scratch_;  // what follows stands in it
  bool one_was_killed_ = false;
  Side left_, right_;
  std::unique_ptr<StateSource> source_;
  std::unique_ptr<StateTarget> target_;
  const KafkaTarget* kafka_target_ = nullptr;  // the same, if it is one
};

int ExitOf(const Error& error) {
  switch (error.code) {
    case kStillAtWork:
    case kStoreLocked:
    case kStorageError:
    case kNoDataDirectory:
    case kKafkaRetry:
    case kKafkaAborted:
    case kKafkaUnknown:
    case kKafkaFenced:
    case kKafkaFatal:
      return kExitUnavailable;
    case kCannotReshape:
      return kExitFailed;
    case kDigestMismatch:
    case kStoreDamaged:
      return kExitBadData;
    default:
      return kExitConfig;
  }
}

std::string_view NextStep(const Error& error) {
  switch (error.code) {
    case kStillAtWork:
      return "Let another reshape come to its end; stop all workers of both sides, `pointsman "
             "workers` shows who is there.";
    case kStoreLocked:
      return "Stop the engine that has the directory open.";
    case kKafkaRetry:
      return "Is a broker at the addresses of `kafka: brokers`? What was begun can be begun again.";
    case kNotEmpty:
      return "Name a `prefix` or a `data` directory that never held a state.";
    case kStateGone:
    case kHalfMade:
      return "`--cancel` gives up a reshape that has not come to its end.";
    default:
      return {};
  }
}

void PrintText(const MoveReport& report, const Config& from, const Config& to, size_t topics,
               Duration took, std::ostream& out) {
  constexpr int64_t kSecond = 1000;
  out << fmt::format("from      {}\nto        {}\n", NameOf(from), NameOf(to));
  for (const auto& [stage, one] : report.counts.stages)
    out << fmt::format("{:<9} {} rows, digest {:016x}{:016x}, the same read back\n",
                       StageName(stage), one.rows, one.digest.hi, one.digest.lo);
  out << fmt::format("timers    {}\nwritten   {} rows\ntopics    {} made\ntook      {}.{:03} s\n",
                     report.counts.dues, report.counts.written, topics, took.ms / kSecond,
                     took.ms % kSecond);
}

void PrintJson(const MoveReport& report, const Config& from, const Config& to, size_t topics,
               Duration took, std::ostream& out) {
  std::string text;
  JsonWriter json(&text);
  json.BeginObject();
  json.Field("from", NameOf(from));
  json.Field("to", NameOf(to));
  json.Field("was_done", report.was_done);
  json.Key("stages");
  json.BeginObject();
  for (const auto& [stage, one] : report.counts.stages) {
    json.Key(StageName(stage));
    json.BeginObject();
    json.Field("rows", one.rows);
    json.Field("digest", fmt::format("{:016x}{:016x}", one.digest.hi, one.digest.lo));
    json.EndObject();
  }
  json.EndObject();
  json.Field("timers", report.counts.dues);
  json.Field("written", report.counts.written);
  json.Field("topics_made", static_cast<int64_t>(topics));
  json.Field("took_ms", took.ms);
  json.EndObject();
  out << text << "\n";
}

std::string OfCancel(bool done, const Config& from, const Config& to,
                     const std::string& left_behind) {
  if (done) return fmt::format("{} may work with its state again", NameOf(from));
  if (left_behind.empty())
    return fmt::format(
        "there is nothing to cancel: no reshape from {} to {} has begun; nothing was changed",
        NameOf(from), NameOf(to));
  return fmt::format("no reshape had taken the state of {} yet; what one left in {} is removed",
                     NameOf(from), left_behind);
}

int Refuse(Streams& streams, const Error& error) {
  return Complain(streams, ExitOf(error), error, NextStep(error));
}

}  // namespace

int RunReshape(const Arguments& arguments, Streams& streams) {
  Result<Config> from = ReadConfig(arguments.Text("from"));
  Result<Config> to = ReadConfig(arguments.Text("to"));
  for (const Result<Config>* one : {&from, &to}) {
    if (!one->has_value()) return Complain(streams, kExitConfig, one->error());
  }
  const SystemClock clock;
  const Instant began = clock.Now();
  Reshaping reshaping(*from, *to, streams);
  if (const auto opened = reshaping.Open(); !opened) return Refuse(streams, opened.error());
  if (arguments.Has("cancel")) {
    const Result<bool> done = reshaping.Cancel();
    if (!done) return Refuse(streams, done.error());
    streams.out << OfCancel(*done, *from, *to, reshaping.left_behind()) << "\n";
    return kExitFine;
  }
  const Result<MoveReport> moved = reshaping.Move();
  if (!moved) return Refuse(streams, moved.error());
  const auto print = arguments.Has("json") ? PrintJson : PrintText;
  if (moved->was_done && !arguments.Has("json")) {
    streams.out << fmt::format("{} has the state of {} already\n", NameOf(*to), NameOf(*from));
    return kExitFine;
  }
  print(*moved, *from, *to, reshaping.topics_made(), clock.Now() - began, streams.out);
  return kExitFine;
}

}  // namespace pm
