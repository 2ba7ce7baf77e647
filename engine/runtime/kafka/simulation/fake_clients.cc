#include "engine/runtime/kafka/simulation/fake_clients.h"

namespace pm {

KafkaClients ClientsOf(FakeBroker& broker) {
  return {.client = [&broker](const KafkaMember& member) -> Result<std::unique_ptr<KafkaClient>> {
            return std::make_unique<FakeClient>(broker, member.group, member.instance_id,
                                                member.topics);
          },
          .reader = [&broker]() -> Result<std::unique_ptr<KafkaReader>> {
            return std::make_unique<FakeReader>(broker);
          },
          .restorer = [&broker]() -> Result<std::unique_ptr<KafkaReader>> {
            return std::make_unique<FakeReader>(broker);
          },
          .follower = {},
          .uncommitted = [&broker]() -> Result<std::unique_ptr<KafkaReader>> {
            return UncommittedReader(broker);
          },
          .admin = [&broker]() -> Result<std::unique_ptr<KafkaAdmin>> {
            return std::make_unique<FakeAdmin>(broker);
          }};
}

}  // namespace pm
