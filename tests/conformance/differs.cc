#include "tests/conformance/differs.h"

#include <fmt/format.h>

namespace pm::conformance {

Result<Differs> Differs::Parse(std::string_view text) {
  constexpr std::string_view kCase = "case ", kConvention = "convention ";
  Differs differs;
  int number = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    const bool is_case = line.starts_with(kCase);
    const size_t from = is_case ? kCase.size() : kConvention.size();
    const size_t colon = line.find(": ");
    if ((!is_case && !line.starts_with(kConvention)) || colon == std::string_view::npos ||
        colon <= from || colon + 2 >= line.size()) {
      return Fail(
          0, fmt::format("line {}: want `case ID: reason` or `convention NAME: reason`", number));
    }
    auto& reasons = is_case ? differs.cases_ : differs.conventions_;
    reasons[std::string(line.substr(from, colon - from))] = line.substr(colon + 2);
  }
  return differs;
}

const std::string* Differs::Reason(std::string_view id, std::string_view convention) const {
  if (const auto found = cases_.find(id); found != cases_.end()) return &found->second;
  const auto found = conventions_.find(convention);
  return found == conventions_.end() ? nullptr : &found->second;
}

}  // namespace pm::conformance
