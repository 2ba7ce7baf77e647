// The clock task: notes the time and how far the users' topics reach, and once intake has committed
// up to there sends tick{then} to identity, behind everything that came before it. While nothing is
// due, as the tasks' last commits say, it sends one seldom. A tick that is forced comes with an
// alert, in its transaction. Two clocks at once do no harm. One thread.
#pragma once
#include <map>

#include "engine/runtime/kafka/logs/transaction.h"
#include "rules/book.h"

namespace pm {

struct TickSettings {
  std::string group = "pointsman.intake";
  std::string tasks = "pointsman";  // the group of those whose timers wait for ticks
  Duration tick = Seconds(1);       // also: how often what is due is looked up
  // Between ticks while nothing is due, and between two signs of life while one is held back; below
  // a minute.
  Duration rest = Seconds(30);
  // Intake has committed nothing towards the marks for so long: the tick is forced on all stages.
  Duration max_hold = Minutes(10);
};

class TickClock {
 public:
  TickClock(KafkaClient& client, const TickSettings& settings, const TopicNames& names,
            uint32_t partitions, std::vector<TopicPartition> inputs, std::string sender);

  // To be called now and then, outside of a transaction. `measured` is what the same clock
  // measures, which never falls: ticks carry `now`, and what is waited for goes by the other.
  // Alerts name `rules`, if there are any. Errors are those of the transactions: the caller deals
  // with them, and the tick is tried again.
  Result<void> Run(Instant now, Duration measured, const RuleBook* rules,
                   Transactions& transactions);

  // Another keeps the clock: what was noted is not waited for any more.
  void Forget() { note_.reset(); }

  // Those that are there now, in order. The tick that waits does so for what it noted.
  void SetInputs(std::vector<TopicPartition> inputs) { inputs_ = std::move(inputs); }
  const std::vector<TopicPartition>& inputs() const { return inputs_; }

  Instant last() const { return last_; }  // tick that was sent
  // How long the tick that waits has been held back.
  Duration held(Duration measured) const { return note_ ? measured - note_->taken : Duration{}; }
  uint64_t sent() const { return sent_; }
  uint64_t forced() const { return forced_; }
  // For people: what the last forced one did not wait for.
  const std::string& why_forced() const { return why_forced_; }

 private:
  struct Note {
    Instant at;
    std::map<TopicPartition, int64_t> marks;  // where something is to be read
    int64_t committed = 0;                    // sum towards the marks when it last rose
    Duration taken, moved;
    std::vector<PartitionOffset> behind = {};  // not read up to their marks yet
  };
  bool IsQuiet(Instant now, Duration measured);
  Instant LookUpDues();
  Result<bool> TakeNote(Instant now, Duration measured);
  Result<bool> IsReached(Duration measured);
  Result<void> Repeat(Duration measured, Transactions& transactions);
  Result<void> Send(Instant until, Transactions& transactions, const Output* alert = nullptr);
  std::string WhyForced() const;
  Output AlertOf(std::string why, const RuleBook* rules);

  KafkaClient& client_;
  const TickSettings& settings_;
  const TopicNames& names_;
  const uint32_t partitions_;
  std::vector<TopicPartition> inputs_, tasks_;
  std::optional<Note> note_;
  Instant last_{0}, quiet_until_{0};
  std::optional<Duration> said_, looked_;  // a tick, also one that came again; for what is due
  const std::string sender_;               // ids of alerts derive from it
  uint64_t alerts_ = 0;                    // committed or not
  uint64_t sent_ = 0, forced_ = 0;
  std::string why_forced_;
};

}  // namespace pm
