// Keys of the account stage's rows: all begin with the home, so that a home's rows lie together.
#pragma once
#include <string>
#include <string_view>

#include "base/describe.h"

namespace pm::account {

// A home's own row.
struct HomeRowKey {
  HomeId home;
  void Append(std::string* out) const { AppendBigEndian(out, home.hash); }
};

// A person at a home.
struct PersonKey {
  HomeId home;
  PersonId person;  // none: the home as a whole (redirects)
  void Append(std::string* out) const {
    AppendBigEndian(out, home.hash);
    EncodeId(person, out);
  }
};

// A lead at a home. Its id may name another person than the one it belongs to, after a merge.
struct LeadKey {
  HomeId home;
  LeadId lead;
  void Append(std::string* out) const {
    AppendBigEndian(out, home.hash);
    EncodeId(lead, out);
  }
};

// A text at a home by its 128-bit hash: an identity, an idempotency key, what a suppression covers.
struct TextKey {
  HomeId home;
  EventId hash;
  void Append(std::string* out) const {
    AppendBigEndian(out, home.hash);
    EncodeId(hash, out);
  }
};

// Whole row keys (with their prefix) back to their parts.
inline HomeId HomeOfRow(std::string_view row_key) { return {ReadBigEndian(row_key.substr(1))}; }
inline PersonId PersonOfRow(std::string_view row_key) {
  PersonId person;
  PM_CHECK(DecodeId(row_key.substr(9), &person));
  return person;
}
inline LeadId LeadOfRow(std::string_view row_key) {
  LeadId lead;
  PM_CHECK(DecodeId(row_key.substr(9), &lead));
  return lead;
}
inline EventId HashOfRow(std::string_view row_key) {
  EventId hash;
  PM_CHECK(DecodeId(row_key.substr(9), &hash));
  return hash;
}

}  // namespace pm::account
