#include "app/scenario/output_paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text/diagnostic.h"
#include "model/decode/json_tree.h"
#include "model/outputs/events.h"

namespace pm {
namespace {

constexpr int kBadScenario = 708;
constexpr std::string_view kItem = "#";  // stands for an index in a path

struct Paths {
  std::vector<std::string> known;
  std::vector<std::string> open;  // objects with any keys below
};

void Collect(const JsonNode& schema, const std::string& path, Paths* out) {
  if (!path.empty()) out->known.push_back(path);
  const std::string prefix = path.empty() ? "" : path + '.';
  const JsonNode* properties = schema.Find("properties");
  if (properties != nullptr) {
    for (const auto& [key, part] : properties->members) Collect(part, prefix + key, out);
  } else if (const JsonNode* items = schema.Find("items"); items != nullptr) {
    Collect(*items, prefix + std::string(kItem), out);
  } else if (schema.Text({"type"}) == "object") {
    out->open.push_back(path);
  }
}

Paths PathsOf(std::string_view type) {
  Paths paths;
  const Result<JsonNode> schema = ParseJson(OutputSchema(type));
  PM_CHECK(schema.has_value());
  if (const JsonNode* data = schema->At({"properties", "data"})) Collect(*data, "", &paths);
  Collect(*schema, "", &paths);
  return paths;
}

// Its indices as the schema has them: `reasons.0` is `reasons.#`.
std::string WithoutIndices(std::string_view path) {
  std::string out;
  for (size_t at = 0; at <= path.size();) {
    const size_t end = std::min(path.find('.', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    const bool index = !part.empty() && part.find_first_not_of("0123456789") == part.npos;
    if (at > 0) out += '.';
    out += index ? kItem : part;
    at = end + 1;
  }
  return out;
}

}  // namespace

Result<void> ExpectOutputPath(std::string_view type, std::string_view path) {
  const Paths paths = PathsOf(type);
  const std::string asked = WithoutIndices(path);
  if (std::ranges::find(paths.known, asked) != paths.known.end()) return {};
  for (const std::string& open : paths.open) {
    if (asked.starts_with(open + '.')) return {};
  }
  const std::vector<std::string_view> known(paths.known.begin(), paths.known.end());
  const std::string near = DidYouMean(asked, known);
  return Fail(kBadScenario,
              fmt::format("no {} has '{}'{}{}", type, path, near.empty() ? "" : "; ", near));
}

}  // namespace pm
