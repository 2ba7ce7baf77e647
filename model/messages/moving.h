// Account to account: how a person's state moves to another home (DESIGN section 3, Move).
#pragma once
#include <string>
#include <vector>

#include "base/describe.h"

namespace pm {

struct AdoptedLead {
  LeadId lead;
  BlockBytes row;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "lead", &AdoptedLead::lead, "The lead.");
    v.Field(2, "row", &AdoptedLead::row, "Its row.");
  }
};

// Rows that move in. Leads may come in several messages; the person comes with the last.
struct Adopt {
  PersonId person;
  HomeId from;
  std::string from_text;
  std::string home_text;  // the new home; empty when the sender knows only its hash
  std::string identity;   // by which the person is known from now on; empty: as before
  std::string reason;     // email_changed, account_claimed, directory
  BlockBytes row;         // the person; empty in all but the last message
  std::vector<AdoptedLead> leads;
  BlockBytes account;  // the old home's account, when a whole home moves; then no person

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "person", &Adopt::person, "Who moves in.");
    v.Field(2, "from", &Adopt::from, "Old home.");
    v.Field(3, "from_text", &Adopt::from_text, "Old home in words.");
    v.Field(4, "home_text", &Adopt::home_text, "New home in words.");
    v.Field(5, "identity", &Adopt::identity, "New identity.");
    v.Field(6, "reason", &Adopt::reason, "Why.");
    v.Field(7, "row", &Adopt::row, "The person's row.");
    v.Field(8, "leads", &Adopt::leads, "Leads.");
    v.Field(9, "account", &Adopt::account, "The old home's account.");
  }
};

// Asks a home to send what it gets elsewhere: one identity, or everything.
struct Redirect {
  HomeId to;
  std::string to_text;
  std::string identity;  // empty: the whole home
  std::string reason;

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "to", &Redirect::to, "New home.");
    v.Field(2, "to_text", &Redirect::to_text, "New home in words.");
    v.Field(3, "identity", &Redirect::identity, "The one identity that is meant.");
    v.Field(4, "reason", &Redirect::reason, "Why.");
  }
};

}  // namespace pm
