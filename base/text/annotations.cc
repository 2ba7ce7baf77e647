#include "base/text/annotations.h"

#include <algorithm>

#include "base/text/utf8.h"

namespace pm {
namespace {

// As workflow commands ask for it; `:` and `,` would end a property. Bytes that are no characters
// become one.
std::string Escaped(std::string_view text, bool property) {
  std::string out;
  while (!text.empty()) {
    const size_t bytes = Utf8SequenceLength(text);
    const char c = text[0];
    const bool special = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    if (special) {
      out += fmt::format("%{:02X}", static_cast<unsigned>(c));
    } else {
      out += bytes == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, bytes);
    }
    text.remove_prefix(std::max<size_t>(bytes, 1));
  }
  return out;
}

// `below`: the folder with the slash behind it, or empty.
std::string Annotation(const Diagnostic& d, std::string_view below) {
  std::string place;
  if (d.place.source != nullptr) {
    place = fmt::format("file={}{},", Escaped(below, true), Escaped(d.place.source->path(), true));
    const Position& at = d.place.position;
    if (at.line > 0) {
      place += fmt::format("line={},col={},endColumn={},", at.line, at.column,
                           at.column + std::max(d.place.length, 1));
    }
  }
  static constexpr std::string_view kCommands[kSeverities] = {"error", "warning", "notice"};
  std::string text = d.message;
  if (!d.example.empty()) text += "\n" + d.example;
  if (!d.also.empty()) text += "\nalso at " + FurtherPlaces(d, below);
  if (!d.hint.empty()) text += "\nhint: " + d.hint;
  return fmt::format("::{} {}title={}::{}\n", kCommands[static_cast<size_t>(d.severity)], place,
                     CodeName(d.code), Escaped(text, false));
}

}  // namespace

std::string Annotations(const Diagnostics& diagnostics, std::string_view folder) {
  if (folder.starts_with("./")) folder.remove_prefix(2);
  if (folder == ".") folder = {};
  const std::string below =
      fmt::format("{}{}", folder, folder.empty() || folder.ends_with('/') ? "" : "/");
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics.Sorted()) out += Annotation(diagnostic, below);
  if (diagnostics.left_out() > 0)
    out += fmt::format("::warning title=PM0100::and {} more\n", diagnostics.left_out());
  return out;
}

}  // namespace pm
