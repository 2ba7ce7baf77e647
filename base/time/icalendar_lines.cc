#include "base/time/icalendar_lines.h"

#include <fmt/format.h>

#include <algorithm>

namespace pm {
namespace {

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

// The colon after name and parameters; colons in quoted parameters do not count.
size_t ColonOf(std::string_view text) {
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == ':' && !quoted) return i;
  }
  return std::string_view::npos;
}

std::unexpected<Error> Bad(int line, std::string_view why) {
  return Fail(28, fmt::format("line {}: {}", line, why));
}

Result<std::vector<ContentLine>> Unfold(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<ContentLine> lines;
  for (int number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find('\0') != std::string_view::npos) return Bad(number, "a zero byte");
    if (line.empty()) continue;
    if (line.front() != ' ' && line.front() != '\t') {
      lines.push_back({number, "", std::string(line)});
    } else if (lines.empty()) {
      return Bad(number, "a continuation without a line before it");
    } else {
      lines.back().text += line.substr(1);
    }
  }
  for (ContentLine& line : lines) {
    const size_t colon = ColonOf(line.text);
    if (colon == std::string_view::npos) return Bad(line.line, "no colon, so no property");
    line.name = Upper(line.text.substr(0, std::min(line.text.find(';'), colon)));
  }
  return lines;
}

}  // namespace

std::string_view ContentLine::value() const {
  return std::string_view(text).substr(ColonOf(text) + 1);
}

std::string_view ContentLine::head() const {
  return std::string_view(text).substr(0, ColonOf(text) + 1);
}

Result<std::vector<CalendarLines>> SplitEvents(std::string_view text) {
  PM_TRY(std::vector<ContentLine> lines, Unfold(text));
  std::vector<CalendarLines> events;
  std::vector<std::string> open;  // the components we are in, outermost first
  for (ContentLine& line : lines) {
    if (line.name == "BEGIN") {
      open.push_back(Upper(line.value()));
      if (open.front() != "VCALENDAR") return Bad(line.line, "want BEGIN:VCALENDAR here");
      if (open.size() == 2 && open.back() == "VEVENT") events.push_back({line.line, {}});
    } else if (line.name == "END") {
      if (open.empty() || open.back() != Upper(line.value())) {
        return Bad(line.line, fmt::format("{} ends nothing that is open", line.text));
      }
      open.pop_back();
    } else if (open.empty()) {
      return Bad(line.line, "want BEGIN:VCALENDAR here");
    } else if (open.size() == 2 && open.back() == "VEVENT") {
      events.back().lines.push_back(std::move(line));
    }
  }
  if (lines.empty()) return Bad(1, "want BEGIN:VCALENDAR here");
  if (!open.empty()) return Bad(lines.back().line, fmt::format("END:{} is missing", open.back()));
  return events;
}

}  // namespace pm
