// UTF-8: what is valid, how many code points, and what may be shown on a terminal. Pure; any
// thread.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace pm {

// Bytes at the front of `text` that are valid UTF-8 (no overlong forms, no surrogates, at most
// U+10FFFF); `text.size()` when all of it is.
size_t ValidUtf8Prefix(std::string_view text);

// Length of the valid sequence at the front, which is not empty; 0 when there is none.
size_t Utf8SequenceLength(std::string_view text);

// Code points in `text`, counted as bytes that do not continue another.
size_t CodePoints(std::string_view text);

// `text` fit for one line of a terminal: control characters become '?', a tab a space, each invalid
// byte U+FFFD. Otherwise unchanged.
std::string Printable(std::string_view text);

// The same in single quotes, cut to about 60 code points: for values shown in messages.
std::string Quoted(std::string_view text);

}  // namespace pm
