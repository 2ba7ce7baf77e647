// Strong ids: 128-bit hashes and the ids we issue. They do not convert into one another.
// All are values; equal bytes mean the same thing on every machine, for ever.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pm {

template <class Tag>
struct Id128 {
  uint64_t hi = 0;
  uint64_t lo = 0;
  auto operator<=>(const Id128&) const = default;
  explicit operator bool() const { return hi != 0 || lo != 0; }  // all zero means "none"
};
// What an effect derives from: a record's or an output's identity.
using EventId = Id128<struct EventIdTag>;
// The content of a rule document, a bundle, a payload.
using ContentHash = Id128<struct ContentHashTag>;

// Where a lead's state lives: the hash of its home's text (`d:acme.com`, `e:ann@gmail.com`).
struct HomeId {
  uint64_t hash = 0;
  auto operator<=>(const HomeId&) const = default;
  explicit operator bool() const { return hash != 0; }
};

// A person for ever, also after a move: `home` is where the person was first seen.
struct PersonId {
  uint64_t home = 0;
  uint64_t number = 0;
  auto operator<=>(const PersonId&) const = default;
  explicit operator bool() const { return number != 0; }
};

// One sales cycle of a person; cycles count from 1.
struct LeadId {
  PersonId person;
  uint32_t cycle = 0;
  auto operator<=>(const LeadId&) const = default;
  explicit operator bool() const { return cycle != 0; }
};

// One hand-over of a lead. `seq` rises by one with each hand-over of that lead, over all desks.
struct AssignmentId {
  uint32_t desk = 0;  // hash of the desk's name: no look-up needed
  LeadId lead;
  uint32_t seq = 0;
  auto operator<=>(const AssignmentId&) const = default;
  explicit operator bool() const { return seq != 0; }
};

// XXH3, 128 and 64 bits. Part of the storage format: never change the algorithm or the seed.
EventId HashEvent(std::string_view bytes);
ContentHash HashContent(std::string_view bytes);
uint64_t Hash64(std::string_view bytes);
HomeId HomeOf(std::string_view home_text);
uint32_t DeskHash(std::string_view desk_name);

// hash(cause, kind, ordinal): the id of what a step sends or publishes.
EventId Derive(EventId cause, uint32_t kind, uint32_t ordinal);

// Text forms, as users see them: 32 hex digits; `P-<home>-<number>`; `L-<home>-<number>-<cycle>`;
// `A-<desk>-<home>-<number>-<cycle>-<seq>`. Parsing refuses anything else with PM0001.
std::string ToText(EventId id);
std::string ToText(ContentHash hash);
std::string ToText(PersonId id);
std::string ToText(LeadId id);
std::string ToText(AssignmentId id);
// The same without memory of its own: outputs carry many ids.
class IdText {
 public:
  explicit IdText(EventId id);
  explicit IdText(ContentHash hash);
  explicit IdText(PersonId id);
  explicit IdText(LeadId id);
  explicit IdText(AssignmentId id);
  std::string_view view() const { return {text_.data(), size_}; }

 private:
  void Add(char c) { text_[size_++] = c; }
  void AddHex(uint64_t value, size_t digits);
  void AddDecimal(uint32_t value);
  void AddParts(PersonId id);
  void AddParts(LeadId id);

  static constexpr size_t kLongest = 72;  // `A-`, 8 + 16 + 16 hex digits, two numbers, four dashes
  std::array<char, kLongest> text_;
  size_t size_ = 0;
};
Result<LeadId> ParseLeadId(std::string_view text);
Result<PersonId> ParsePersonId(std::string_view text);
Result<AssignmentId> ParseAssignmentId(std::string_view text);
Result<ContentHash> ParseContentHash(std::string_view text);

// Fixed-width big-endian bytes, so that keys sort as numbers do.
void AppendBigEndian(std::string* out, uint64_t value);
void AppendBigEndian32(std::string* out, uint32_t value);
uint64_t ReadBigEndian(std::string_view bytes);    // needs 8 bytes
uint32_t ReadBigEndian32(std::string_view bytes);  // needs 4 bytes

}  // namespace pm
