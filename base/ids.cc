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

// The two digits of each byte.
constexpr std::array<std::array<char, 2>, 256> kHexPairs = [] {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> pairs{};
  for (size_t i = 0; i < pairs.size(); ++i) pairs[i] = {kDigits[i >> 4], kDigits[i & 15]};
  return pairs;
}();

// `digits` is even. Outputs carry many ids: this is several times as fast as fmt.
void AppendHex(uint64_t value, size_t digits, std::string* out) {
  AppendWritten(out, digits, [&](char* to) {
    for (size_t i = digits; i > 0; i -= 2, value >>= 8)
      std::memcpy(to + i - 2, kHexPairs[value & 0xff].data(), 2);
  });
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

std::string TextOf(uint64_t hi, uint64_t lo) {
  std::string text;
  text.reserve(32);
  AppendHex(hi, 16, &text);
  AppendHex(lo, 16, &text);
  return text;
}

// `-<home>-<number>`
void Append(PersonId id, std::string* out) {
  *out += '-';
  AppendHex(id.home, 16, out);
  *out += '-';
  AppendHex(id.number, 16, out);
}

// `-<home>-<number>-<cycle>`
void Append(LeadId id, std::string* out) {
  Append(id.person, out);
  *out += '-';
  const fmt::format_int cycle(id.cycle);
  out->append(cycle.data(), cycle.size());
}

// The longest there is.
constexpr size_t kIdText = 80;

template <class Id>
std::string TextOf(char letter, Id id) {
  std::string text;
  text.reserve(kIdText);
  text += letter;
  Append(id, &text);
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
  std::array<char, 24> bytes{};
  WriteNumber(cause.hi, bytes.data());
  WriteNumber(cause.lo, bytes.data() + 8);
  WriteNumber(kind, bytes.data() + 16);
  WriteNumber(ordinal, bytes.data() + 20);
  return HashEvent({bytes.data(), bytes.size()});
}

std::string ToText(EventId id) { return TextOf(id.hi, id.lo); }
std::string ToText(ContentHash hash) { return TextOf(hash.hi, hash.lo); }
std::string ToText(PersonId id) { return TextOf('P', id); }
std::string ToText(LeadId id) { return TextOf('L', id); }
std::string ToText(AssignmentId id) {
  std::string text;
  text.reserve(kIdText);
  text += "A-";
  AppendHex(id.desk, 8, &text);
  Append(id.lead, &text);
  text += '-';
  const fmt::format_int seq(id.seq);
  text.append(seq.data(), seq.size());
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

void AppendBigEndian(std::string* out, uint64_t value) { AppendNumber(out, value); }
void AppendBigEndian32(std::string* out, uint32_t value) { AppendNumber(out, value); }
uint64_t ReadBigEndian(std::string_view bytes) { return ReadNumber<uint64_t>(bytes); }
uint32_t ReadBigEndian32(std::string_view bytes) { return ReadNumber<uint32_t>(bytes); }

}  // namespace pm
