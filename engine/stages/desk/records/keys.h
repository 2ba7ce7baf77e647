// Keys of the desk's rows: all begin with the desk, so that one partition can carry several.
#pragma once
#include <string>
#include <string_view>

#include "base/describe.h"

namespace pm {

// A row that belongs to a lead at a desk.
struct DeskLeadKey {
  uint32_t desk = 0;
  LeadId lead;
  void Append(std::string* out) const {
    AppendBigEndian32(out, desk);
    EncodeId(lead, out);
  }
};
inline constexpr size_t kDeskLeadKeyBytes = 1 + 4 + 20;
// Reads it back from a whole row key (with its prefix).
inline DeskLeadKey DeskLeadKeyOf(std::string_view row_key) {
  PM_CHECK(row_key.size() == kDeskLeadKeyBytes);
  DeskLeadKey key;
  key.desk = ReadBigEndian32(row_key.substr(1));
  PM_CHECK(DecodeId(row_key.substr(5), &key.lead));
  return key;
}

// A row that belongs to a name at a desk: a rep, a pool. The name is borrowed.
struct DeskNameKey {
  uint32_t desk = 0;
  std::string_view name;
  void Append(std::string* out) const {
    AppendBigEndian32(out, desk);
    out->append(name);
  }
};
inline DeskNameKey DeskNameKeyOf(std::string_view row_key) {
  PM_CHECK(row_key.size() >= 5);
  return {ReadBigEndian32(row_key.substr(1)), row_key.substr(5)};
}

// An index entry: a lead under some group (a pool's queue, a rep's open leads), sorted by `order`.
struct DeskIndexKey {
  uint32_t desk = 0;
  uint64_t group = 0;  // Hash64 of the pool's or rep's name
  std::string order;   // fixed-width bytes; empty for unordered groups
  LeadId lead;
  void Append(std::string* out) const {
    AppendBigEndian32(out, desk);
    AppendBigEndian(out, group);
    out->append(order);
    EncodeId(lead, out);
  }
};
inline LeadId LeadOfIndexKey(std::string_view row_key) {
  PM_CHECK(row_key.size() >= 20);
  LeadId lead;
  PM_CHECK(DecodeId(row_key.substr(row_key.size() - 20), &lead));
  return lead;
}

// Nothing but its key matters.
struct EmptyRow {
  uint32_t one = 1;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "one", &EmptyRow::one, "Always 1.");
  }
};

}  // namespace pm
