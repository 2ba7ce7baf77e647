// An event that was handled, or sent on, here: a resend within the window changes nothing.
#pragma once
#include "engine/stages/account/records/keys.h"

namespace pm::account {

struct SeenRow {
  using Key = TextKey;
  static constexpr char kPrefix = 'y';

  ContentHash payload;
  Instant at;
  EventId sent_on;       // root of the record that was sent on to another home; may come back once
  Instant due = kNever;  // when the row goes

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "payload", &SeenRow::payload, "The event as sent.");
    v.Field(2, "at", &SeenRow::at, "When it came.");
    v.Field(3, "sent_on", &SeenRow::sent_on, "Record that was sent on.");
    v.Field(4, "due", &SeenRow::due, "When the row goes.");
  }
};

}  // namespace pm::account
