#include "engine/runtime/kafka/reshape/kafka_target.h"

#include <fmt/format.h>

#include <set>

#include "engine/runtime/kafka/client/patiently.h"
#include "engine/runtime/kafka/client/read_to_end.h"
#include "engine/runtime/kafka/logs/rules_switch.h"
#include "engine/runtime/kafka/topics/topic_check.h"

namespace pm {

namespace {

std::vector<std::string> TopicsOf(const std::vector<TopicPartition>& partitions) {
  std::set<std::string> topics;
  for (const TopicPartition& one : partitions) topics.insert(one.topic);
  return {topics.begin(), topics.end()};
}

}  // namespace

KafkaTarget::KafkaTarget(const KafkaClients& clients, KafkaTargetSettings settings,
                         LocalStores& stores, LocalStores& read_back, Waiter wait)
    : clients_(clients),
      settings_(std::move(settings)),
      stores_(stores),
      read_back_(read_back),
      wait_(std::move(wait)) {}

Result<void> KafkaTarget::Connect() {
  if (admin_ != nullptr) return {};
  PM_TRY(looker_, clients_.client({.group = settings_.place.names.prefix + ".look"}));
  PM_TRY(reader_, clients_.reader());
  PM_TRY(admin_, clients_.admin());
  return {};
}

Result<void> KafkaTarget::MakeMissing() {
  PM_TRY(const std::vector<TopicLook> looks, LookAtTopics(*admin_, settings_.topics));
  PM_TRY(made_, MakeTopics(*admin_, looks));
  return {};
}

Result<Generation> KafkaTarget::Look(const std::string& from) {
  PM_TRY_VOID(Connect());
  PM_TRY_VOID(MakeMissing());
  PM_TRY(const Generation there, ReadMark(from));
  if (there.came_from.empty()) PM_TRY_VOID(CheckEmpty());
  return there;
}

Result<Generation> KafkaTarget::FindMark(const std::string& from) {
  PM_TRY_VOID(Connect());
  const TopicNames& names = settings_.place.names;
  const std::string marked[] = {names.Rules(), names.Control()};
  PM_TRY(const auto found, admin_->Describe(marked, {}));
  const auto is_missing = [](const std::optional<TopicState>& one) { return !one.has_value(); };
  if (std::ranges::any_of(found, is_missing)) return Generation{};
  return ReadMark(from);
}

Result<Generation> KafkaTarget::ReadMark(const std::string& from) {
  MemoryStore unused;
  PM_TRY(const Generation there, LookAtRules(*looker_, *reader_, settings_.place, unused));
  if (!there.came_from.empty() && there.came_from != from)
    return Fail(kNotEmpty, fmt::format("{} {} the state of {}", name(),
                                       there.half_made ? "was to have" : "has", there.came_from));
  return there;
}

Result<void> KafkaTarget::CheckEmpty() {
  const KafkaPlace& place = settings_.place;
  std::vector<TopicPartition> all = place.changelogs();
  std::ranges::copy(place.inputs(), std::back_inserter(all));
  for (const std::string& topic :
       {place.names.Directory(), place.names.Control(), place.names.Rules()})
    all.push_back({topic, 0});
  PM_TRY(const std::vector<PartitionOffset> ends, EndsOf(*looker_, all, place.patience));
  for (const PartitionOffset& one : ends) {
    if (one.offset == 0) continue;
    // Markers of a transaction that came to nothing are nothing.
    bool holds = false;
    PM_TRY_VOID(ReadToEnd(*looker_, *reader_, {one.partition, 0}, place.patience,
                          [&](const KafkaRecord&) -> Result<void> {
                            holds = true;
                            return {};
                          }));
    if (!holds) continue;
    return Fail(kNotEmpty,
                fmt::format("{}/{} is not new: a state goes into topics that never held any, "
                            "under another `prefix`",
                            one.partition.topic, one.partition.partition));
  }
  if (settings_.inputs.empty()) return {};
  PM_TRY(const std::vector<PartitionOffset> read, Patiently(place.patience, [&] {
           return looker_->Committed(place.intake_group(), settings_.inputs);
         }));
  const auto is_read = [](const PartitionOffset& one) { return one.offset >= 0; };
  if (std::ranges::none_of(read, is_read)) return {};
  return Fail(kNotEmpty, fmt::format("the group {} has read inputs before: take another `prefix`",
                                     place.intake_group()));
}

Result<void> KafkaTarget::Begin(const std::string& from) {
  from_ = from;
  for (const std::string& group : {settings_.place.tasks_group(), settings_.place.intake_group()})
    PM_TRY_VOID(AwaitNobody(*admin_, group, settings_.session, wait_));
  return PutGeneration(*looker_, settings_.place, {.came_from = from, .half_made = true});
}

Result<Store*> KafkaTarget::Open(TaskId task) {
  PM_TRY(Store * store, stores_.Open(task));
  return tasks_[task] = store;
}

Result<void> KafkaTarget::Write(const StateRules& rules) {
  const KafkaPlace& place = settings_.place;
  rules_ = rules;
  EndHistory(ReadTaskMeta(*tasks_.at({Stage::kIdentity, 0})), &rules_.history);
  PM_TRY_VOID(WriteDocuments());
  {
    KafkaMember member{.group = place.tasks_group(), .topics = TopicsOf(place.inputs())};
    member.session = settings_.session;
    member.outputs = TopicsOf(place.changelogs());
    member.outputs.push_back(place.names.Directory());
    PM_TRY(const std::unique_ptr<KafkaClient> writer, clients_.client(member));
    PM_TRY_VOID(WriteKafkaState(*writer, *reader_, place, tasks_));
  }
  if (settings_.offsets_of.empty()) return {};
  KafkaMember member{.group = place.intake_group(), .topics = TopicsOf(settings_.inputs)};
  member.session = settings_.session;
  PM_TRY(const std::unique_ptr<KafkaClient> writer, clients_.client(member));
  return CopyOffsets(*writer, place, settings_.offsets_of, settings_.inputs);
}

Result<void> KafkaTarget::WriteDocuments() {
  for (const auto& rules : rules_.documents) {
    const auto store = [&] {
      return StoreRules(*looker_, settings_.place.names, rules.first, rules.second);
    };
    constexpr int kMostTries = 10;
    Result<void> done = store();
    // Written twice they are what they were.
    for (int i = 0; i < kMostTries && !done && done.error().code != kKafkaRefused; ++i)
      done = store();
    if (!done) return done;
  }
  return {};
}

Result<std::map<TaskId, const StoreView*>> KafkaTarget::ReadBack() {
  std::map<TaskId, const StoreView*> stores;
  PM_TRY_VOID(
      ReadKafkaState(*looker_, *reader_, settings_.place, [&](TaskId task) -> Result<Store*> {
        PM_TRY(Store * store, read_back_.Open(task));
        stores[task] = store;
        return store;
      }));
  return stores;
}

Result<void> KafkaTarget::Finish() {
  return PutHistory(*looker_, settings_.place, {.came_from = from_}, rules_.history);
}

}  // namespace pm
