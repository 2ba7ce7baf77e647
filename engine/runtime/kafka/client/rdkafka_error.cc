#include "engine/runtime/kafka/client/rdkafka_error.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>

#include "engine/runtime/kafka/client/kafka_client.h"

namespace pm {
namespace {

// Somebody else is who we were. Also INVALID_PRODUCER_EPOCH: librdkafka 2.0.2 cannot tell a
// transaction that timed out from a producer that was replaced.
constexpr auto kFencing = std::to_array<int>(
    {RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
     RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID});

// The group went on without us: what we read is not ours to commit.
constexpr auto kStaleMember = std::to_array<int>(
    {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID,
     RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST});

// No waiting mends these.
constexpr auto kRefusals = std::to_array<int>({
    RD_KAFKA_RESP_ERR__INVALID_ARG,
    RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE,
    RD_KAFKA_RESP_ERR__NOT_CONFIGURED,
    RD_KAFKA_RESP_ERR__AUTHENTICATION,
    RD_KAFKA_RESP_ERR__SSL,
    RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
    RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
    RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET,
    RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE,
    RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
    RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
    RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
    RD_KAFKA_RESP_ERR_INVALID_RECORD,
    RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
    RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS,
    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
    RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM,
    RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION,
    RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL,
    RD_KAFKA_RESP_ERR_INVALID_GROUP_ID,
    RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT,
    RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT,
    RD_KAFKA_RESP_ERR_GROUP_MAX_SIZE_REACHED,
    RD_KAFKA_RESP_ERR_INVALID_PARTITIONS,
    RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR,
    RD_KAFKA_RESP_ERR_INVALID_CONFIG,
    RD_KAFKA_RESP_ERR_INVALID_REQUEST,
    RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
});

// What of the configuration the brokers mean, where their words do not say it.
std::string_view WhatItIsAbout(int code) {
  if (code != RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT) return {};
  return ": `kafka: session` must lie within the brokers' group.min.session.timeout.ms and "
         "group.max.session.timeout.ms, by default 6s to 30m";
}

bool IsOf(const auto& codes, int code) { return std::ranges::find(codes, code) != codes.end(); }

}  // namespace

int KafkaErrorKind(KafkaCall call, const KafkaFault& fault) {
  if (IsOf(kFencing, fault.code)) return kKafkaFenced;
  if (fault.fatal) return kKafkaFatal;
  if (fault.abortable || IsOf(kStaleMember, fault.code)) {
    return call == KafkaCall::kOutside ? kKafkaRetry : kKafkaAborted;
  }
  switch (call) {
    case KafkaCall::kOutside:
      return IsOf(kRefusals, fault.code) ? kKafkaRefused : kKafkaRetry;
    case KafkaCall::kInside:
      return kKafkaAborted;
    case KafkaCall::kCommit:
      return kKafkaUnknown;
    case KafkaCall::kAbort:
      return kKafkaFatal;
  }
  return kKafkaFatal;
}

Error KafkaError(KafkaCall call, std::string_view what, const KafkaFault& fault) {
  const auto code = static_cast<rd_kafka_resp_err_t>(fault.code);
  const std::string text = fault.text.empty() ? rd_kafka_err2str(code) : fault.text;
  return {
      KafkaErrorKind(call, fault),
      fmt::format("{}: {} [{}]{}", what, text, rd_kafka_err2name(code), WhatItIsAbout(fault.code))};
}

KafkaLogLevel LogLevelOf(int level, std::string_view fact) {
  constexpr int kCritical = 2, kNotice = 5, kInfo = 6;  // <syslog.h>
  if (level > kInfo) return KafkaLogLevel::kDebug;
  if (level >= kNotice) return KafkaLogLevel::kInfo;
  return level <= kCritical || fact == "ERROR" ? KafkaLogLevel::kError : KafkaLogLevel::kWarning;
}

}  // namespace pm
