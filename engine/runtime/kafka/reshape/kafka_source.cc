#include "engine/runtime/kafka/reshape/kafka_source.h"

#include <fmt/format.h>

#include <set>

#include "engine/runtime/kafka/client/patiently.h"

namespace pm {

namespace {

// What the tasks read and write.
KafkaMember MemberOf(const KafkaPlace& place, Duration session) {
  KafkaMember member;
  member.session = session;
  member.group = place.tasks_group();
  std::set<std::string> inputs, outputs;
  for (const TopicPartition& one : place.inputs()) inputs.insert(one.topic);
  for (const TopicPartition& one : place.changelogs()) outputs.insert(one.topic);
  outputs.insert(inputs.begin(), inputs.end());
  outputs.insert(place.names.Directory());
  for (int n = 0; n < kTopics; ++n) outputs.insert(place.names.Output(static_cast<Topic>(n)));
  member.topics.assign(inputs.begin(), inputs.end());
  member.outputs.assign(outputs.begin(), outputs.end());
  return member;
}

}  // namespace

Result<Generation> LookAtRules(KafkaClient& client, KafkaReader& reader, const KafkaPlace& place,
                               Store& documents) {
  PM_TRY_VOID(
      Patiently(place.patience, [&] { return client.InitTransactions(place.transactional_id()); }));
  RulesTopic topic([&](const TopicPartition& one) { return client.Bounds(one); }, reader,
                   place.names, documents);
  for (Duration waited{}; waited < place.patience; waited = waited + kPatientWait) {
    PM_TRY_VOID(Patiently(place.patience, [&] { return topic.Poll(kPatientWait); }));
    if (topic.caught_up()) return topic.generation();
  }
  return Fail(kCannotReshape, fmt::format("a transaction of {} stays open: are its rules changed "
                                          "at this moment?",
                                          place.names.Rules()));
}

Result<void> AwaitNobody(KafkaAdmin& admin, const std::string& group, Duration session,
                         const Waiter& wait) {
  // A little longer: brokers look at sessions now and then.
  const Duration patience = session + Milliseconds(session.ms / 2) + Seconds(2);
  for (Duration waited{};; waited = waited + kPatientWait) {
    PM_TRY(const GroupState state, Patiently(patience, [&] { return admin.DescribeGroup(group); }));
    if (state.members.empty()) return {};
    if (waited >= patience) {
      std::string who;
      for (const GroupMember& one : state.members)
        who += fmt::format("{}{}", who.empty() ? "" : ", ",
                           one.instance_id.empty() ? "another reshape" : one.instance_id);
      return Fail(kStillAtWork, fmt::format("the group {} is at work: {}", group, who));
    }
    wait(kPatientWait);
  }
}

KafkaSource::KafkaSource(const KafkaClients& clients, KafkaSourceSettings settings,
                         LocalStores& copies, LocalStores& stores, Store& documents,
                         StageTable stages, RuleProvider rules, const Clock& clock, Waiter wait)
    : clients_(clients),
      settings_(std::move(settings)),
      copies_(copies),
      stores_(stores),
      documents_(documents),
      stages_(std::move(stages)),
      rules_(std::move(rules)),
      clock_(clock),
      wait_(std::move(wait)) {}

Result<void> KafkaSource::Connect() {
  if (admin_ != nullptr) return {};
  PM_TRY(looker_, clients_.client({.group = settings_.place.names.prefix + ".look"}));
  PM_TRY(reader_, clients_.reader());
  PM_TRY(admin_, clients_.admin());
  return {};
}

// With the documents of the rules, and how they came into force.
Result<Generation> KafkaSource::generation() {
  if (generation_) return *generation_;
  PM_TRY_VOID(Connect());
  PM_TRY(generation_, LookAtRules(*looker_, *reader_, settings_.place, documents_));
  return *generation_;
}

Result<void> KafkaSource::CheckNobody() {
  for (const std::string& group : {settings_.place.tasks_group(), settings_.place.intake_group()})
    PM_TRY_VOID(AwaitNobody(*admin_, group, settings_.session, wait_));
  return {};
}

Result<StillState> KafkaSource::Read() {
  const KafkaPlace& place = settings_.place;
  PM_TRY_VOID(generation());
  PM_TRY_VOID(CheckNobody());
  PM_TRY_VOID(DrainIfNeeded());
  const Result<void> read = CheckWorkedOff(*looker_, *reader_, place.intake_group(),
                                           settings_.must_be_read, place.patience);
  if (!read)
    return Fail(read.error().code,
                read.error().text + ", and nobody would read them where the state goes");
  PM_TRY(read_to_, Ends());
  StillState state;
  PM_TRY_VOID(ReadKafkaState(*looker_, *reader_, place, [&](TaskId task) -> Result<Store*> {
    PM_TRY(Store * store, stores_.Open(task));
    state.tasks.push_back(store);
    return store;
  }));
  state.rules = ReadStateRules(documents_);
  return state;
}

Result<void> KafkaSource::DrainIfNeeded() {
  const KafkaPlace& place = settings_.place;
  const Result<void> done =
      CheckWorkedOff(*looker_, *reader_, place.tasks_group(), place.inputs(), place.patience);
  if (done || done.error().code != kCannotReshape) return done;
  if (settings_.drain.say) settings_.drain.say("what is under way is worked off");
  {
    PM_TRY(const std::unique_ptr<KafkaClient> member,
           clients_.client(MemberOf(place, settings_.session)));
    PM_TRY(const std::unique_ptr<KafkaReader> reader, clients_.reader());
    PM_TRY_VOID(Drain({*member, *reader, *looker_, *reader_}, copies_, place, settings_.drain,
                      stages_, rules_, clock_));
  }
  return CheckNobody();
}

Result<std::vector<PartitionOffset>> KafkaSource::Ends() {
  std::vector<TopicPartition> all = settings_.place.changelogs();
  std::ranges::copy(settings_.place.inputs(), std::back_inserter(all));
  return EndsOf(*looker_, all, settings_.place.patience);
}

Result<void> KafkaSource::Leave(const std::string& to) {
  for (const bool marks : {true, false}) {
    PM_TRY_VOID(CheckNobody());
    PM_TRY(const std::vector<PartitionOffset> ends, Ends());
    if (ends != read_to_)
      return Fail(kStillAtWork, "somebody has worked with the state since it was read");
    // Whoever started a moment before the mark is seen behind it.
    if (marks) PM_TRY_VOID(Mark(to));
  }
  return {};
}

Result<void> KafkaSource::TakeBack() { return Mark({}); }

Result<void> KafkaSource::Mark(const std::string& to) {
  PM_TRY(Generation now, generation());
  now.gone_to = to;
  PM_TRY_VOID(PutGeneration(*looker_, settings_.place, now));
  generation_ = now;
  return {};
}

}  // namespace pm
