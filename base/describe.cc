#include "base/describe.h"

namespace pm {

void EncodeId(const EventId& id, std::string* out) {
  AppendBigEndian(out, id.hi);
  AppendBigEndian(out, id.lo);
}

void EncodeId(const ContentHash& id, std::string* out) {
  AppendBigEndian(out, id.hi);
  AppendBigEndian(out, id.lo);
}

void EncodeId(const PersonId& id, std::string* out) {
  AppendBigEndian(out, id.home);
  AppendBigEndian(out, id.number);
}

void EncodeId(const LeadId& id, std::string* out) {
  EncodeId(id.person, out);
  AppendBigEndian32(out, id.cycle);
}

void EncodeId(const AssignmentId& id, std::string* out) {
  AppendBigEndian32(out, id.desk);
  EncodeId(id.lead, out);
  AppendBigEndian32(out, id.seq);
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
