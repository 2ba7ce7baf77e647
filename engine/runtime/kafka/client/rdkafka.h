// The port (kafka_client.h) on librdkafka. Its headers stay in the rdkafka_*.cc files.
//
// Each of these connects in the background: that a broker is there shows with the first call. What
// librdkafka refuses of the properties is kKafkaRefused here, a secret that cannot be read PM0537.
#pragma once
#include <algorithm>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time/instant.h"
#include "engine/runtime/kafka/client/connection.h"
#include "engine/runtime/kafka/client/kafka_client.h"

namespace pm {

enum class KafkaLogLevel : uint8_t { kDebug, kInfo, kWarning, kError };

// What librdkafka has to say of connections and brokers, for the log. Called by its threads.
using KafkaLog = void (*)(KafkaLogLevel level, std::string_view line);

struct KafkaMember {
  std::string group;
  std::string instance_id;          // empty: a member that leaves when it is closed
  std::vector<std::string> topics;  // names, or patterns that begin with `^`
  // Those that transactions will write to. The first one to a topic takes 0.9 s unless the
  // producer has heard of it before.
  std::vector<std::string> outputs;
  Duration answer = Seconds(30);       // the longest that a call waits for a broker's answer
  Duration session = Seconds(10);      // after which a silent member is taken for dead
  Duration rebalance = Minutes(5);     // within which Assigned and Revoked must be answered
  Duration look_again = Minutes(5);    // for topics and partitions that have come since
  Duration transaction = Seconds(60);  // after which the brokers abort one; well above a fail-over
  std::stop_token stop;                // once it is asked for, nobody waits longer than a moment

  Duration Patience() const { return stop.stop_requested() ? std::min(answer, kAtTheEnd) : answer; }
  static constexpr Duration kAtTheEnd = Seconds(2);
};

// A connection for Bounds, and for the offsets of any group; any thread. `group` is not joined.
class KafkaLooker;
Result<std::shared_ptr<KafkaLooker>> ConnectKafkaLooker(const KafkaConnection& connection,
                                                        const std::string& group,
                                                        KafkaLog log = nullptr);
// `looker` may be several clients': each connection costs a millisecond of CPU a second. Null: one
// of its own.
Result<std::unique_ptr<KafkaClient>> ConnectKafkaClient(
    const KafkaConnection& connection, const KafkaMember& member, KafkaLog log = nullptr,
    std::shared_ptr<KafkaLooker> looker = nullptr);
// `group`: of its notes, nobody joins it; empty: it takes none.
Result<std::unique_ptr<KafkaReader>> ConnectKafkaReader(const KafkaConnection& connection,
                                                        KafkaLog log = nullptr,
                                                        const std::string& group = {});
// One that hears sooner that a partition has come to its end, for which it asks more often.
Result<std::unique_ptr<KafkaReader>> ConnectRestoreReader(const KafkaConnection& connection,
                                                          KafkaLog log = nullptr);
// Such a one that sees what is open and aborted, too.
Result<std::unique_ptr<KafkaReader>> ConnectUncommittedReader(const KafkaConnection& connection,
                                                              KafkaLog log = nullptr);
// `answer` as in KafkaMember.
Result<std::unique_ptr<KafkaAdmin>> ConnectKafkaAdmin(const KafkaConnection& connection,
                                                      Duration answer = Seconds(30),
                                                      KafkaLog log = nullptr);
// How many brokers there are at this moment: a topic that is made can have no more copies.
Result<int32_t> CountBrokers(const KafkaConnection& connection, Duration answer = Seconds(30));

}  // namespace pm
