// Who an identity (`e:ann@acme.com`) is at a home, or where that person went. Before there is such
// a person it keeps what they said about contact.
#pragma once
#include "engine/stages/account/records/keys.h"
#include "model/privacy.h"

namespace pm::account {

struct IdentityRow {
  using Key = TextKey;
  static constexpr char kPrefix = 'i';

  PersonId person;
  HomeId moved_to;
  std::vector<ChannelWord> consents;

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "person", &IdentityRow::person, "The person, here.");
    v.Field(2, "moved_to", &IdentityRow::moved_to, "The home to ask instead.");
    v.Field(3, "consents", &IdentityRow::consents, "Consent of someone not yet known.");
  }
};

}  // namespace pm::account
