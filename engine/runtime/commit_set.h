// What a task has done since its last commit. All of it takes hold together or not at all.
#pragma once
#include <compare>
#include <string>
#include <vector>

#include "engine/runtime/digest.h"
#include "engine/runtime/store.h"
#include "model/messages/message.h"
#include "model/outputs/output.h"

namespace pm {

// A task is one stage on one partition; the embedded engine is one task of all stages, named
// (intake, 0).
struct TaskId {
  Stage stage = Stage::kIntake;
  uint32_t partition = 0;
  auto operator<=>(const TaskId&) const = default;
};

// How far an upstream partition's ticks have come.
struct UpstreamTick {
  uint32_t from = 0;
  Instant until;
  bool operator==(const UpstreamTick&) const = default;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "from", &UpstreamTick::from, "Upstream partition.");
    v.Field(2, "until", &UpstreamTick::until, "Its last tick.");
  }
};

// How many rows of one kind wait for their due. Parked rows wait for nothing.
struct PendingDues {
  uint8_t prefix = 0;  // the kind's letter
  int64_t rows = 0;
  bool operator==(const PendingDues&) const = default;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "prefix", &PendingDues::prefix, "Letter of the rows' kind.");
    v.Field(2, "rows", &PendingDues::rows, "How many have a due.");
  }
};

// A due that was set, while a tick fires, to a time the tick had already passed: it fires again in
// the same tick.
struct EchoDue {
  DueKey key;
  uint32_t depth = 0;   // 1: set by a due of its own time; 2: set by one of depth 1; ...
  uint32_t number = 0;  // from 1, over the tick: the same due may fire several times
  bool operator==(const EchoDue&) const = default;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "key", &EchoDue::key, "Entry of the due index.");
    v.Field(2, "depth", &EchoDue::depth, "Length of the chain of such dues.");
    v.Field(3, "number", &EchoDue::number, "Number in the tick.");
  }
};

struct TaskMeta {
  int64_t position = -1;  // of the last record that was applied as a whole
  Instant at;             // the greatest record time so far
  Instant tick;           // every due before it has fired
  std::vector<UpstreamTick> upstream;
  ContentHash rules;
  EventId outputs;  // chain: hash of (chain before, topic, key, JSON) for each output
  Digest digest;    // over all rows
  std::vector<PendingDues> pending;  // by prefix
  // Of a tick that is not through yet, empty otherwise: the greatest due that it fired, and what is
  // to fire again.
  std::optional<DueKey> fired_to;
  std::vector<EchoDue> echoes;
  uint32_t echo_count = 0;  // so far
  int64_t PendingOf(char prefix) const;
  bool operator==(const TaskMeta&) const = default;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "position", &TaskMeta::position, "Last input position applied.");
    v.Field(2, "at", &TaskMeta::at, "Greatest record time so far.");
    v.Field(3, "tick", &TaskMeta::tick, "Dues before it have fired.");
    v.Field(4, "upstream", &TaskMeta::upstream, "Ticks of upstream partitions.");
    v.Field(5, "rules", &TaskMeta::rules, "Rules in force.");
    v.Field(6, "outputs", &TaskMeta::outputs, "Hash chain over all outputs.");
    v.Field(7, "digest", &TaskMeta::digest, "Digest over all rows.");
    v.Field(8, "pending", &TaskMeta::pending, "Rows with a due, by kind.");
    v.Field(9, "fired_to", &TaskMeta::fired_to, "How far a tick has fired.");
    v.Field(10, "echoes", &TaskMeta::echoes, "What it is to fire again.");
    v.Field(11, "echo_count", &TaskMeta::echo_count, "How many such there were in the tick.");
  }
};
inline constexpr char kTaskMetaName[] = "task";  // in the store's meta
TaskMeta ReadTaskMeta(const StoreView& store);   // of a new task when there is none

// A record for another task's input: for the partition of `key`, or for every partition.
struct Send {
  Stage to = Stage::kIntake;
  bool to_all = false;
  std::string key;
  std::string record;
};
struct SealedOutput {
  Output output;
  Instant at;  // record time, for trimming
};

struct CommitSet {
  TaskId task;
  std::vector<RowWrite> rows;
  std::vector<DueChange> dues;
  TaskMeta meta;
  std::vector<Send> sends;
  std::vector<SealedOutput> outputs;

  // The part that a changelog keeps: what it takes to build the store anew.
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "rows", &CommitSet::rows, "Rows written.");
    v.Field(2, "dues", &CommitSet::dues, "Changes of the due index.");
    v.Field(3, "meta", &CommitSet::meta, "Meta of the task.");
  }
};
// Writes the state part of a commit to a store.
Result<void> WriteState(Store& store, const CommitSet& set);

// An output as a topic keeps it.
std::string EncodeOutput(const Output& output);
bool DecodeOutput(std::string_view bytes, Output* output);
EventId ChainOutput(EventId chain, const Output& output);

}  // namespace pm
