// An event as intake understood it.
#pragma once
#include <string>
#include <vector>

#include "base/describe.h"
#include "model/event_types.h"
#include "model/field_block.h"

namespace pm {

struct Event {
  EventType type = EventType::kNone;
  std::string source;  // CloudEvents source; with `id` the idempotency key
  std::string id;
  Instant occurred_at;  // what the publisher says, never after the message's `at`
  BlockBytes fields;    // normalised
  std::string
      identity;  // who: `e:ann@acme.com`, `p:+4930123`, `r:salesforce:lead:00Q1`; may be empty
  std::string
      home;  // home text: `d:acme.com`, `e:ann@gmail.com`, ...; empty when only a token names it
  std::vector<std::string>
      tokens;             // external record ids `system:object:id`, lower-cased system and object
  std::string anonymous;  // browser id
  PersonId person;        // when the event names an id of ours
  LeadId lead;
  AssignmentId assignment;
  HomeId hint;              // directory: home of the account this person seems to belong to
  std::string hint_reason;  // `company_name`, `domain`
  ContentHash payload;      // of the whole event as sent: tells a resend from a reused id
  std::string raw;          // bytes as sent, for dead letters

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "type", &Event::type, "Type of the event.");
    v.Field(2, "source", &Event::source, "Who published it.");
    v.Field(3, "id", &Event::id, "Id within the source.");
    v.Field(4, "occurred_at", &Event::occurred_at, "When it happened.");
    v.Field(5, "fields", &Event::fields, "What it says.");
    v.Field(6, "identity", &Event::identity, "Who it is about.");
    v.Field(7, "home", &Event::home, "Where that person's state lives.");
    v.Field(8, "tokens", &Event::tokens, "External record ids.");
    v.Field(9, "anonymous", &Event::anonymous, "Browser id.");
    v.Field(10, "person", &Event::person, "Person, by an id of ours.");
    v.Field(11, "lead", &Event::lead, "Lead, by an id of ours.");
    v.Field(12, "assignment", &Event::assignment, "Assignment, by an id of ours.");
    v.Field(13, "hint", &Event::hint, "Account the directory suggests.");
    v.Field(14, "hint_reason", &Event::hint_reason, "Why it does.");
    v.Field(15, "payload", &Event::payload, "Hash of the event as sent.");
    v.Field(16, "raw", &Event::raw, "The event as sent.");
  }
};

}  // namespace pm
