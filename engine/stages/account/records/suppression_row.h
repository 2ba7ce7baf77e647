// A suppression that covers many people: an e-mail domain, a country or region, or everybody. Each
// partition has all of them, under no home. When one ends, those whom it kept from being routed are
// looked at again, a hundred a step.
#pragma once
#include "engine/stages/account/records/keys.h"
#include "model/privacy.h"

namespace pm::account {

struct SuppressionRow {
  using Key = TextKey;  // no home; hash of `domain:acme.com`, `region:DE`, `region:US-CA`, `all:`
  static constexpr char kPrefix = 'u';

  std::vector<ChannelWord> consents;
  std::string cursor;    // last waiting lead looked at
  Instant due = kNever;  // next part of the look

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "consents", &SuppressionRow::consents, "What is refused, by channel.");
    v.Field(2, "cursor", &SuppressionRow::cursor, "Last waiting lead looked at.");
    v.Field(3, "due", &SuppressionRow::due, "Next part of the look.");
  }
};

// A lead in nurture whose reason to route waits until the person may be contacted: an index.
struct WaitingRow {
  using Key = LeadKey;
  static constexpr char kPrefix = 'c';

  Instant since;

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "since", &WaitingRow::since, "Since when it waits.");
  }
};

}  // namespace pm::account
