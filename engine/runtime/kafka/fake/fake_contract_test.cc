// The model of a broker keeps the port's contract.
#include "engine/runtime/kafka/fake/client_contract.h"
#include "engine/runtime/kafka/fake/fake_kafka.h"

namespace pm {
namespace {

class ModelBroker final : public ContractBroker {
 public:
  ModelBroker() { broker_.Advance(Instant{1}); }
  std::unique_ptr<KafkaClient> Client(const KafkaMember& member) override {
    return std::make_unique<FakeClient>(broker_, member.group, member.instance_id, member.topics);
  }
  std::unique_ptr<KafkaReader> Reader(const std::string& group) override {
    return std::make_unique<FakeReader>(broker_, group);
  }
  std::unique_ptr<KafkaReader> Uncommitted() override { return UncommittedReader(broker_); }
  std::unique_ptr<KafkaAdmin> Admin() override { return std::make_unique<FakeAdmin>(broker_); }
  void Forget(const std::string& transactional_id) override { broker_.Forget(transactional_id); }

 private:
  FakeBroker broker_{{}};
};

INSTANTIATE_TEST_SUITE_P(Model, ClientContract, testing::Values(MakeContractBroker([] {
                           return std::unique_ptr<ContractBroker>(new ModelBroker);
                         })));

}  // namespace
}  // namespace pm
