#include "app/simulate/event_lines.h"

#include <fmt/format.h>

#include "base/time/text.h"
#include "model/decode/decode.h"
#include "model/decode/json_tree.h"

namespace pm {
namespace {

constexpr int kNoTime = 715;
constexpr Duration kJump = Days(366);

class Reader {
 public:
  void Take(std::string_view line, int64_t number) {
    const std::optional<Instant> time = TimeOfEvent(line);
    if (time && !timed_) Begin(*time, number);
    if (time) Move(*time, number);
    lines_.events.push_back({line, now_});
  }

  bool timed() const { return timed_; }
  int64_t count() const { return static_cast<int64_t>(lines_.events.size()); }
  EventLines Take() { return std::move(lines_); }

 private:
  void Begin(Instant time, int64_t number) {
    timed_ = true;
    now_ = time;
    lines_.first_timed = number;
    lines_.untimed = static_cast<int64_t>(lines_.events.size());
    for (EventLine& earlier : lines_.events) earlier.at = time;
  }

  void Move(Instant time, int64_t number) {
    if (time - now_ > kJump || now_ - time > kJump) {
      if (lines_.jumps.size() < kMostJumps) {
        lines_.jumps.push_back({number, now_, time});
      } else {
        ++lines_.more_jumps;
      }
    }
    now_ = std::max(now_, time);
  }

  EventLines lines_;
  Instant now_;
  bool timed_ = false;
};

Result<std::vector<std::string_view>> ArrayIn(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] != '[') return Fail(kNoTime, "no array");
  return SplitBatch(text);
}

}  // namespace

Result<EventLines> ReadEventLines(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Reader reader;
  const Result<std::vector<std::string_view>> array = ArrayIn(text);
  if (array.has_value()) {
    for (const std::string_view event : *array) reader.Take(event, reader.count() + 1);
    text = {};
  }
  for (int64_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    reader.Take(line, number);
  }
  if (reader.count() > 0 && !reader.timed())
    return Fail(kNoTime, "no line has a `time` that can be read");
  EventLines lines = reader.Take();
  lines.array = array.has_value();
  return lines;
}

std::string NotesOn(const EventLines& lines) {
  std::string notes;
  const std::string_view what = lines.array ? "event" : "line";
  if (lines.untimed > 0) {
    notes += fmt::format(
        "note: {} events have no time and stand before {} {}, the first that has one: they are "
        "taken at its time\n",
        lines.untimed, what, lines.first_timed);
  }
  for (const TimeJump& jump : lines.jumps) {
    const bool back = jump.to < jump.from;
    notes +=
        fmt::format("note: {} {}: time jumps {} from {} to {}{}\n", what, jump.line,
                    back ? "back" : "on", FormatInstant(jump.from), FormatInstant(jump.to),
                    back ? "; the event is taken late" : "; whatever comes after is taken then");
  }
  if (lines.more_jumps > 0) notes += fmt::format("note: {} more jumps of time\n", lines.more_jumps);
  return notes;
}

}  // namespace pm
