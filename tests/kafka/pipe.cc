// Lines in and out of a Kafka ($PM_KAFKA), by the port, for tests in Python:
//   pointsman_kafka_pipe create TOPIC PARTITIONS
//   pointsman_kafka_pipe send TOPIC < KEY<tab>VALUE...    a transaction for 200 lines, and at the
//   end pointsman_kafka_pipe read TOPIC... TOPIC<tab>PARTITION<tab>OFFSET<tab>VALUE
// `read` shows what is committed, partition by partition, up to the end as of its start.
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "engine/runtime/kafka/rdkafka.h"

namespace pm {
namespace {

constexpr int kMostLines = 200;

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

void Send(const KafkaConnection& connection, const std::string& topic) {
  const auto client = Must(ConnectKafkaClient(connection, {.group = "pipe", .outputs = {topic}}));
  Must(client->InitTransactions("pipe-" + std::to_string(getpid())));
  int open = 0;
  const auto commit = [&] {
    Must(client->Flush());
    Must(client->Commit());
    open = 0;
  };
  for (std::string line; std::getline(std::cin, line);) {
    if (open++ == 0) Must(client->Begin());
    const size_t tab = line.find('\t');
    const std::string_view key = std::string_view(line).substr(0, tab);
    const std::string_view value = std::string_view(line).substr(tab + 1);
    Must(client->Produce({.topic = topic, .partition = -1, .key = key, .value = value}));
    if (open == kMostLines) commit();
  }
  if (open > 0) commit();
}

void Read(const KafkaConnection& connection, const std::string& topic) {
  const std::string topics[] = {topic};
  const auto state = Must(Must(ConnectKafkaAdmin(connection))->Describe(topics, {}));
  const auto client = Must(ConnectKafkaClient(connection, {.group = "pipe"}));
  const auto reader = Must(ConnectKafkaReader(connection));
  for (int32_t n = 0; n < state.at(0).value().partitions; ++n) {
    const TopicPartition partition{topic, n};
    const auto [first, end] = Must(client->Bounds(partition));
    const PartitionOffset from[] = {{partition, first}};
    Must(reader->Assign(from));
    while (Must(reader->Position(partition)) < end) {
      const auto record = Must(reader->Poll(Milliseconds(100)));
      if (record)
        std::cout << topic << '\t' << n << '\t' << record->offset << '\t' << record->value << '\n';
    }
  }
}

int Main(std::span<char*> words) {
  const char* address = std::getenv("PM_KAFKA");
  const KafkaConnection connection{.brokers = {address == nullptr ? "127.0.0.1:9092" : address}};
  const std::string what = words.size() > 2 ? words[1] : "";
  if (what == "create" && words.size() == 4) {
    TopicState topic{.name = words[2], .partitions = std::atoi(words[3]), .replication = 1};
    topic.settings = {{"retention.ms", "3600000"}};
    Must(Must(ConnectKafkaAdmin(connection))->Create(topic));
  } else if (what == "send") {
    Send(connection, words[2]);
  } else if (what == "read") {
    for (const char* topic : words.subspan(2)) Read(connection, topic);
  } else {
    std::cerr << "usage: pointsman_kafka_pipe create|send|read TOPIC...\n";
    return 64;
  }
  return 0;
}

}  // namespace
}  // namespace pm

int main(int argc, char** argv) { return pm::Main(std::span(argv, static_cast<size_t>(argc))); }
