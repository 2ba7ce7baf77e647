#include "base/text/slips.h"

#include <fmt/format.h>

#include <algorithm>

namespace pm {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr size_t kMostDigits = 18;
constexpr Habit kTruths[] = {{"true", "true"}, {"yes", "true"},    {"y", "true"},   {"on", "true"},
                             {"1", "true"},    {"false", "false"}, {"no", "false"}, {"n", "false"},
                             {"off", "false"}, {"0", "false"}};

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// In lower case, without what parts words.
std::string Bare(std::string_view word) {
  std::string text;
  for (const char c : word) {
    if (c != '_' && c != '-' && c != ' ') text += Lower(c);
  }
  return text;
}

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kDigits) == std::string_view::npos;
}

// `1,000,000` without its commas, when each part but the first is of three digits.
std::optional<std::string> Joined(std::string_view text, char separator) {
  std::string digits;
  for (size_t at = 0;; ++at) {
    const size_t end = std::min(text.find(separator, at), text.size());
    const std::string_view part = text.substr(at, end - at);
    if (!IsDigits(part) || part.size() > 3 || (at > 0 && part.size() != 3)) return std::nullopt;
    digits += part;
    if (end == text.size()) return digits;
    at = end;
  }
}

// Zeros that `10k`, `2M` and `1e3` leave out; none for other ends. Takes the end off.
std::optional<size_t> TakeZeros(std::string_view* text) {
  if (text->size() < 2) return std::nullopt;
  const char last = Lower(text->back()), before = Lower((*text)[text->size() - 2]);
  size_t zeros = 0, taken = 1;
  if (last == 'k' || last == 'm') {
    zeros = last == 'k' ? 3 : 6;
  } else if (before == 'e' && last >= '0' && last <= '9') {
    zeros = static_cast<size_t>(last - '0');
    taken = 2;
  } else {
    return std::nullopt;
  }
  text->remove_suffix(taken);
  return zeros;
}

}  // namespace

std::string_view MeantBy(std::span<const Habit> habits, std::string_view word) {
  const std::string bare = Bare(word);
  if (bare.empty()) return {};
  const auto found =
      std::ranges::find_if(habits, [&](const Habit& habit) { return Bare(habit.said) == bare; });
  return found == habits.end() ? std::string_view() : found->meant;
}

std::optional<std::string> PlainNumber(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view given = text;
  for (const std::string_view sign : {"-", "+", "$", "€", "£"}) {
    if (text.starts_with(sign)) text.remove_prefix(sign.size());
  }
  const std::optional<size_t> zeros = TakeZeros(&text);
  if (text.ends_with(".0")) text.remove_suffix(2);
  std::optional<std::string> digits;
  if (IsDigits(text)) digits = std::string(text);
  for (const char separator : {',', '_', ' ', '\''}) {
    if (!digits) digits = Joined(text, separator);
  }
  if (!digits || digits->size() + zeros.value_or(0) > kMostDigits) return std::nullopt;
  digits->erase(0, std::min(digits->find_first_not_of('0'), digits->size() - 1));
  digits->append(*digits == "0" ? 0 : zeros.value_or(0), '0');
  std::string number = (negative ? "-" : "") + *digits;
  return number == given ? std::nullopt : std::optional(std::move(number));
}

std::string HintOfNumber(std::string_view text) {
  const auto number = PlainNumber(text);
  return number ? "write " + *number : "";
}

std::string HintOfTruth(std::string_view text) {
  const std::string_view meant = MeantBy(kTruths, text);
  return meant.empty() ? "" : fmt::format("write {}", meant);
}

}  // namespace pm
