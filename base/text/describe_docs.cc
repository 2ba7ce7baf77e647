#include "base/text/describe_docs.h"

#include <algorithm>

namespace pm {

std::pair<size_t, bool> ReferenceDocs::Section(std::string_view name) {
  const auto found = std::ranges::find(sections_, name, &OneSection::name);
  const auto index = static_cast<size_t>(found - sections_.begin());
  const bool is_new = found == sections_.end();
  if (is_new) sections_.push_back({std::string(name), {}});
  return {index, is_new};
}

void ReferenceDocs::Row(size_t section, std::string_view key, std::string_view type,
                        std::string_view fallback, std::string_view meaning) {
  sections_[section].rows += fmt::format("| `{}` | {} | {} | {} |\n", key, type, fallback, meaning);
}

std::string ReferenceDocs::Markdown() const {
  std::string out;
  for (const OneSection& section : sections_) {
    out += fmt::format("{}## {}\n\n| key | type | default | meaning |\n|---|---|---|---|\n{}",
                       out.empty() ? "" : "\n", section.name, section.rows);
  }
  return out;
}

namespace yaml_detail {

std::string BoundedName(std::string_view name, const YamlOptions& options) {
  const bool low = options.min != INT64_MIN, high = options.max != INT64_MAX;
  if (low && high) return fmt::format("{}, {} to {}", name, options.min, options.max);
  if (low) return fmt::format("{}, at least {}", name, options.min);
  if (high) return fmt::format("{}, at most {}", name, options.max);
  return std::string(name);
}

std::string LinkTo(std::string_view section) {
  std::string anchor(section);
  std::ranges::replace(anchor, ' ', '-');
  return fmt::format("[{}](#{})", section, anchor);
}

}  // namespace yaml_detail
}  // namespace pm
