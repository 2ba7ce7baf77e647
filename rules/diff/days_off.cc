#include "rules/diff/days_off.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "base/time/icalendar.h"
#include "rules/hours.h"

namespace pm {
namespace {

using Texts = std::vector<std::string>;

constexpr size_t kMostNamed = 20;
constexpr std::string_view kSomewhereElse = "Asia/Tokyo";

std::string Named(const Texts& items) {
  const size_t named = std::min(items.size(), kMostNamed);
  const Texts first(items.begin(), items.begin() + static_cast<int64_t>(named));
  std::string text = fmt::format("{}", fmt::join(first, ", "));
  if (named < items.size()) text += fmt::format(" and {} more", items.size() - named);
  return text;
}

ClosedTimes Read(std::string_view icalendar, const Zone& zone) {
  Result<ClosedTimes> closed = ReadICalendar(icalendar, zone, kDaysOffFrom, kDaysOffUntil);
  return closed.has_value() ? *std::move(closed) : ClosedTimes{};
}

}  // namespace

Particulars DaysOff(std::string_view icalendar) {
  Particular closed{.label = "closed", .words = ""};
  const ClosedTimes times = Read(icalendar, Utc());
  for (const LocalDate date : times.dates) closed.items.push_back(FormatDate(date));
  for (const Interval& time : times.times) {
    closed.items.push_back(fmt::format("{} to {}", FormatInstant(Instant{time.begin}),
                                       FormatInstant(Instant{time.end})));
  }
  std::ranges::sort(closed.items);
  closed.words = Named(closed.items);
  closed.key = fmt::format("{}", fmt::join(closed.items, ", "));
  // A time without a zone is read by that of whoever is closed.
  for (const Interval& time : Read(icalendar, *FindZone(kSomewhereElse).value()).times) {
    closed.key += fmt::format(" {}", time.begin);
  }
  return {closed};
}

std::string SetChangeInWords(const Texts& before, const Texts& after) {
  Texts added, gone, changes;
  std::ranges::set_difference(after, before, std::back_inserter(added));
  std::ranges::set_difference(before, after, std::back_inserter(gone));
  if (!added.empty()) changes.push_back("also " + Named(added));
  if (!gone.empty()) changes.push_back("no more " + Named(gone));
  return fmt::format("{}", fmt::join(changes, "; "));
}

}  // namespace pm
