#include "base/describe.h"

#include <bit>
#include <cstring>

namespace pm {

namespace {

template <class N>
char* Put(N number, char* to) {
  if (std::endian::native == std::endian::little) number = std::byteswap(number);
  std::memcpy(to, &number, sizeof number);
  return to + sizeof number;
}

char* Put(const PersonId& id, char* to) { return Put(id.number, Put(id.home, to)); }
char* Put(const LeadId& id, char* to) { return Put(id.cycle, Put(id.person, to)); }

}  // namespace

void EncodeId(const EventId& id, std::string* out) {
  AppendWritten(out, 16, [&](char* to) { Put(id.lo, Put(id.hi, to)); });
}

void EncodeId(const ContentHash& id, std::string* out) {
  AppendWritten(out, 16, [&](char* to) { Put(id.lo, Put(id.hi, to)); });
}

void EncodeId(const PersonId& id, std::string* out) {
  AppendWritten(out, 16, [&](char* to) { Put(id, to); });
}

void EncodeId(const LeadId& id, std::string* out) {
  AppendWritten(out, 20, [&](char* to) { Put(id, to); });
}

void EncodeId(const AssignmentId& id, std::string* out) {
  AppendWritten(out, 28, [&](char* to) { Put(id.seq, Put(id.lead, Put(id.desk, to))); });
}

bool DecodeId(std::string_view bytes, EventId* id) {
  if (bytes.size() != 16) return false;
  *id = {ReadBigEndian(bytes), ReadBigEndian(bytes.substr(8))};
  return true;
}

bool DecodeId(std::string_view bytes, ContentHash* id) {
  if (bytes.size() != 16) return false;
  *id = {ReadBigEndian(bytes), ReadBigEndian(bytes.substr(8))};
  return true;
}

bool DecodeId(std::string_view bytes, PersonId* id) {
  if (bytes.size() != 16) return false;
  *id = {ReadBigEndian(bytes), ReadBigEndian(bytes.substr(8))};
  return true;
}

bool DecodeId(std::string_view bytes, LeadId* id) {
  if (bytes.size() != 20 || !DecodeId(bytes.substr(0, 16), &id->person)) return false;
  id->cycle = ReadBigEndian32(bytes.substr(16));
  return true;
}

bool DecodeId(std::string_view bytes, AssignmentId* id) {
  if (bytes.size() != 28 || !DecodeId(bytes.substr(4, 20), &id->lead)) return false;
  id->desk = ReadBigEndian32(bytes);
  id->seq = ReadBigEndian32(bytes.substr(24));
  return true;
}

}  // namespace pm
