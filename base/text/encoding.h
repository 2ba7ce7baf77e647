// Whether a file is the text in UTF-8 that it should be, or something else as a whole: another
// encoding, line ends of old Macs, an archive, any bytes. One problem is told of it then, not one
// of each line. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/text/diagnostic.h"
#include "base/text/source.h"

namespace pm {

struct OtherText {
  int code = 0;         // PM0101, or PM0102 for line ends
  std::string message;  // `this file is UTF-16, not UTF-8`
  std::string hint;
};
// By its beginning; nothing for text, though single bytes or lines of it may be wrong.
std::optional<OtherText> FindOtherText(std::string_view text);

// False when it was told; then nothing in the file can be read.
bool ExpectText(const Source& source, Diagnostics& out);

}  // namespace pm
