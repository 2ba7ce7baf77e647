// Puts rules in force everywhere at one place of each log: one transaction with a switch record to
// every partition of identity, account and desk, and to control, which intake follows.
#pragma once
#include <functional>

#include "engine/runtime/kafka/client/kafka_client.h"
#include "engine/runtime/kafka/logs/commit_step.h"
#include "engine/runtime/kafka/topics/topic_names.h"
#include "engine/runtime/rules_history.h"

namespace pm {

// With a client of its own. All workers should have compiled the rules by then: those that have not
// wait. The note's words stand in headers of the control record, for the history of rules. On an
// error of a code other than kKafkaUnknown nothing was switched; doing it twice does no harm.
// `may_switch` (may be empty) is asked once nobody else can do it at the same time: who came before
// has, and whoever comes now puts us out. Its error ends it.
Result<void> SwitchRules(KafkaClient& client, const TopicNames& names, uint32_t partitions,
                         ContentHash rules, const SwitchNote& note = {},
                         const FailPoint& fail_point = {},
                         const std::function<Result<void>()>& may_switch = {});

// Who changes rules has this transactional id: one change at a time.
std::string RulesTransactionalId(const TopicNames& names);

}  // namespace pm
