#include "engine/runtime/kafka/client/rdkafka_error.h"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include "engine/runtime/kafka/client/kafka_client.h"

namespace pm {
namespace {

struct Kinds {
  int code;
  int outside, inside, commit, abort;
};

TEST(RdkafkaError, WhatACodeMeansDependsOnWhatWasAsked) {
  constexpr Kinds kTable[] = {
      {RD_KAFKA_RESP_ERR__TIMED_OUT, kKafkaRetry, kKafkaAborted, kKafkaUnknown, kKafkaFatal},
      {RD_KAFKA_RESP_ERR__TRANSPORT, kKafkaRetry, kKafkaAborted, kKafkaUnknown, kKafkaFatal},
      {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, kKafkaRetry, kKafkaAborted, kKafkaUnknown,
       kKafkaFatal},
      {RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT, kKafkaRetry, kKafkaAborted, kKafkaUnknown,
       kKafkaFatal},
      {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, kKafkaRefused, kKafkaAborted, kKafkaUnknown,
       kKafkaFatal},
      {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, kKafkaRefused, kKafkaAborted, kKafkaUnknown,
       kKafkaFatal},
      {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, kKafkaRefused, kKafkaAborted, kKafkaUnknown,
       kKafkaFatal},
      {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, kKafkaRetry, kKafkaAborted, kKafkaAborted,
       kKafkaAborted},
      {RD_KAFKA_RESP_ERR__FENCED, kKafkaFenced, kKafkaFenced, kKafkaFenced, kKafkaFenced},
      {RD_KAFKA_RESP_ERR_PRODUCER_FENCED, kKafkaFenced, kKafkaFenced, kKafkaFenced, kKafkaFenced},
      {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, kKafkaFenced, kKafkaFenced, kKafkaFenced,
       kKafkaFenced},
      {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, kKafkaFenced, kKafkaFenced, kKafkaFenced,
       kKafkaFenced},
  };
  for (const Kinds& row : kTable) {
    const KafkaFault fault{.code = row.code};
    EXPECT_EQ(KafkaErrorKind(KafkaCall::kOutside, fault), row.outside) << row.code;
    EXPECT_EQ(KafkaErrorKind(KafkaCall::kInside, fault), row.inside) << row.code;
    EXPECT_EQ(KafkaErrorKind(KafkaCall::kCommit, fault), row.commit) << row.code;
    EXPECT_EQ(KafkaErrorKind(KafkaCall::kAbort, fault), row.abort) << row.code;
  }
}

TEST(RdkafkaError, AFatalErrorEndsTheProducerAndAnAbortableOneItsTransaction) {
  const KafkaFault fatal{.code = RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, .fatal = true};
  EXPECT_EQ(KafkaErrorKind(KafkaCall::kAbort, fatal), kKafkaFatal);
  EXPECT_EQ(KafkaErrorKind(KafkaCall::kCommit, fatal), kKafkaFatal);
  const KafkaFault fenced{.code = RD_KAFKA_RESP_ERR_PRODUCER_FENCED, .fatal = true};
  EXPECT_EQ(KafkaErrorKind(KafkaCall::kInside, fenced), kKafkaFenced);
  const KafkaFault abortable{.code = RD_KAFKA_RESP_ERR__TIMED_OUT, .abortable = true};
  EXPECT_EQ(KafkaErrorKind(KafkaCall::kCommit, abortable), kKafkaAborted);
}

TEST(RdkafkaError, ASessionThatBrokersRefuseIsNamed) {
  const Error told = KafkaError(KafkaCall::kOutside, "to poll",
                                {.code = RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT,
                                 .text = "JoinGroup failed: Broker: Invalid session timeout"});
  EXPECT_EQ(told.code, kKafkaRefused);
  EXPECT_NE(told.text.find("`kafka: session`"), std::string::npos) << told.text;
}

TEST(RdkafkaError, TheTextNamesWhatWasAskedAndTheBrokersError) {
  const Error told = KafkaError(KafkaCall::kCommit, "the commit",
                                {.code = RD_KAFKA_RESP_ERR__TIMED_OUT, .text = "too slow"});
  EXPECT_EQ(told, (Error{kKafkaUnknown, "the commit: too slow [_TIMED_OUT]"}));
  EXPECT_EQ(KafkaError(KafkaCall::kOutside, "x", {.code = RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC}).text,
            "x: Local: Unknown topic [_UNKNOWN_TOPIC]");
}

TEST(RdkafkaError, WhatIsLoggedHasTheLevelOfWhatItMeans) {
  EXPECT_EQ(LogLevelOf(0, "FATAL"), KafkaLogLevel::kError);
  EXPECT_EQ(LogLevelOf(1, "TXNERR"), KafkaLogLevel::kError);
  EXPECT_EQ(LogLevelOf(3, "ERROR"), KafkaLogLevel::kError);
  EXPECT_EQ(LogLevelOf(3, "FAIL"), KafkaLogLevel::kWarning) << "it is tried again";
  EXPECT_EQ(LogLevelOf(3, "ADDPARTS"), KafkaLogLevel::kWarning);
  EXPECT_EQ(LogLevelOf(4, "MAXPOLL"), KafkaLogLevel::kWarning);
  EXPECT_EQ(LogLevelOf(5, "REQTMOUT"), KafkaLogLevel::kInfo);
  EXPECT_EQ(LogLevelOf(6, "FAIL"), KafkaLogLevel::kInfo);
  EXPECT_EQ(LogLevelOf(7, "CONF"), KafkaLogLevel::kDebug);
}

}  // namespace
}  // namespace pm
