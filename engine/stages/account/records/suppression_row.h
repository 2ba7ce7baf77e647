// A suppression that covers many people: an e-mail domain, a country or region, or everybody. Each
// partition has all of them, under no home.
#pragma once
#include "engine/stages/account/records/keys.h"
#include "engine/stages/account/records/parts.h"

namespace pm::account {

struct SuppressionRow {
  using Key = TextKey;  // no home; hash of `domain:acme.com`, `region:DE`, `region:US-CA`, `all:`
  static constexpr char kPrefix = 'u';

  std::vector<Consent> consents;

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "consents", &SuppressionRow::consents, "What is refused, by channel.");
  }
};

}  // namespace pm::account
