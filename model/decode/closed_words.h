// Keys of `data` whose value is one of a closed list of words, and keys that another name of a
// field stands for in one type of event. Every such name is in EVENTS.md or what its words suggest.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event_types.h"

namespace pm {

// What came of a word where only some are known.
struct ClosedWord {
  std::string_view word;  // as it is stored; empty: none of the list
  std::string known;      // the list, for a message; may be empty when the word is one of them
  bool fatal = false;     // without it the event must not be acted on
};
// nullopt: the field takes any value in events of this type. `text` in any case and with any
// hyphens; of a JSON truth value its name.
std::optional<ClosedWord> FindClosedWord(EventType type, FieldNumber field, std::string_view text);

// A text that, but for case and hyphens, is a word of one of the field's lists, as that is stored:
// `Out of office` is `out_of_office`. Else as it is.
std::string StoredWord(FieldNumber field, std::string_view text);

// The lists, for people: of each word how it is stored. Channels and consent have lists of their
// own (model/privacy.h).
struct ClosedWords {
  EventType type;
  FieldNumber field;
  std::vector<std::string_view> words;
  bool fatal;
};
std::vector<ClosedWords> AllClosedWords();

// Without a field of this kind, though it was given, the event must not be acted on.
bool MustBeUnderstood(EventType type, FieldNumber field);

// The whole name of the field that `key` stands for in events of this type; empty: none.
std::string_view FieldOfKey(EventType type, std::string_view key);

}  // namespace pm
