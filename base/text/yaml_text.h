// What is done to YAML's bytes before and after yaml-cpp: cleaning, cutting into documents. Private
// to the YAML reader.
#pragma once
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text/diagnostic.h"
#include "base/text/source.h"

namespace pm {

// Control characters that no value may hold: all but tab, line feed and carriage return.
inline bool IsForbiddenControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

// The text with what yaml-cpp must not see (reported here, one problem of a kind a line) replaced
// by as many harmless bytes, so that offsets stay and reading can go on.
struct CleanText {
  std::string text;
  std::vector<size_t> tabs;  // the first in the indentation of each line; in order
};
CleanText CleanYamlText(const Source& source, Diagnostics& diagnostics);
// True when tabs stand in the indentation of this stretch, so that nobody can tell what is meant.
bool ReportTabs(const Source& source, const CleanText& clean, size_t start, size_t end,
                Diagnostics& out);

// Start and end of each stretch that begins with a `---` line, and of what stands before the first.
std::vector<std::pair<size_t, size_t>> DocumentStretches(std::string_view text);

// What yaml-cpp reads from. It keeps all that it has read until it can tell of a value, in some
// 250 bytes for each of the text's; so it is given no more than `most_ahead` bytes beyond the value
// that it told of last.
class YamlFeed final : public std::streambuf {
 public:
  YamlFeed(std::string text, size_t most_ahead);
  void Reached(size_t offset);  // into the text; a value began here
  size_t reached() const { return reached_; }
  bool cut_off() const { return cut_off_; }  // it was told that the text ends where it does not

 protected:
  int_type underflow() override;
  std::streamsize xsgetn(char* to, std::streamsize most) override;

 private:
  size_t Given() const;

  std::string text_;
  const size_t most_ahead_;
  size_t reached_ = 0;
  bool cut_off_ = false;
};

}  // namespace pm
