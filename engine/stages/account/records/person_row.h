// A person at their home: fields, scores, consent, which leads they have had.
#pragma once
#include "engine/stages/account/records/keys.h"
#include "engine/stages/account/records/parts.h"
#include "engine/stages/account/records/stamped_fields.h"
#include "model/privacy.h"

namespace pm::account {

// A lifecycle threshold that was crossed, for its cooldown.
struct Reached {
  std::string stage;
  Instant at;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "stage", &Reached::stage, "Stage.");
    v.Field(2, "at", &Reached::at, "When it was last reached.");
  }
};

// Bounds keep the row below 256 KiB; what is beyond them drops off oldest first.
inline constexpr size_t kMaxTokens = 16;
inline constexpr size_t kMaxIdentities = 16;
inline constexpr size_t kMaxContributions = 128;
inline constexpr size_t kMaxLeads = 32;

struct PersonRow {
  using Key = PersonKey;
  static constexpr char kPrefix = 'p';

  StampedFields fields;
  std::string identity;                     // the latest, as Event::identity
  std::string home_text;                    // `d:acme.com`; of an account without domains its own
  std::vector<std::string> identities;      // all that lead here, oldest first
  std::vector<std::string> tokens;          // external record ids and `anonymous:<id>`
  std::vector<Contribution> contributions;  // by time
  std::vector<ChannelWord> consents;        // by channel
  std::vector<Reached> reached;
  uint32_t cycles = 0;        // leads begun under this person's id
  LeadId current;             // the latest lead, open or closed
  std::vector<LeadId> leads;  // oldest first
  Instant created_at;
  ScoreState score;
  bool scored = false;           // `score` was computed once
  std::vector<PersonId> merged;  // persons who turned out to be this one

  template <class V>
  static void Describe(V& v) {
    using T = PersonRow;
    v.Field(1, "fields", &T::fields, "What is known.");
    v.Field(2, "identity", &T::identity, "Latest identity.");
    v.Field(3, "home_text", &T::home_text, "Home in words.");
    v.Field(4, "identities", &T::identities, "All identities.");
    v.Field(5, "tokens", &T::tokens, "External ids and browsers.");
    v.Field(6, "contributions", &T::contributions, "Engagement points.");
    v.Field(7, "consents", &T::consents, "Consent by channel.");
    v.Field(8, "reached", &T::reached, "Thresholds crossed.");
    v.Field(9, "cycles", &T::cycles, "Leads begun.");
    v.Field(10, "current", &T::current, "Latest lead.");
    v.Field(11, "leads", &T::leads, "All leads.");
    v.Field(12, "created_at", &T::created_at, "First seen.");
    v.Field(13, "score", &T::score, "Score as published.");
    v.Field(14, "scored", &T::scored, "A score was computed.");
    v.Field(15, "merged", &T::merged, "Persons who turned out to be this one.");
  }
};

}  // namespace pm::account
