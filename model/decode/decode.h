// From a publisher's JSON (CloudEvents 1.0, structured) to an Event: fields normalised, every
// problem with its JSON pointer. Pure; any thread. A problem of one field is that field's alone; a
// fatal one is the event's, which then goes to dead letters with its bytes.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/event_types.h"
#include "model/messages/event.h"
#include "model/messages/message.h"
#include "model/normalise/email.h"

namespace pm {

inline constexpr size_t kMaxEventBytes = 256 * 1024;

inline constexpr std::string_view kUnknownField = "unknown_field";  // nobody declared it

struct DecodeProblem {
  std::string pointer;  // RFC 6901; cut, like `detail`, where a name is very long
  std::string
      reason;  // stable: malformed, unknown_type, unknown_field, wrong_type, out_of_range, ...
  std::string detail;
  bool fatal = false;
};

struct DecodedEvent {
  Event event;  // whole unless a problem is fatal; `home` and `identity` are filled in
  Mode mode = Mode::kLive;
  std::vector<DecodeProblem> problems;  // in the order of the bytes; bounded, the rest counted
  bool ok() const;
};

struct DecodeRules {
  const FieldTable& fields;
  EmailRules email;
};

// `at` is when the event became durable: a missing `time` is `at`, a later one is cut to it.
DecodedEvent DecodeEvent(std::string_view json, const DecodeRules& rules, Instant at);

// Just `time`, for `simulate`, which orders by it; nullopt when it is missing or unreadable.
std::optional<Instant> TimeOfEvent(std::string_view json);

// Home text of a registrable domain or of an address that is its own home.
std::string HomeText(const Email& email);

}  // namespace pm
