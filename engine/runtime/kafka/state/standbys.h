// Warm copies of the tasks that would come to this worker if others died: it follows their
// changelogs into its local stores, so that a take-over reads the tail alone. A part of the work at
// a time, between that of its own tasks. One thread.
#pragma once
#include <algorithm>
#include <set>

#include "engine/runtime/kafka/state/take_over.h"

namespace pm {

// Partitions that `range` would give, besides its own, to a member that has `own` if up to `deaths`
// other members died. Members are in the order of their zero-padded instance ids, so its own share
// says where in that order it stands; of orders that give the same share all are thought of.
std::set<uint32_t> PartitionsAfterDeaths(const std::set<uint32_t>& own, uint32_t partitions,
                                         uint32_t deaths);

struct Standby {
  TopicPartition changelog;
  Store* store = nullptr;  // null: not begun
  std::unique_ptr<Restore> restore;
  int64_t next = 0;      // offset of the changelog that is read next
  int64_t high = 0;      // offset behind the changelog's last record, as of the last second
  bool wiped = false;    // it was of no use and was begun anew
  std::string given_up;  // why it is not followed
  // Records still to be read; nullopt: nobody knows yet.
  std::optional<int64_t> lag() const {
    return store == nullptr ? std::nullopt : std::optional(std::max<int64_t>(0, high - next));
  }
};

// Under this name a worker's reader notes how far it followed which changelogs.
std::string StandbyGroup(const std::string& prefix, const std::string& instance);

class Standbys {
 public:
  Standbys(KafkaClient& client, KafkaReader& reader, LocalStores& stores,
           const TakeOverSettings& settings, const StateRows& rows, const Clock& clock)
      : client_(client),
        reader_(reader),
        stores_(stores),
        settings_(settings),
        rows_(rows),
        clock_(clock),
        pace_(client, clock) {}

  // Follows exactly these; what is not among them is let go, its copy up to where it was read. A
  // task must not be taken over before it is let go. Errors end the worker, here and below.
  Result<void> Follow(const std::set<TaskId>& tasks);
  // Begins with one, or reads at most so many records once all are begun.
  Result<void> Advance(size_t most);
  const std::map<TaskId, Standby>& all() const { return all_; }
  bool has_more() const { return has_more_; }  // the next Advance has something to do

 private:
  Result<void> Begin(TaskId task, Standby& one);
  Result<void> Wipe(TaskId task, Standby& one, const Error& error);
  void LetGo(const Standby& one);
  Result<void> AssignReader();
  Result<void> Read(size_t most);
  Result<void> Measure();
  void Say(TaskId task, std::string_view what) const;

  KafkaClient& client_;
  KafkaReader& reader_;
  LocalStores& stores_;
  const TakeOverSettings& settings_;
  const StateRows& rows_;
  const Clock& clock_;
  AskingPace pace_;  // of tasks
  std::map<TaskId, Standby> all_;
  std::map<TopicPartition, TaskId> read_;  // what the reader is assigned
  bool reads_too_much_ = false;            // the reader has partitions that are let go
  std::vector<PartitionOffset> noted_;
  int64_t measure_next_us_ = INT64_MIN, note_next_us_ = INT64_MIN;
  bool has_more_ = false;
};

}  // namespace pm
