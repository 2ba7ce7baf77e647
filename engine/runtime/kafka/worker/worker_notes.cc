#include "engine/runtime/kafka/worker/worker_notes.h"

#include <fmt/format.h>

#include "base/describe.h"
#include "engine/runtime/kafka/logs/transaction.h"

namespace pm {

Result<void> StoreWorkerNote(KafkaClient& client, const TopicNames& names,
                             const std::string& instance, const WorkerNote& note) {
  PM_TRY_VOID(client.InitTransactions(NotesTransactionalId(names, instance)));
  Transactions transactions(client, names, 1);
  const std::string key = fmt::format("{}{}", kWorkerKey, instance), value = Encoded(note);
  return transactions.Transact(
      [&] { return transactions.Put({names.Rules(), 0, key, value, {}}); });
}

std::string NotesTransactionalId(const TopicNames& names, const std::string& instance) {
  return fmt::format("{}-rules-{}", names.prefix, instance);
}

}  // namespace pm
