// A company at its home. Also made by events about leads at a domain nobody described yet.
#pragma once
#include "engine/stages/account/records/keys.h"
#include "engine/stages/account/records/parts.h"
#include "engine/stages/account/records/stamped_fields.h"

namespace pm::account {

inline constexpr size_t kMaxAccountContributions = 256;
inline constexpr size_t kMaxDomains = 64;

struct AccountRow {
  using Key = HomeRowKey;
  static constexpr char kPrefix = 'a';

  StampedFields fields;
  std::string home_text;
  bool upserted = false;                    // a system of record described it
  std::vector<std::string> claimed;         // other domains whose homes were told to redirect here
  std::vector<std::string> tokens;          // external record ids
  ContentHash directory;                    // of the last directory entry sent
  std::vector<Contribution> contributions;  // rules with account scope
  uint64_t people = 0;                      // persons made here
  uint64_t submissions = 0;
  bool sweeping = false;  // what changed is being brought to the people's open leads
  bool past = false;      // only by what backfills said
  std::string cursor;     // last person row seen to
  Instant due = kNever;   // next part of the sweep

  template <class V>
  static void Describe(V& v) {
    using T = AccountRow;
    v.Field(1, "fields", &T::fields, "What is known.");
    v.Field(2, "home_text", &T::home_text, "Home in words.");
    v.Field(3, "upserted", &T::upserted, "A system of record described it.");
    v.Field(4, "claimed", &T::claimed, "Other domains.");
    v.Field(5, "directory", &T::directory, "Last directory entry.");
    v.Field(6, "contributions", &T::contributions, "Engagement points for all its people.");
    v.Field(7, "tokens", &T::tokens, "External record ids.");
    v.Field(8, "people", &T::people, "Persons made here.");
    v.Field(9, "submissions", &T::submissions, "Submissions of its people.");
    v.Field(10, "sweeping", &T::sweeping, "A sweep over its people runs.");
    v.Field(11, "cursor", &T::cursor, "Last person row of the sweep.");
    v.Field(12, "due", &T::due, "Next part of the sweep.");
    v.Field(13, "past", &T::past, "The sweep is of what backfills said.");
  }
};

}  // namespace pm::account
