// What stages send each other. A message is bytes also between fused stages, so that every topology
// runs the same code.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/describe.h"

namespace pm {

// Stored: never renumber.
enum class Stage : uint8_t { kIntake = 0, kIdentity = 1, kAccount = 2, kDesk = 3 };
inline constexpr int kStages = 4;
std::string_view StageName(Stage stage);

enum class MessageType : uint8_t {
  kNone = 0,
  kRaw = 1,           // to intake: bytes as a publisher sent them
  kEvent = 2,         // intake -> identity, account, desk; identity -> account; account -> desk
  kLink = 3,          // account -> identity: this token is this person
  kAdopt = 4,         // account -> account: rows of a person who moves in
  kRedirect = 5,      // account -> account: install a redirect
  kDirectory = 6,     // account -> intake: an account's domains, name, owner
  kRouteRequest = 7,  // account -> desk
  kLeadCard = 8,      // account -> desk: what desk rules and outputs read of a lead
  kLeadNotice = 9,    // account -> desk: something that stops, ends or meets things
  kAssignmentChanged = 10,  // desk -> account
};

enum class Mode : uint8_t { kLive = 0, kBackfill = 1, kShadow = 2, kTest = 3 };
std::string_view ModeName(Mode mode);

// A chain of messages from one record may be this long; one more goes to dead letters.
inline constexpr int kMaxHops = 8;

struct Message {
  Stage to = Stage::kIntake;
  MessageType type = MessageType::kNone;
  Mode mode = Mode::kLive;
  uint32_t hops = 0;
  std::string key;    // intake: any; identity: token; account: 8 bytes of the home; desk: desk name
  EventId id;         // hash of (cause, kind, ordinal)
  EventId root;       // the record that began it all
  ContentHash rules;  // version in force at the sender
  Instant at;         // when the root first became durable
  std::string body;   // wire form of the struct that `type` names; kRaw: the publisher's bytes

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "to", &Message::to, "Stage that reads it.");
    v.Field(2, "type", &Message::type, "What the body is.");
    v.Field(3, "mode", &Message::mode, "live, backfill, shadow or test.");
    v.Field(4, "hops", &Message::hops, "Length of the chain so far.");
    v.Field(5, "key", &Message::key, "Partition key.");
    v.Field(6, "id", &Message::id, "Its identity.");
    v.Field(7, "root", &Message::root, "First record of the chain.");
    v.Field(8, "rules", &Message::rules, "Rule version at the sender.");
    v.Field(9, "at", &Message::at, "When the root became durable.");
    v.Field(10, "body", &Message::body, "The message itself.");
  }
};

std::string HomeKey(HomeId home);  // key of a message to the account stage
HomeId HomeFromKey(std::string_view key);

}  // namespace pm
