#include "engine/runtime/kafka/logs/rules_switch.h"

#include "engine/runtime/kafka/logs/transaction.h"
#include "engine/runtime/record.h"

namespace pm {

Result<void> SwitchRules(KafkaClient& client, const TopicNames& names, uint32_t partitions,
                         ContentHash rules, const SwitchNote& note, const FailPoint& fail_point,
                         const std::function<Result<void>()>& may_switch) {
  PM_TRY_VOID(client.InitTransactions(RulesTransactionalId(names)));
  if (may_switch) PM_TRY_VOID(may_switch());
  Transactions transactions(client, names, partitions);
  return transactions.Transact([&]() -> Result<void> {
    const std::string record = EncodeRecord(SwitchRecord{rules, note.propagate});
    const KafkaHeaders words = {{"how", note.how}, {"by", note.by}, {"message", note.message}};
    for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk})
      PM_TRY_VOID(transactions.Put(Send{stage, true, {}, record}));
    // Under a key of its own: control may be compacted, and its last record is what counts.
    PM_TRY_VOID(transactions.Put({names.Control(), 0, "rules", record, words}));
    PM_TRY_VOID(transactions.Flush());
    return fail_point ? fail_point(CommitStep::kSwitched) : Result<void>{};
  });
}

std::string RulesTransactionalId(const TopicNames& names) { return names.prefix + "-rules"; }

}  // namespace pm
