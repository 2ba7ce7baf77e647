#include "base/ids.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <array>
#include <charconv>
#include <vector>

namespace pm {
namespace {

constexpr int kBadId = 1;

template <class Id>
Id Hash128(std::string_view bytes) {
  const XXH128_hash_t h = XXH3_128bits(bytes.data(), bytes.size());
  return {h.high64, h.low64};
}

// Splits `X-aa-bb-..` behind its letter into `count` hexadecimal numbers (the last `decimals` of
// them decimal).
Result<std::vector<uint64_t>> ParseParts(std::string_view text, char letter, size_t count,
                                         size_t decimals) {
  const auto bad = [&] { return Fail(kBadId, fmt::format("'{}' is not an id of ours", text)); };
  if (text.size() < 2 || text[0] != letter || text[1] != '-') return bad();
  std::vector<uint64_t> parts;
  std::string_view rest = text.substr(2);
  while (parts.size() < count) {
    const size_t dash = rest.find('-');
    if ((dash == std::string_view::npos) != (parts.size() + 1 == count)) return bad();
    const std::string_view part = rest.substr(0, dash);
    uint64_t value = 0;
    const int base = parts.size() + decimals >= count ? 10 : 16;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value, base);
    if (error != std::errc() || end != part.data() + part.size() || part.empty()) return bad();
    parts.push_back(value);
    rest = dash == std::string_view::npos ? std::string_view() : rest.substr(dash + 1);
  }
  return parts;
}

// Outputs carry many ids: written digit by digit, which is several times as fast as fmt.
void AppendHex(uint64_t value, int digits, std::string* out) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    out->push_back("0123456789abcdef"[value >> shift & 15]);
}

std::string TextOf(uint64_t hi, uint64_t lo) {
  std::string text;
  text.reserve(32);
  AppendHex(hi, 16, &text);
  AppendHex(lo, 16, &text);
  return text;
}

std::string TextOf(PersonId id) {
  std::string text;
  text.reserve(48);
  text += '-';
  AppendHex(id.home, 16, &text);
  text += '-';
  AppendHex(id.number, 16, &text);
  return text;
}

std::string TextOf(LeadId id) {
  std::string text = TextOf(id.person);
  text += '-';
  text += fmt::format_int(id.cycle).str();
  return text;
}

}  // namespace

EventId HashEvent(std::string_view bytes) { return Hash128<EventId>(bytes); }
ContentHash HashContent(std::string_view bytes) { return Hash128<ContentHash>(bytes); }
uint64_t Hash64(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

HomeId HomeOf(std::string_view home_text) {
  const uint64_t hash = Hash64(home_text);
  return {hash == 0 ? 1 : hash};
}

uint32_t DeskHash(std::string_view desk_name) { return static_cast<uint32_t>(Hash64(desk_name)); }

EventId Derive(EventId cause, uint32_t kind, uint32_t ordinal) {
  std::string bytes;
  bytes.reserve(24);
  AppendBigEndian(&bytes, cause.hi);
  AppendBigEndian(&bytes, cause.lo);
  AppendBigEndian32(&bytes, kind);
  AppendBigEndian32(&bytes, ordinal);
  return HashEvent(bytes);
}

std::string ToText(EventId id) { return TextOf(id.hi, id.lo); }
std::string ToText(ContentHash hash) { return TextOf(hash.hi, hash.lo); }
std::string ToText(PersonId id) { return "P" + TextOf(id); }
std::string ToText(LeadId id) { return "L" + TextOf(id); }
std::string ToText(AssignmentId id) {
  std::string text = "A-";
  text.reserve(64);
  AppendHex(id.desk, 8, &text);
  text += TextOf(id.lead);
  text += '-';
  text += fmt::format_int(id.seq).str();
  return text;
}

Result<LeadId> ParseLeadId(std::string_view text) {
  PM_TRY(const std::vector<uint64_t> p, ParseParts(text, 'L', 3, 1));
  return LeadId{{p[0], p[1]}, static_cast<uint32_t>(p[2])};
}

Result<PersonId> ParsePersonId(std::string_view text) {
  PM_TRY(const std::vector<uint64_t> p, ParseParts(text, 'P', 2, 0));
  return PersonId{p[0], p[1]};
}

Result<AssignmentId> ParseAssignmentId(std::string_view text) {
  PM_TRY(const std::vector<uint64_t> p, ParseParts(text, 'A', 5, 2));
  return AssignmentId{static_cast<uint32_t>(p[0]),
                      {{p[1], p[2]}, static_cast<uint32_t>(p[3])},
                      static_cast<uint32_t>(p[4])};
}

Result<ContentHash> ParseContentHash(std::string_view text) {
  ContentHash hash;
  if (text.size() == 32) {
    const auto a = std::from_chars(text.data(), text.data() + 16, hash.hi, 16);
    const auto b = std::from_chars(text.data() + 16, text.data() + 32, hash.lo, 16);
    if (a.ptr == text.data() + 16 && b.ptr == text.data() + 32) return hash;
  }
  return Fail(kBadId, fmt::format("'{}' is not a content hash (32 hex digits)", text));
}

void AppendBigEndian(std::string* out, uint64_t value) {
  std::array<char, 8> bytes{};
  for (size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(value >> (56 - 8 * i));
  out->append(bytes.data(), bytes.size());
}

void AppendBigEndian32(std::string* out, uint32_t value) {
  std::array<char, 4> bytes{};
  for (size_t i = 0; i < 4; ++i) bytes[i] = static_cast<char>(value >> (24 - 8 * i));
  out->append(bytes.data(), bytes.size());
}

uint64_t ReadBigEndian(std::string_view bytes) {
  PM_CHECK(bytes.size() >= 8);
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

uint32_t ReadBigEndian32(std::string_view bytes) {
  PM_CHECK(bytes.size() >= 4);
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace pm
