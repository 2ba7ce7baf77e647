#include "app/commands/commands.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <ostream>

#include "base/text/diagnostic.h"

namespace pm {
namespace {

constexpr int kBadArgument = 701;

// One line a command, or a few when it has options.
const auto kCommands = std::to_array<CommandDecl>({
    {"version", "print the version and what it was built with", {}, RunVersion},
});

}  // namespace

std::span<const CommandDecl> Commands() { return kCommands; }

std::string Arguments::Text(std::string_view name) const {
  auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second;
}

Result<int64_t> Arguments::Number(std::string_view name, int64_t fallback, int64_t low,
                                  int64_t high) const {
  auto found = values_.find(name);
  if (found == values_.end()) return fallback;
  const std::string& text = found->second;
  int64_t value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || value < low || value > high) {
    return Fail(kBadArgument, fmt::format("--{} is '{}', but must be a whole number of {} to {}",
                                          name, text, low, high));
  }
  return value;
}

int Complain(Streams& streams, int exit_code, const Error& error, std::string_view next_step) {
  streams.err << fmt::format("pointsman: {} ({})\n", error.text, CodeName(error.code));
  if (!next_step.empty()) streams.err << fmt::format("  {}\n", next_step);
  return exit_code;
}

}  // namespace pm
