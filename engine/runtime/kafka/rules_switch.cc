#include "engine/runtime/kafka/rules_switch.h"

#include "engine/runtime/kafka/transaction.h"
#include "engine/runtime/record.h"

namespace pm {

Result<void> SwitchRules(KafkaClient& client, const TopicNames& names, uint32_t partitions,
                         ContentHash rules) {
  PM_TRY_VOID(client.InitTransactions(names.prefix + "-rules"));
  Transactions transactions(client, names, partitions);
  const auto transact = [&]() -> Result<void> {
    const std::string record = EncodeRecord(SwitchRecord{rules});
    PM_TRY_VOID(transactions.Begin());
    for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk})
      PM_TRY_VOID(transactions.Put(Send{stage, true, {}, record}));
    // Under a key of its own: control may be compacted, and its last record is what counts.
    PM_TRY_VOID(transactions.Put({names.Control(), 0, "rules", record, {}}));
    PM_TRY_VOID(transactions.Flush());
    return transactions.Commit();
  };
  const Result<void> done = transact();
  if (!done) PM_TRY_VOID(transactions.Failed(done.error()));
  return done;
}

}  // namespace pm
