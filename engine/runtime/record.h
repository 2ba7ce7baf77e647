// What a task reads: records of one input partition, in order.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/ids.h"
#include "base/result.h"
#include "model/messages/message.h"

namespace pm {

// `bytes` are borrowed and in the form that EncodeRecord writes. Positions rise; `at` is when the
// record first became durable, and never falls within a partition.
struct Record {
  std::string_view bytes;
  int64_t position = 0;
  Instant at;
};

// Time has come to `until`: every row with due < until fires. `from` is the upstream partition that
// says so; a receiver of several takes the least of them.
struct TickRecord {
  Instant until;
  uint32_t from = 0;
  bool operator==(const TickRecord&) const = default;
};
// From here on these rules are in force. With `propagate` SLAs and cadences that run go over to
// what the rules say under their names now.
struct SwitchRecord {
  ContentHash rules;
  bool propagate = false;
  bool operator==(const SwitchRecord&) const = default;
};
// Stands in for a record that no worker survived: it is set aside as a dead letter. Of a tick only
// the rows that are named are parked, when their turn comes; all others fire.
struct SkipRecord {
  std::string original;           // its bytes
  std::vector<std::string> rows;  // whole keys
  bool operator==(const SkipRecord&) const = default;
};
// Someone has looked into a parked row: its timer is tried again. Nothing happens when it is parked
// no more.
struct RetryRecord {
  std::string row;  // its whole key
  bool operator==(const RetryRecord&) const = default;
};
using RecordBody = std::variant<Message, TickRecord, SwitchRecord, SkipRecord, RetryRecord>;

// One byte of kind (0 data, 1 tick, 2 switch, 3 skip, 4 retry), then: the message's wire form; the
// instant as a zigzag varint and the partition as a varint; 16 bytes of hash, and a byte 1 to
// propagate; how many rows as a varint, each key behind its length, and the original bytes; the
// row's key.
std::string EncodeMessageRecord(const Message& message);
std::string EncodeRecord(const TickRecord& tick);
std::string EncodeRecord(const SwitchRecord& to);
std::string EncodeRecord(const SkipRecord& skip);
std::string EncodeRecord(const RetryRecord& retry);
// nullopt: not in this form.
std::optional<RecordBody> DecodeRecord(std::string_view bytes);

// A record from outside, with the identity that all its effects derive from: `ordinal` counts the
// data records of the whole system, so that the same inputs have the same ids in every topology.
Message RootMessage(std::string body, std::string key, Mode mode, int64_t ordinal);

}  // namespace pm
