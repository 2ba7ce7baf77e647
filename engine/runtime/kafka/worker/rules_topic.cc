#include "engine/runtime/kafka/worker/rules_topic.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "engine/runtime/kafka/logs/rules_switch.h"
#include "engine/runtime/kafka/logs/transaction.h"
#include "engine/runtime/record.h"
#include "engine/runtime/rules_document.h"

namespace pm {

namespace {

constexpr size_t kMostPieces = 1024;  // half a gibibyte
constexpr size_t kMostUnfinished = 8;
constexpr size_t kSlice = 1000;  // records a call

std::string KeyOf(ContentHash rules, ContentHash document, size_t number, size_t count) {
  return fmt::format("{}/{}/{} of {}", ToText(rules), ToText(document), number, count);
}

std::string HeaderOf(const KafkaRecord& record, std::string_view name) {
  const auto found = std::ranges::find(record.headers, name, &KafkaHeaders::value_type::first);
  return found == record.headers.end() ? std::string() : found->second;
}

}  // namespace

Result<void> StoreRules(KafkaClient& client, const TopicNames& names, ContentHash rules,
                        std::string_view document) {
  PM_TRY_VOID(client.InitTransactions(RulesTransactionalId(names)));
  Transactions transactions(client, names, 1);
  PM_CHECK(!document.empty());
  const ContentHash hash = HashContent(document);
  const size_t count = (document.size() - 1) / kRulesRecordBytes + 1;
  const std::string topic = names.Rules();
  return transactions.Transact([&]() -> Result<void> {
    for (size_t n = 0; n < count; ++n) {
      const std::string key = KeyOf(rules, hash, n + 1, count);
      const std::string_view piece = document.substr(n * kRulesRecordBytes, kRulesRecordBytes);
      PM_TRY_VOID(transactions.Put({topic, 0, key, piece, {}}));
    }
    return {};
  });
}

RulesTopic::RulesTopic(BoundsOf bounds, KafkaReader& reader, const TopicNames& names, Store& store)
    : bounds_(std::move(bounds)),
      reader_(reader),
      store_(store),
      rules_{names.Rules(), 0},
      control_{names.Control(), 0} {}

ContentHash RulesTopic::in_force() const {
  return history_.switches.empty() ? ContentHash{} : history_.switches.back().rules;
}

Result<void> RulesTopic::Start() {
  PM_TRY(const auto rules, bounds_(rules_));
  PM_TRY(const auto control, bounds_(control_));
  rules_end_ = rules.second;
  control_end_ = control.second;
  PM_TRY_VOID(reader_.Assign(
      std::vector<PartitionOffset>{{rules_, rules.first}, {control_, control.first}}));
  history_ = {};
  generation_ = {};
  caught_up_ = false;
  unfinished_.clear();
  reading_ = true;
  return {};
}

Result<void> RulesTopic::Poll(Duration wait) {
  if (!reading_) PM_TRY_VOID(Start());
  for (size_t i = 0; i < kSlice; ++i) {
    const auto record = reader_.Poll(i == 0 ? wait : Duration{});
    if (!record) {
      reading_ = false;  // from the start: it is short
      return std::unexpected(record.error());
    }
    if (!*record) break;
    *(**record).partition == rules_ ? TakePiece(**record) : TakeSwitch(**record);
  }
  if (std::exchange(switched_, false)) {
    const MetaWrite write = {kRulesHistoryName, Encoded(history_)};
    PM_TRY_VOID(store_.WriteAhead({&write, 1}));
  }
  PM_TRY(const int64_t rules, reader_.Position(rules_));
  PM_TRY(const int64_t control, reader_.Position(control_));
  caught_up_ |= rules >= rules_end_ && control >= control_end_;
  return {};
}

std::optional<RulesTopic::Held> RulesTopic::held_back() const {
  Held held;
  bool is_held = false;
  for (const TopicPartition* one : {&rules_, &control_}) {
    const auto read = reader_.Position(*one);
    const auto end = reader_.End(*one);
    if (!read || !end) return std::nullopt;
    held.first += *read;
    held.second += *end;
    is_held |= *read < *end;
  }
  return is_held ? std::optional(held) : std::nullopt;
}

std::optional<RulesTopic::Part> RulesTopic::PartOf(std::string_view key) {
  static const RE2 kForm(R"(([^/]+)/([^/]+)/(\d{1,4}) of (\d{1,4}))");
  std::string rules, document;
  Part part;
  if (!RE2::FullMatch(key, kForm, &rules, &document, &part.number, &part.count))
    return std::nullopt;
  const auto of_rules = ParseContentHash(rules), of_document = ParseContentHash(document);
  const bool is_whole = of_rules && of_document && part.number >= 1 && part.number <= part.count &&
                        part.count <= kMostPieces;
  if (!is_whole) return std::nullopt;
  part.rules = *of_rules;
  part.document = *of_document;
  return part;
}

void RulesTopic::TakeWorkerNote(const KafkaRecord& record) {
  WorkerNote note;
  if (!Decode(record.value, &note)) {
    ++damaged_;
    return;
  }
  workers_[std::string(record.key.substr(kWorkerKey.size()))] = std::move(note);
}

void RulesTopic::TakePiece(const KafkaRecord& record) {
  if (record.tombstone) return;
  if (record.key == kGenerationName) {
    generation_ = {};
    if (!Decode(record.value, &generation_)) ++damaged_;
    return;
  }
  if (record.key.starts_with(kWorkerKey)) return TakeWorkerNote(record);
  const std::optional<Part> part = PartOf(record.key);
  if (!part) {
    ++damaged_;
    return;
  }
  const auto [it, is_new] = unfinished_.try_emplace({part->rules, part->document});
  Pieces& pieces = it->second;
  if (is_new)
    pieces = {std::vector<std::optional<std::string>>(part->count), part->count, ++begun_};
  if (pieces.all.size() != part->count) {
    ++damaged_;
    return;
  }
  std::optional<std::string>& piece = pieces.all[part->number - 1];
  if (!piece) --pieces.missing;
  piece = record.value;
  if (pieces.missing > 0) return ForgetOldest();
  Finish(*part, pieces);
  unfinished_.erase(it);
}

void RulesTopic::Finish(const Part& part, const Pieces& pieces) {
  std::string document;
  for (const std::optional<std::string>& piece : pieces.all) document += piece.value_or("");
  if (HashContent(document) != part.document) {
    ++damaged_;
    return;
  }
  const MetaWrite write = RulesDocumentWrite(part.rules, WriteRulesPieces(store_, document));
  if (const Result<void> done = store_.WriteAhead({&write, 1}); !done)
    StorageFailed(done.error().text);
  new_.push_back(part.rules);
}

// Pieces whose others were compacted away, or never came.
void RulesTopic::ForgetOldest() {
  if (unfinished_.size() <= kMostUnfinished) return;
  unfinished_.erase(
      std::ranges::min_element(unfinished_, {}, [](const auto& one) { return one.second.since; }));
}

void RulesTopic::TakeSwitch(const KafkaRecord& record) {
  const std::optional<RecordBody> body = DecodeRecord(record.value);
  const auto* to = body ? std::get_if<SwitchRecord>(&*body) : nullptr;
  if (to == nullptr) {
    ++damaged_;
    return;
  }
  RulesSwitch one{.at = record.at, .rules = to->rules};
  // It came into force elsewhere, before a reshape.
  const std::string at = HeaderOf(record, "at");
  if (int64_t ms = 0; RE2::FullMatch(at, R"((\d{1,15}))", &ms)) {
    one.at = Instant{ms};
    const auto is_same = [&](const RulesSwitch& other) {
      return other.at == one.at && other.rules == one.rules;
    };
    if (std::ranges::any_of(history_.switches, is_same)) return;
  }
  one.how = HeaderOf(record, "how");
  one.by = HeaderOf(record, "by");
  one.message = HeaderOf(record, "message");
  one.propagate = to->propagate;
  AddSwitch(std::move(one), &history_);
  switched_ = true;
  ++switches_;
}

}  // namespace pm
