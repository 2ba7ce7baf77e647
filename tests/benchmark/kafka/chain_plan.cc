#include <sstream>

#include "engine/runtime/kafka/topics/topic_names.h"
#include "tests/benchmark/kafka/chain.h"

namespace pm::bench {

namespace {

struct Read {
  int kind;
  Stage stage;
  uint32_t hops;
  int64_t bytes;
};

Stage StageOf(std::string_view topic) {
  for (const Stage stage : {Stage::kIdentity, Stage::kDesk})
    if (topic.ends_with(StageName(stage))) return stage;
  return Stage::kAccount;
}

// Which stage writes an output; of several the one that writes most.
Stage WriterOf(const std::string& topic, const TopicNames& names) {
  for (const Topic of_account : {Topic::kLeads, Topic::kPrivacy, Topic::kDecisions})
    if (topic == names.Output(of_account)) return Stage::kAccount;
  return topic == names.Directory() ? Stage::kAccount : Stage::kDesk;
}

// What was read one record before, by a stage that sends to this one.
const Read* CauseOf(const std::vector<Read>& reads, Stage stage, uint32_t hops) {
  for (const Read& one : reads)
    if (one.hops + 1 == hops && one.stage != stage) return &one;
  return nullptr;
}

// What a stage writes follows on the message of which it reads most, so that each lead comes to its
// end once; 0: it reads none.
int MainOf(const std::vector<Read>& reads, Stage stage) {
  const Read* most = nullptr;
  for (const Read& one : reads)
    if (one.stage == stage && (most == nullptr || one.bytes > most->bytes)) most = &one;
  return most == nullptr ? 0 : most->kind;
}

ChainRecord RecordLike(const RecordKind& kind, const RecordCount& count, int64_t leads) {
  constexpr int64_t kMillion = 1'000'000;
  ChainRecord record;
  record.topic = kind.topic;
  record.key_bytes = count.key_bytes / count.records;
  record.value_bytes = count.value_bytes / count.records;
  record.per_million = (count.records * kMillion + leads - 1) / leads;
  return record;
}

std::vector<Read> ReadsOf(const RecordCounts& counts) {
  std::vector<Read> reads;
  for (const auto& [kind, count] : counts) {
    if (kind.what == "message")
      reads.push_back(
          {static_cast<int>(reads.size()) + 1, StageOf(kind.topic), kind.hops, count.value_bytes});
  }
  return reads;
}

}  // namespace

ChainPlan PlanChain(const ProductSettings& product, const RecordCounts& counts, int64_t leads,
                    const std::string& prefix) {
  const TopicNames names{product.prefix};
  const std::vector<Read> reads = ReadsOf(counts);
  ChainPlan plan{product.address, {}, product.partitions, product.commit, {}};
  size_t next = 0;
  for (const auto& [kind, count] : counts) {
    if (!IsOfLeads(kind)) continue;
    if (kind.what == "message") {
      const Read& read = reads[next++];
      const Read* cause = CauseOf(reads, read.stage, read.hops);
      ChainRecord record = RecordLike(kind, count, leads);
      record.leads = std::max<int64_t>(1, leads / count.records);
      record.kind = read.kind;
      record.from = cause == nullptr ? 0 : cause->kind;
      record.where = Where::kSpread;
      plan.records.push_back(record);
      continue;
    }
    const bool is_output = kind.what == "output";
    const Stage writer = is_output ? WriterOf(kind.topic, names) : StageOf(kind.topic);
    ChainRecord record = RecordLike(kind, count, leads);
    record.from = MainOf(reads, writer);
    record.where = is_output ? Where::kByKey : Where::kSame;
    plan.records.push_back(record);
  }
  plan.prefix = product.prefix;
  return Renamed(std::move(plan), prefix);
}

ChainPlan Renamed(ChainPlan plan, const std::string& prefix) {
  for (ChainRecord& record : plan.records)
    record.topic = prefix + record.topic.substr(plan.prefix.size());
  plan.prefix = prefix;
  return plan;
}

Words WordsOf(const ChainPlan& plan) {
  Words words{{"address", plan.address},
              {"prefix", plan.prefix},
              {"partitions", fmt::format("{}", plan.partitions)},
              {"commit_ms", fmt::format("{}", plan.commit.ms)}};
  for (size_t i = 0; i < plan.records.size(); ++i) {
    const ChainRecord& r = plan.records[i];
    words[fmt::format("record{:03}", i)] =
        fmt::format("{} {} {} {} {} {} {} {}", r.from, r.kind, r.topic, static_cast<int>(r.where),
                    r.key_bytes, r.value_bytes, r.per_million, r.leads);
  }
  return words;
}

ChainPlan ChainIn(const Words& words) {
  ChainPlan plan;
  plan.address = words.at("address");
  plan.prefix = words.at("prefix");
  plan.partitions = static_cast<int32_t>(NumberOf(words, "partitions"));
  plan.commit = Milliseconds(NumberOf(words, "commit_ms"));
  for (const auto& [name, value] : words) {
    if (!name.starts_with("record")) continue;
    std::istringstream in(value);
    ChainRecord record;
    int where = 0;
    in >> record.from >> record.kind >> record.topic >> where >> record.key_bytes >>
        record.value_bytes >> record.per_million >> record.leads;
    record.where = static_cast<Where>(where);
    plan.records.push_back(record);
  }
  return plan;
}

}  // namespace pm::bench
