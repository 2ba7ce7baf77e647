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
  const auto transact = [&]() -> Result<void> {
    PM_TRY_VOID(transactions.Begin());
    PM_TRY_VOID(transactions.Put({names.Rules(), 0, key, value, {}}));
    PM_TRY_VOID(transactions.Flush());
    return transactions.Commit();
  };
  const Result<void> done = transact();
  if (!done) PM_TRY_VOID(transactions.Failed(done.error()));
  return done;
}

std::string NotesTransactionalId(const TopicNames& names, const std::string& instance) {
  return fmt::format("{}-rules-{}", names.prefix, instance);
}

}  // namespace pm
