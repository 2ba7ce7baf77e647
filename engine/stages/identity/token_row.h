// What identity keeps of a token: a browser id or a foreign record id.
#pragma once
#include <string>
#include <vector>

#include "base/describe.h"

namespace pm {

// A message kept until it is known whose it is.
struct KeptMessage {
  Instant at;
  EventId root;
  uint8_t mode = 0;
  std::string event;  // wire form of Event
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "at", &KeptMessage::at, "When it became durable.");
    v.Field(2, "root", &KeptMessage::root, "Its record.");
    v.Field(3, "mode", &KeptMessage::mode, "Mode.");
    v.Field(4, "event", &KeptMessage::event, "The event.");
  }
};

struct TokenRow {
  struct Key {
    std::string token;  // `anonymous:<id>` or `system:object:id`
    void Append(std::string* out) const { out->append(token); }
  };
  static constexpr char kPrefix = 't';
  HomeId home;           // zero: not bound yet
  std::string identity;  // as Event::identity
  PersonId person;
  std::vector<KeptMessage> kept;  // a browser's visits, or what waits for a record's link; bounded
  uint64_t dropped = 0;           // visits that fell out at the bound
  Instant due = kNever;           // what is kept is given up then

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "home", &TokenRow::home, "Home of the person.");
    v.Field(2, "identity", &TokenRow::identity, "Who it is.");
    v.Field(3, "person", &TokenRow::person, "The person.");
    v.Field(4, "kept", &TokenRow::kept, "Events that wait.");
    v.Field(5, "dropped", &TokenRow::dropped, "Visits that fell out.");
    v.Field(6, "due", &TokenRow::due, "When what waits is given up.");
  }
};

}  // namespace pm
