// Keys of `data` whose value is one of a closed list of words, and keys that another name of a
// field stands for in one type of event. Every such name is in EVENTS.md or what its words suggest.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "model/event_types.h"

namespace pm {

// What came of a word where only some are known.
struct ClosedWord {
  std::string_view word;  // as it is stored; empty: none of the list
  std::string known;      // the list, for a message
  bool fatal = false;     // without it the event must not be acted on
};
// nullopt: the field takes any value in events of this type. `text` in any case and with any
// hyphens; of a JSON truth value its name.
std::optional<ClosedWord> FindClosedWord(EventType type, FieldNumber field, std::string_view text);

// The whole name of the field that `key` stands for in events of this type; empty: none.
std::string_view FieldOfKey(EventType type, std::string_view key);

}  // namespace pm
