// What account tells identity and intake.
#pragma once
#include <string>
#include <vector>

#include "base/describe.h"

namespace pm {

// This token (external record id or browser id) is that person, who lives there.
struct Link {
  std::string token;
  std::string identity;  // as Event::identity
  HomeId home;
  PersonId person;

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "token", &Link::token, "External record id, or `anonymous:<id>`.");
    v.Field(2, "identity", &Link::identity, "Who it is.");
    v.Field(3, "home", &Link::home, "Where the person's state lives.");
    v.Field(4, "person", &Link::person, "The person.");
  }
};

// An account as intake's directory knows it. Compacted by `domain`.
struct DirectoryEntry {
  std::string domain;                // first domain: its home is `d:<domain>`
  std::vector<std::string> domains;  // all of them
  std::string name_key;              // company name in matching form
  std::string owner;

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "domain", &DirectoryEntry::domain, "First domain.");
    v.Field(2, "domains", &DirectoryEntry::domains, "All domains.");
    v.Field(3, "name_key", &DirectoryEntry::name_key, "Name in matching form.");
    v.Field(4, "owner", &DirectoryEntry::owner, "Rep id of the owner.");
  }
};

}  // namespace pm
