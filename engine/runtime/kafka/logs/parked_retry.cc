#include "engine/runtime/kafka/logs/parked_retry.h"

#include <fmt/format.h>

#include "engine/runtime/kafka/logs/transaction.h"
#include "engine/runtime/record.h"

namespace pm {

Result<void> RetryParked(KafkaClient& client, const TopicNames& names, std::string_view instance,
                         std::span<const ParkedPlace> rows) {
  PM_TRY_VOID(client.InitTransactions(fmt::format("{}-retry-{}", names.prefix, instance)));
  Transactions transactions(client, names, 1);
  return transactions.Transact([&]() -> Result<void> {
    for (const auto& [task, row] : rows) {
      const std::string topic = names.Input(task.stage), record = EncodeRecord(RetryRecord{row});
      PM_TRY_VOID(
          transactions.Put(Produced{topic, static_cast<int32_t>(task.partition), {}, record, {}}));
    }
    return {};
  });
}

}  // namespace pm
