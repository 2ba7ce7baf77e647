// Lines in and out of a Kafka ($PM_KAFKA), by the port, for tests in Python:
//   create TOPIC PARTITIONS REPLICATION [NAME=VALUE...]
//   delete TOPIC
//   empty TOPIC PARTITION
//   forget TOPIC PARTITION GROUP             the group's offset, which nobody may be in
//   put-back TOPIC PARTITION GROUP OFFSET
//   publish TOPIC < KEY<tab>VALUE...         an empty line, and the end, commit what came: then it
//                                            says "ok"
//   stamp TOPIC MILLISECONDS < KEY<tab>VALUE...   with that time; without transactions
//   read TOPIC...                            TOPIC<tab>PARTITION<tab>OFFSET<tab>VALUE of what is
//                                            committed, up to the end as of its start
//   follow TOPIC...                          the same, and on and on, until its input ends;
//                                            brokers may come and go
#include <poll.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "engine/runtime/kafka/client/rdkafka.h"
#include "tests/kafka/by_people.h"
#include "tests/kafka/send_stamped.h"

namespace pm {
namespace {

void Must(const Result<void>& done) {
  if (done) return;
  std::cerr << done.error().text << "\n";
  std::exit(1);  // NOLINT: one thread
}
template <class T>
T Must(Result<T> made) {
  if (!made) Must(Result<void>(std::unexpected(made.error())));
  return std::move(made).value();
}

void Create(const KafkaConnection& connection, std::span<char*> words) {
  TopicState topic{
      .name = words[0], .partitions = std::atoi(words[1]), .replication = std::atoi(words[2])};
  topic.settings = {{"retention.ms", "3600000"}};
  for (const std::string_view word : words.subspan(3)) {
    const size_t equals = word.find('=');
    topic.settings.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  Must(Must(ConnectKafkaAdmin(connection))->Create(topic));
}

void Publish(const KafkaConnection& connection, const std::string& topic) {
  const auto client = Must(ConnectKafkaClient(connection, {.group = "pipe", .outputs = {topic}}));
  Must(client->InitTransactions("pipe-" + std::to_string(getpid())));
  int open = 0;
  const auto commit = [&] {
    if (open > 0) {
      Must(client->Flush());
      Must(client->Commit());
    }
    open = 0;
    std::cout << "ok" << "\n" << std::flush;
  };
  for (std::string line; std::getline(std::cin, line);) {
    if (line.empty()) {
      commit();
      continue;
    }
    if (open++ == 0) Must(client->Begin());
    const size_t tab = line.find('\t');
    const std::string_view key = std::string_view(line).substr(0, tab);
    const std::string_view value = std::string_view(line).substr(tab + 1);
    Must(client->Produce({.topic = topic, .partition = -1, .key = key, .value = value}));
  }
  if (open > 0) commit();
}

std::vector<TopicPartition> PartitionsOf(const KafkaConnection& connection,
                                         std::span<char*> topics) {
  const std::vector<std::string> names(topics.begin(), topics.end());
  const auto states = Must(Must(ConnectKafkaAdmin(connection))->Describe(names, {}));
  std::vector<TopicPartition> partitions;
  for (const auto& state : states)
    for (int32_t n = 0; n < state.value().partitions; ++n)
      partitions.push_back({state.value().name, n});
  return partitions;
}

void Print(const KafkaRecord& record) {
  std::cout << record.partition->topic << '\t' << record.partition->partition << '\t'
            << record.offset << '\t' << record.value << '\n';
}

void Read(const KafkaConnection& connection, std::span<char*> topics) {
  const auto client = Must(ConnectKafkaClient(connection, {.group = "pipe"}));
  const auto reader = Must(ConnectKafkaReader(connection));
  for (const TopicPartition& partition : PartitionsOf(connection, topics)) {
    const auto [first, end] = Must(client->Bounds(partition));
    const PartitionOffset from[] = {{partition, first}};
    Must(reader->Assign(from));
    while (Must(reader->Position(partition)) < end) {
      const auto record = Must(reader->Poll(Milliseconds(100)));
      if (record) Print(*record);
    }
  }
}

bool InputHasEnded() {
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  return poll(&input, 1, 0) != 0;
}

void Follow(const KafkaConnection& connection, std::span<char*> topics) {
  const auto reader = Must(ConnectKafkaReader(connection));
  std::vector<PartitionOffset> from;
  for (const TopicPartition& partition : PartitionsOf(connection, topics))
    from.push_back({partition, 0});
  Must(reader->Assign(from));
  while (!InputHasEnded()) {
    const auto record = reader->Poll(Milliseconds(200));
    if (!record && record.error().code != kKafkaRetry)
      Must(Result<void>(std::unexpected(record.error())));
    if (record && *record)
      Print(**record);
    else
      std::cout << std::flush;
  }
}

TopicPartition PartitionOf(std::span<char*> words) { return {words[2], std::atoi(words[3])}; }

int Main(std::span<char*> words) {
  const char* address = std::getenv("PM_KAFKA");
  const KafkaConnection connection{.brokers = {address == nullptr ? "127.0.0.1:9092" : address}};
  const std::string what = words.size() > 2 ? words[1] : "";
  if (what == "create" && words.size() >= 5) {
    Create(connection, words.subspan(2));
  } else if (what == "delete") {
    Must(DeleteTopic(connection, words[2]));
  } else if (what == "empty" && words.size() == 4) {
    Must(DeleteRecords(connection, PartitionOf(words)));
  } else if (what == "forget" && words.size() == 5) {
    Must(ForgetOffset(connection, words[4], PartitionOf(words)));
  } else if (what == "put-back" && words.size() == 6) {
    Must(PutOffsetBack(connection, words[4], {PartitionOf(words), std::atoll(words[5])}));
  } else if (what == "publish") {
    Publish(connection, words[2]);
  } else if (what == "stamp" && words.size() == 4) {
    Must(SendStamped(connection, words[2], Instant{std::atoll(words[3])}, std::cin));
  } else if (what == "read") {
    Read(connection, words.subspan(2));
  } else if (what == "follow") {
    Follow(connection, words.subspan(2));
  } else {
    std::cerr << "usage: pointsman_kafka_pipe "
                 "create|delete|empty|forget|put-back|publish|stamp|read|follow TOPIC...\n";
    return 64;
  }
  return 0;
}

}  // namespace
}  // namespace pm

int main(int argc, char** argv) { return pm::Main(std::span(argv, static_cast<size_t>(argc))); }
