#include "tests/conformance/differs.h"

#include <fmt/format.h>

#include <algorithm>

namespace pm::conformance {

Result<Differs> Differs::Parse(std::string_view text) {
  Differs differs;
  const std::pair<std::string_view, Reasons*> kinds[] = {{"case ", &differs.cases_},
                                                         {"convention ", &differs.conventions_},
                                                         {"library ", &differs.libraries_}};
  int number = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    const auto* kind =
        std::ranges::find_if(kinds, [&](const auto& one) { return line.starts_with(one.first); });
    const size_t from = kind == std::end(kinds) ? 0 : kind->first.size();
    const size_t colon = line.find(": ");
    if (from == 0 || colon == std::string_view::npos || colon <= from || colon + 2 >= line.size()) {
      return Fail(0, fmt::format("line {}: want `case ID: reason`, `convention NAME: reason` or "
                                 "`library NAME: reason`",
                                 number));
    }
    (*kind->second)[std::string(line.substr(from, colon - from))] = line.substr(colon + 2);
  }
  return differs;
}

const std::string* Differs::Reason(std::string_view id, std::string_view convention,
                                   std::string_view library) const {
  if (const auto found = cases_.find(id); found != cases_.end()) return &found->second;
  if (const auto found = libraries_.find(library); found != libraries_.end()) return &found->second;
  const auto found = conventions_.find(convention);
  return found == conventions_.end() ? nullptr : &found->second;
}

}  // namespace pm::conformance
