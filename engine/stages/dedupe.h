// Idempotency on (source, id) over a window of 7 days in identity and desk; the account stage keys
// its own by home (account/records/seen_row.h). The window is compared on reading; the row's due
// only cleans up.
#pragma once
#include <string>

#include "engine/stages/step.h"
#include "model/messages/event.h"

namespace pm {

inline constexpr Duration kDedupeWindow = Days(7);

struct DedupeKey {
  uint32_t desk = 0;  // 0 outside the desk stage
  std::string source;
  std::string id;
  EventId hashed;  // instead of source and id, when read back from a key
  void Append(std::string* out) const {
    AppendBigEndian32(out, desk);
    EncodeId(hashed ? hashed : HashEvent(source + '\0' + id), out);
  }
};

template <char Prefix>
struct DedupeRow {
  using Key = DedupeKey;
  static constexpr char kPrefix = Prefix;
  ContentHash payload;
  Instant at;
  Instant due = kNever;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "payload", &DedupeRow::payload, "Hash of the event as sent.");
    v.Field(2, "at", &DedupeRow::at, "When it was first read.");
    v.Field(3, "due", &DedupeRow::due, "When it is forgotten.");
  }
};
using IdentityDedupe = DedupeRow<'w'>;
using DeskDedupe = DedupeRow<'z'>;

// True for an event not seen within the window, which is then remembered. The same event again is
// passed over; another payload under the same key becomes a dead letter `id_reused`, unless
// somebody else tells of it.
template <class R>
bool FirstTime(Step& step, const DedupeKey& key, const Event& event, bool tells = true) {
  const R* seen = step.rows.Find<R>(key);
  if (seen != nullptr && step.now - seen->at < kDedupeWindow) {
    if (tells && seen->payload != event.payload) {
      step.DeadLetter("id_reused",
                      "another event had this source and id within seven days; its effect stands",
                      "/id", event.raw);
    }
    return false;
  }
  R& row = step.rows.Edit<R>(key);
  row.payload = event.payload;
  row.at = step.now;
  row.due = step.now + kDedupeWindow;
  return true;
}

template <class R>
void ForgetDedupe(Step& step, std::string_view row_key) {
  DedupeKey key;
  PM_CHECK(row_key.size() == 21);
  key.desk = ReadBigEndian32(row_key.substr(1));
  PM_CHECK(DecodeId(row_key.substr(5), &key.hashed));
  step.rows.Erase<R>(key);
}

}  // namespace pm
