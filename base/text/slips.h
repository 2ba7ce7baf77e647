// What a writer probably meant by a word that cannot be read, for the hints of messages. Pure; an
// empty answer when nothing comes to mind.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pm {

// A word of other languages or tools, and what it is called here.
struct Habit {
  std::string_view said, meant;
};
// What `word` is called here, by a list of habits; ASCII case, `_`, `-` and blanks do not count.
std::string_view MeantBy(std::span<const Habit> habits, std::string_view word);

// `1,000`, `1 000`, `1_000`, `10k`, `2M`, `1e3`, `5.0`, `$500`, `+5`, `007` in plain digits; none
// for plain digits and all else.
std::optional<std::string> PlainNumber(std::string_view text);
// "write 1000", or empty.
std::string HintOfNumber(std::string_view text);
// "write true" for `yes`, `On`, `TRUE` and the like, "write false" for their opposites, or empty.
std::string HintOfTruth(std::string_view text);

}  // namespace pm
