// The embedded engine: all stages in one thread over one store, no broker. Everything but Start,
// RunUntilIdle and Stop is safe from any thread.
#pragma once
#include <thread>

#include "engine/runtime/embedded_log.h"

namespace pm {

class Embedded {
 public:
  // Store, clock and what the functions hold outlive the engine. `rules` is also called from
  // Publish's thread. `initial` comes into force by a first record when the store is new (or holds
  // no rules); `document` is kept with it.
  Embedded(Store& store, EmbeddedSettings settings, StageTable stages, RuleProvider rules,
           const Clock& clock, ContentHash initial, std::string_view document = {});
  ~Embedded();  // stops
  Embedded(const Embedded&) = delete;
  Embedded& operator=(const Embedded&) = delete;

  void Start();  // the engine's thread; a storage error ends the process (StorageFailed)
  void Stop();   // takes nothing any more, commits what it took, joins; callbacks have been called
  // Instead of Start, for tests: does all that is queued and the tick that is due, here.
  void RunUntilIdle();

  // `done` is called once all of it is durable and has had its whole effect. Errors at once, with
  // nothing taken: PM0506 overloaded, PM0507 stopped, PM0510 too large.
  Result<void> Submit(std::vector<Submission> submissions, SubmitCallback done);
  // Puts compiled rules in force behind what is queued, and keeps their document, most of which is
  // written by this call itself, so that the commit with the switch takes no longer than others.
  // PM0509 when the provider does not know them. The history keeps the note.
  Result<void> Publish(ContentHash rules, std::string_view document, SubmitCallback done,
                       SwitchNote note = {});
  // Lets the timers of parked rows (whole keys) be tried again, behind what is queued; rows that
  // are not parked by then are left alone. Errors as those of Submit.
  Result<void> Retry(std::vector<std::string> rows, SubmitCallback done);

  // Durable entries behind `after` (-1: from the start), for DecodeOutput; kInputTopic holds
  // records. PM0505 when some of them were trimmed.
  Result<std::vector<LogEntry>> ReadTopic(uint8_t topic, int64_t after, size_t limit,
                                          size_t limit_bytes = size_t{1} << 20) const;
  // The first offset that is not durable yet.
  int64_t TopicEnd(Topic topic) const;
  // See TopicWaiters: `wake` runs on the engine's thread or within this call.
  uint64_t WaitTopic(Topic topic, int64_t after, Instant deadline, TopicWaiters::Callback wake);
  bool CancelWait(uint64_t number);
  // Rows as of the last commit. Short-lived: it holds back the store's clean-up.
  std::unique_ptr<StoreView> View() const { return store_.Snapshot(); }

  struct Status {
    TaskMeta meta;  // PendingOf(SlaRun::kPrefix): leads whose SLA has something yet to come
    TaskCounters counters;
    CommitTotals commits;
    size_t parked = 0;
    size_t queued = 0;
  };
  Status status() const;  // as of the last commit

 private:
  void Run(bool wait);
  void NoteStatus();  // at each commit

  Store& store_;
  const EmbeddedSettings settings_;
  const RuleProvider rules_;
  SubmitQueue queue_;
  TopicWaiters waiters_;
  EmbeddedLog log_;
  Tasks tasks_;
  mutable std::mutex status_mutex_;
  Status status_;
  std::thread thread_;
};

}  // namespace pm
