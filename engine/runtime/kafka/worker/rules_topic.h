// The documents of rules on a Kafka, for workers that never saw the folder they came from. A
// document stands in the compacted topic of rules in pieces below a record's limit, under
// `RULES/DOCUMENT/N of M`: hash of the rules, hash of the document itself, and which piece it is.
// So two who publish the same rules at once with other documents do not mix, and damage shows. The
// mark of reshape (generation.h) stands there, too.
#pragma once
#include <functional>
#include <map>

#include "engine/runtime/generation.h"
#include "engine/runtime/kafka/client/kafka_client.h"
#include "engine/runtime/kafka/topics/topic_names.h"
#include "engine/runtime/kafka/worker/worker_notes.h"
#include "engine/runtime/rules_history.h"

namespace pm {

inline constexpr size_t kRulesRecordBytes = size_t{512} << 10;  // of a document in one record

// Writes a document in one transaction, with a client of its own; SwitchRules comes after it. On an
// error of a code other than kKafkaUnknown nothing was written; doing it twice does no harm.
Result<void> StoreRules(KafkaClient& client, const TopicNames& names, ContentHash rules,
                        std::string_view document);

// Follows the topics of rules and of control, and keeps in a store what the embedded engine keeps
// in its own: documents (rules_document.h) and the history of switches (rules_history.h). Of the
// store's other contents it knows nothing. What workers say of themselves it keeps in memory. One
// thread; all outlive it.
class RulesTopic {
 public:
  // As KafkaClient::Bounds; asked when it begins to read, and after an error.
  using Asked = Result<std::pair<int64_t, int64_t>>;
  using BoundsOf = std::function<Asked(const TopicPartition&)>;
  RulesTopic(BoundsOf bounds, KafkaReader& reader, const TopicNames& names, Store& store);

  // Takes what has come, waiting at most `wait` for the first of it. After an error of code
  // kKafkaRetry it goes on with the next call; with others the topics are not as they must be.
  Result<void> Poll(Duration wait);

  // All that was there when it began to read was read.
  bool caught_up() const { return caught_up_; }
  // There is more than may be read, as somebody has a transaction open: how far was read, and how
  // much there is, of both topics together.
  using Held = std::pair<int64_t, int64_t>;
  std::optional<Held> held_back() const;
  // Of the last switch; zero: there was none.
  ContentHash in_force() const;
  const RulesHistory& history() const { return history_; }
  const Generation& generation() const { return generation_; }  // as was read last
  uint64_t switches() const { return switches_; }  // that were read, also those read again
  // Rules whose documents became whole since the last call, in order.
  std::vector<ContentHash> TakeNew() { return std::exchange(new_, {}); }
  // Workers' last words of themselves, by instance; also those of workers that are gone.
  const std::map<std::string, WorkerNote>& workers() const { return workers_; }
  // Pieces and documents that are not what their key says, or that could not be understood.
  uint64_t damaged() const { return damaged_; }

 private:
  struct Part {
    ContentHash rules, document;
    size_t number = 0, count = 0;  // from 1
  };
  struct Pieces {
    std::vector<std::optional<std::string>> all;
    size_t missing = 0;
    uint64_t since = 0;  // which of all it is
  };
  static std::optional<Part> PartOf(std::string_view key);
  Result<void> Start();
  void TakePiece(const KafkaRecord& record);
  void Finish(const Part& part, const Pieces& pieces);
  void TakeSwitch(const KafkaRecord& record);
  void TakeWorkerNote(const KafkaRecord& record);
  void ForgetOldest();

  const BoundsOf bounds_;
  KafkaReader& reader_;
  Store& store_;
  const TopicPartition rules_, control_;
  int64_t rules_end_ = 0, control_end_ = 0;  // as of the start
  bool reading_ = false, caught_up_ = false, switched_ = false;
  RulesHistory history_;
  Generation generation_;
  std::map<std::pair<ContentHash, ContentHash>, Pieces> unfinished_;
  std::map<std::string, WorkerNote> workers_;
  std::vector<ContentHash> new_;
  uint64_t damaged_ = 0, begun_ = 0, switches_ = 0;
};

}  // namespace pm
