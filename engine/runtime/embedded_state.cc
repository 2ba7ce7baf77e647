#include "engine/runtime/embedded_state.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "engine/runtime/embedded.h"
#include "engine/runtime/rules_document.h"

namespace pm {

namespace {

Result<void> Synced(const std::string& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (synced) return {};
  return Fail(kStorageError, fmt::format("cannot make {} durable", folder));
}

// Where the input and the topics of the new engine begin: at 1, since what came before it is not
// here. Ids of events come from the number of the event and its bytes; numbers that no engine has
// reached by then keep them apart from those of an engine that had the state once.
EmbeddedMeta FirstMeta(const TaskMeta& task) {
  constexpr int64_t kMostAMillisecond = 1000;
  EmbeddedMeta meta;
  meta.inputs = 1;
  meta.ordinal = task.at.ms * kMostAMillisecond;
  return meta;
}

}  // namespace

std::string ReshapeFolder(const std::string& directory) { return directory + ".reshape"; }

Result<std::unique_ptr<RocksStore>> OpenToWork(const std::string& directory) {
  const std::string reshape = ReshapeFolder(directory);
  std::error_code ignored;
  const bool is_coming = std::filesystem::exists(reshape, ignored);
  auto store = RocksStore::Open({.directory = directory, .create = !is_coming});
  if (store || store.error().code != kNoDataDirectory) return store;
  return Fail(kHalfMade, fmt::format("there is no state in {} yet, but {}: a reshape is to bring "
                                     "it, and has not come to its end",
                                     directory, reshape));
}

EmbeddedSource::EmbeddedSource(Store& store, std::string name, TaskSettings task, StageTable stages,
                               RuleProvider rules)
    : store_(store),
      name_(std::move(name)),
      task_(std::move(task)),
      stages_(std::move(stages)),
      rules_(std::move(rules)) {}

// A tick that was cut off comes to its end, in its own time.
Result<StillState> EmbeddedSource::Read() {
  const TaskMeta meta = ReadTaskMeta(store_);
  if (!meta.rules) return Fail(kCannotReshape, "there is no state: no rules came into force");
  if (ReadEmbeddedMeta(store_).inputs - 1 > meta.position) {
    if (rules_(meta.rules) == nullptr)
      return Fail(kUnknownRules, fmt::format("rules {} cannot be compiled", ToText(meta.rules)));
    EmbeddedSettings settings;
    settings.task = task_;
    settings.trim_every = Days(10'000);
    const ManualClock clock(meta.at);
    Embedded engine(store_, settings, stages_, rules_, clock, meta.rules);
    engine.RunUntilIdle();
  }
  return StillState{{&store_}, ReadStateRules(store_)};
}

Result<void> EmbeddedSource::Mark(const std::string& to) {
  Generation now = ReadGeneration(store_);
  now.gone_to = to;
  const MetaWrite write{kGenerationName, Encoded(now)};
  return store_.WriteAhead({&write, 1});
}

EmbeddedTarget::EmbeddedTarget(std::string directory, std::string scratch, std::string name)
    : directory_(std::move(directory)), scratch_(std::move(scratch)), name_(std::move(name)) {}

EmbeddedTarget::~EmbeddedTarget() = default;

// What is half made lies in the scratch folder, and is begun anew.
Result<Generation> EmbeddedTarget::Look(const std::string& from) {
  std::error_code ignored;
  if (!std::filesystem::exists(directory_, ignored) ||
      std::filesystem::is_empty(directory_, ignored))
    return Generation{};
  const auto there = RocksStore::Open({.directory = directory_, .create = false});
  if (there) {
    const Generation generation = ReadGeneration(**there);
    if (generation.came_from == from) return generation;
  } else if (there.error().code != kNoDataDirectory) {
    return std::unexpected(there.error());
  }
  return Fail(kNotEmpty, fmt::format("{} is not empty", directory_));
}

Result<void> EmbeddedTarget::Begin(const std::string& from) {
  from_ = from;
  std::error_code error;
  std::filesystem::remove_all(made(), error);
  std::filesystem::create_directories(scratch_, error);
  if (error)
    return Fail(kStorageError, fmt::format("cannot make {}: {}", scratch_, error.message()));
  return OpenStore(true);
}

Result<void> EmbeddedTarget::OpenStore(bool create) {
  PM_TRY(store_, RocksStore::Open({.directory = made(), .create = create}));
  return {};
}

Result<Store*> EmbeddedTarget::Open(TaskId) { return store_.get(); }

Result<void> EmbeddedTarget::Write(const StateRules& rules) {
  TaskMeta task = ReadTaskMeta(*store_);
  const EmbeddedMeta embedded = FirstMeta(task);
  task.position = embedded.inputs - 1;
  RulesHistory history = rules.history;
  EndHistory(task, &history);
  std::vector<MetaWrite> meta = {{kTaskMetaName, Encoded(task)},
                                 {kEmbeddedMetaName, Encoded(embedded)},
                                 {kRulesHistoryName, Encoded(history)},
                                 {kGenerationName, Encoded(Generation{.came_from = from_})}};
  for (const auto& [hash, document] : rules.documents)
    meta.push_back(RulesDocumentWrite(hash, WriteRulesPieces(*store_, document)));
  PM_TRY_VOID(store_->Commit({{}, {}, {}, meta}));
  return store_->TrimLog(kInputTopic, embedded.inputs);
}

Result<std::map<TaskId, const StoreView*>> EmbeddedTarget::ReadBack() {
  store_.reset();
  PM_TRY_VOID(OpenStore(false));
  return std::map<TaskId, const StoreView*>{{{Stage::kIntake, 0}, store_.get()}};
}

Result<void> EmbeddedTarget::MayFinish() {
  PM_TRY_VOID(Look(from_));
  return {};
}

Result<void> EmbeddedTarget::Finish() {
  store_.reset();
  std::error_code error;
  std::filesystem::remove(directory_, error);  // empty, or not there
  if (!error) std::filesystem::rename(made(), directory_, error);
  if (error)
    return Fail(kStorageError, fmt::format("cannot give {} its name: {}; {}", directory_,
                                           error.message(), kHowToGoOn));
  PM_TRY_VOID(Synced(std::filesystem::path(directory_).parent_path()));
  return Synced(directory_);
}

}  // namespace pm
