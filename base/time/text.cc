#include "base/time/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/time/civil.h"

namespace pm {
namespace {

struct Unit {
  std::string_view name;
  int64_t ms;
};
constexpr Unit kUnits[] = {{"w", 604'800'000}, {"d", 86'400'000}, {"h", 3'600'000},
                           {"m", 60'000},      {"s", 1'000},      {"ms", 1}};

constexpr int kMaxBusinessDays = 3'650;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes characters off the front of a text. After a failed Take the rest is of no use.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }
  bool Take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    last_ = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  bool TakeNumber(size_t digits, int* number) {
    if (rest_.size() < digits) return false;
    int value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (!IsDigit(c)) return false;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    *number = value;
    return true;
  }
  // Three digits of a fraction, the missing ones zero, further ones passed over.
  bool TakeFractionMs(int* ms) {
    int value = 0;
    size_t count = 0;
    for (; count < rest_.size() && IsDigit(rest_[count]); ++count) {
      if (count < 3) value = value * 10 + (rest_[count] - '0');
    }
    if (count == 0) return false;
    for (size_t i = count; i < 3; ++i) value *= 10;
    rest_.remove_prefix(count);
    *ms = value;
    return true;
  }
  char last() const { return last_; }

 private:
  std::string_view rest_;
  char last_ = '\0';
};

// What RFC 3339's grammar takes apart; ranges are checked afterwards.
struct Parts {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0;
  int offset_minutes = 0;
};

bool TakeOffset(Scanner& scan, int* offset_minutes) {
  if (scan.Take("Zz")) return true;
  if (!scan.Take("+-")) return false;
  const int sign = scan.last() == '-' ? -1 : 1;
  int hour = 0, minute = 0;
  if (!scan.TakeNumber(2, &hour) || !scan.Take(":") || !scan.TakeNumber(2, &minute)) return false;
  *offset_minutes = sign * (hour * 60 + minute);
  return hour <= 23 && minute <= 59;
}

bool TakeParts(Scanner scan, Parts* p) {
  const bool date = scan.TakeNumber(4, &p->year) && scan.Take("-") &&
                    scan.TakeNumber(2, &p->month) && scan.Take("-") && scan.TakeNumber(2, &p->day);
  const bool time = date && scan.Take("Tt ") && scan.TakeNumber(2, &p->hour) && scan.Take(":") &&
                    scan.TakeNumber(2, &p->minute) && scan.Take(":") &&
                    scan.TakeNumber(2, &p->second);
  if (!time) return false;
  if (scan.Take(".") && !scan.TakeFractionMs(&p->ms)) return false;
  return TakeOffset(scan, &p->offset_minutes) && scan.done();
}

// The two digits of each number below 100.
constexpr auto kPairs = [] {
  std::array<char, 200> pairs{};
  for (size_t n = 0; n < 100; ++n) {
    pairs[2 * n] = static_cast<char>('0' + n / 10);
    pairs[2 * n + 1] = static_cast<char>('0' + n % 10);
  }
  return pairs;
}();
void WriteTwo(int number, char* to) { std::memcpy(to, kPairs.data() + 2 * number, 2); }

std::string FormatFarInstant(LocalDate date, LocalTime time) {
  std::string text =
      fmt::format("{:+05}-{:02}-{:02}T{:02}:{:02}:{:02}", date.year, date.month, date.day,
                  time.ms / 3'600'000, time.ms / 60'000 % 60, time.ms / 1000 % 60);
  if (time.ms % 1000 != 0) text += fmt::format(".{:03}", time.ms % 1000);
  return text + 'Z';
}

Error NotADuration(std::string_view text, std::string_view why) {
  return {22, fmt::format("`{}` is no duration: {}; write for example 90s, 1h30m or 14d",
                          text.substr(0, 40), why)};
}

const Unit* FindUnit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

}  // namespace

Result<Instant> ParseInstant(std::string_view text) {
  const auto malformed = [&](std::string_view why) {
    return Fail(20, fmt::format("`{}` is no RFC 3339 time ({}); write for example "
                                "2026-11-22T03:04:05Z",
                                text.substr(0, 40), why));
  };
  Parts p;
  if (!TakeParts(Scanner(text), &p)) return malformed("its form is wrong");
  // Year 0 is refused by the range below, but is a date the arithmetic can handle.
  if (!IsDate(p.year, p.month, p.day)) return malformed("there is no such date");
  if (p.hour > 23 || p.minute > 59 || p.second > 60) return malformed("there is no such time");
  const bool leap = p.second == 60;
  if (leap) {
    p.second = 59;
    p.ms = 999;
  }
  const int64_t day = DayNumber({p.year, p.month, p.day});
  const int64_t minutes = p.hour * 60 + p.minute - p.offset_minutes;
  if (leap && (minutes % 1440 + 1440) % 1440 != 1439) return malformed("no leap second is there");
  const Instant at{((day * 1440 + minutes) * 60 + p.second) * 1000 + p.ms};
  if (at < kFirstInstant || at > kLastInstant) {
    return Fail(21, fmt::format("`{}` is not within the years 1 to 9999 UTC", text));
  }
  return at;
}

InstantText::InstantText(Instant instant) {
  const auto take = [this](std::string_view text) {
    size_ = text.copy(text_.data(), text_.size());
  };
  if (instant == kNever) {
    take("never");
    return;
  }
  const auto [date, time] = FromLocalMs(instant.ms);
  if (date.year < 1 || date.year > 9999) {
    take(FormatFarInstant(date, time));
    return;
  }
  // Written digit by digit, which is several times as fast as fmt.
  take("0000-00-00T00:00:00.000Z");
  char* const text = text_.data();
  const int second = time.ms / 1000, ms = time.ms % 1000;
  WriteTwo(date.year / 100, text);
  WriteTwo(date.year % 100, text + 2);
  WriteTwo(date.month, text + 5);
  WriteTwo(date.day, text + 8);
  WriteTwo(second / 3600, text + 11);
  WriteTwo(second / 60 % 60, text + 14);
  WriteTwo(second % 60, text + 17);
  if (ms == 0) {
    size_ -= std::string_view(".000").size();
    text[size_ - 1] = 'Z';
    return;
  }
  text[20] = static_cast<char>('0' + ms / 100);
  WriteTwo(ms % 100, text + 21);
}

std::string FormatInstant(Instant instant) { return std::string(InstantText(instant).view()); }

Result<Duration> ParseDuration(std::string_view text) {
  int64_t total = 0;
  const Unit* last = nullptr;
  std::string_view rest = text;
  if (rest.empty()) return std::unexpected(NotADuration(text, "it is empty"));
  while (!rest.empty()) {
    size_t digits = 0;
    int64_t count = 0;
    for (; digits < rest.size() && IsDigit(rest[digits]); ++digits) {
      // Saturates far above the bound, so that no text overflows.
      count = std::min<int64_t>(count * 10 + (rest[digits] - '0'), 10'000'000'000'000);
    }
    if (digits == 0) {
      return std::unexpected(NotADuration(
          text, rest.starts_with('-') ? "it cannot be negative" : "a number is missing"));
    }
    size_t letters = digits;
    while (letters < rest.size() && !IsDigit(rest[letters])) ++letters;
    const Unit* unit = FindUnit(rest.substr(digits, letters - digits));
    if (unit == nullptr) {
      return std::unexpected(NotADuration(text, "a number needs one of the units w d h m s ms"));
    }
    if (last != nullptr && unit->ms >= last->ms) {
      return std::unexpected(NotADuration(text, "units go from large to small, each once"));
    }
    if (count > kLongestDuration.ms / unit->ms ||
        (total += count * unit->ms) > kLongestDuration.ms) {
      return Fail(23, fmt::format("`{}` is longer than {}", text.substr(0, 40),
                                  FormatDuration(kLongestDuration)));
    }
    last = unit;
    rest.remove_prefix(letters);
  }
  return Duration{total};
}

std::string FormatDuration(Duration duration) {
  if (duration.ms == 0) return "0s";
  std::string text = duration.ms < 0 ? "-" : "";
  // Unsigned, because the most negative value has no positive counterpart.
  uint64_t rest =
      duration.ms < 0 ? 0 - static_cast<uint64_t>(duration.ms) : static_cast<uint64_t>(duration.ms);
  for (const Unit& unit : kUnits) {
    if (unit.name == "w") continue;
    const uint64_t size = static_cast<uint64_t>(unit.ms);
    if (rest >= size) text += fmt::format("{}{}", rest / size, unit.name);
    rest %= size;
  }
  return text;
}

Result<Span> ParseSpan(std::string_view text) {
  const size_t space = text.find(' ');
  const std::string_view words = space == std::string_view::npos ? "" : text.substr(space + 1);
  if (words != "business day" && words != "business days") {
    PM_TRY(const Duration length, ParseDuration(text));
    return Span{.length = length};
  }
  int days = 0;
  if (text.starts_with('-')) return std::unexpected(NotADuration(text, "it cannot be negative"));
  for (const char c : text.substr(0, space)) {
    if (!IsDigit(c)) return std::unexpected(NotADuration(text, "business days are a whole number"));
    days = std::min(days * 10 + (c - '0'), kMaxBusinessDays + 1);
  }
  if (space == 0) return std::unexpected(NotADuration(text, "a number is missing"));
  if (days > kMaxBusinessDays) {
    return Fail(23, fmt::format("`{}` is longer than {} business days", text.substr(0, 40),
                                kMaxBusinessDays));
  }
  return Span{.length = {}, .business_days = days};
}

std::string FormatSpan(const Span& span) {
  if (span.business_days == 0) return FormatDuration(span.length);
  return fmt::format("{} business day{}", span.business_days, span.business_days == 1 ? "" : "s");
}

}  // namespace pm
