#include "net/http_message.h"

#include <algorithm>

namespace pm {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::optional<std::string_view> FindIn(const std::vector<NameValue>& pairs, std::string_view name) {
  const auto found = std::ranges::find(pairs, name, &NameValue::first);
  if (found == pairs.end()) return std::nullopt;
  return found->second;
}

// A line break would end the field and start another one of the caller's choosing.
std::string OneLine(std::string_view text) {
  std::string line(text);
  std::erase_if(line, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  return line;
}

}  // namespace

void Headers::Add(std::string name, std::string value) {
  headers_.push_back({std::move(name), std::move(value)});
}

void Headers::Set(std::string_view name, std::string value) {
  std::erase_if(headers_, [&](const Header& h) { return EqualWithoutCase(h.name, name); });
  Add(std::string(name), std::move(value));
}

std::optional<std::string_view> Headers::Find(std::string_view name) const {
  for (const Header& header : headers_) {
    if (EqualWithoutCase(header.name, name)) return header.value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::FindAll(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Header& header : headers_) {
    if (EqualWithoutCase(header.name, name)) values.push_back(header.value);
  }
  return values;
}

bool EqualWithoutCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, Lower, Lower);
}

std::optional<std::string_view> HttpRequest::Query(std::string_view name) const {
  return FindIn(query, name);
}

std::string_view HttpRequest::Part(std::string_view name) const {
  return FindIn(parts, name).value_or("");
}

std::string ServerSentEvent(std::string_view id, std::string_view event, std::string_view data) {
  std::string out;
  if (!id.empty()) out += "id: " + OneLine(id) + "\n";
  if (!event.empty()) out += "event: " + OneLine(event) + "\n";
  for (;;) {
    const size_t end = data.find_first_of("\r\n");
    out += "data: ";
    out += data.substr(0, end);
    out += '\n';
    if (end == std::string_view::npos) break;
    data.remove_prefix(end + (data.substr(end, 2) == "\r\n" ? 2 : 1));
  }
  return out + '\n';
}

}  // namespace pm
