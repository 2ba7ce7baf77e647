// The port's contract, held against a real broker: $PM_KAFKA is its address.
#include <cstdlib>
#include <iostream>

#include "engine/runtime/kafka/fake/client_contract.h"

namespace pm {
namespace {

auto Must(auto made) {
  if (!made.has_value()) ADD_FAILURE() << made.error().text;
  return std::move(made).value();
}

class RealBroker final : public ContractBroker {
 public:
  std::unique_ptr<KafkaClient> Client(const KafkaMember& member) override {
    return Must(ConnectKafkaClient(connection_, member, Log));
  }
  std::unique_ptr<KafkaReader> Reader(const std::string& group) override {
    return Must(ConnectKafkaReader(connection_, Log, group));
  }
  std::unique_ptr<KafkaAdmin> Admin() override {
    return Must(ConnectKafkaAdmin(connection_, Seconds(30), Log));
  }

 private:
  static void Log(std::string_view line) { std::cerr << line << "\n"; }
  static std::string Address() {
    const char* address = std::getenv("PM_KAFKA");
    return address == nullptr ? "127.0.0.1:9092" : address;
  }

  const KafkaConnection connection_{.brokers = {Address()}};
};

INSTANTIATE_TEST_SUITE_P(RealKafka, ClientContract, testing::Values(MakeContractBroker([] {
                           return std::unique_ptr<ContractBroker>(new RealBroker);
                         })));

}  // namespace
}  // namespace pm
