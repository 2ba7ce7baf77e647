#include "base/ids.h"

#include <fmt/format.h>
#include <xxhash.h>
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>  // the same hashes, by the widest vectors that the processor has
#endif

#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <vector>

#include "base/wire.h"

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

// The eight hex digits of a number, in the order of memory: outputs carry many ids.
uint64_t HexDigits(uint32_t value) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  uint64_t x = value;
  x = (x << 32 | x >> 16) & 0x0000ffff0000ffff;
  x = (x << 16 & 0x00ff000000ff0000) | (x >> 8 & 0x000000ff000000ff);
  x = (x << 8 & 0x0f000f000f000f00) | (x >> 4 & 0x000f000f000f000f);
  const uint64_t letters = (x + 6 * kOnes) >> 4 & kOnes;
  x += '0' * kOnes + ('a' - '9' - 1) * letters;
  return std::endian::native == std::endian::little ? x : std::byteswap(x);
}

template <class N>
N BigEndian(N value) {
  return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}

template <class N>
void WriteNumber(N value, char* to) {
  value = BigEndian(value);
  std::memcpy(to, &value, sizeof value);
}

template <class N>
void AppendNumber(std::string* out, N value) {
  AppendWritten(out, sizeof value, [&](char* to) { WriteNumber(value, to); });
}

template <class N>
N ReadNumber(std::string_view bytes) {
  PM_CHECK(bytes.size() >= sizeof(N));
  N value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  return BigEndian(value);
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
  std::array<char, 24> bytes{};
  WriteNumber(cause.hi, bytes.data());
  WriteNumber(cause.lo, bytes.data() + 8);
  WriteNumber(kind, bytes.data() + 16);
  WriteNumber(ordinal, bytes.data() + 20);
  return HashEvent({bytes.data(), bytes.size()});
}

// `digits` is 8 or 16.
void IdText::AddHex(uint64_t value, size_t digits) {
  for (size_t left = digits; left > 0; left -= 8) {
    const uint64_t eight = HexDigits(static_cast<uint32_t>(left > 8 ? value >> 32 : value));
    std::memcpy(text_.data() + size_, &eight, sizeof eight);
    size_ += sizeof eight;
  }
}

void IdText::AddDecimal(uint32_t value) {
  const fmt::format_int digits(value);
  std::memcpy(text_.data() + size_, digits.data(), digits.size());
  size_ += digits.size();
}

// `-<home>-<number>`
void IdText::AddParts(PersonId id) {
  Add('-');
  AddHex(id.home, 16);
  Add('-');
  AddHex(id.number, 16);
}

// `-<home>-<number>-<cycle>`
void IdText::AddParts(LeadId id) {
  AddParts(id.person);
  Add('-');
  AddDecimal(id.cycle);
}

IdText::IdText(EventId id) {
  AddHex(id.hi, 16);
  AddHex(id.lo, 16);
}
IdText::IdText(ContentHash hash) : IdText(EventId{hash.hi, hash.lo}) {}
IdText::IdText(PersonId id) {
  Add('P');
  AddParts(id);
}
IdText::IdText(LeadId id) {
  Add('L');
  AddParts(id);
}
IdText::IdText(AssignmentId id) {
  Add('A');
  Add('-');
  AddHex(id.desk, 8);
  AddParts(id.lead);
  Add('-');
  AddDecimal(id.seq);
}

std::string ToText(EventId id) { return std::string(IdText(id).view()); }
std::string ToText(ContentHash hash) { return std::string(IdText(hash).view()); }
std::string ToText(PersonId id) { return std::string(IdText(id).view()); }
std::string ToText(LeadId id) { return std::string(IdText(id).view()); }
std::string ToText(AssignmentId id) { return std::string(IdText(id).view()); }

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

void AppendBigEndian(std::string* out, uint64_t value) { AppendNumber(out, value); }
void AppendBigEndian32(std::string* out, uint32_t value) { AppendNumber(out, value); }
uint64_t ReadBigEndian(std::string_view bytes) { return ReadNumber<uint64_t>(bytes); }
uint32_t ReadBigEndian32(std::string_view bytes) { return ReadNumber<uint32_t>(bytes); }

}  // namespace pm
