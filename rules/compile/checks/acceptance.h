// Comments by which a writer accepts findings: `# pointsman: accept PM0228 it is for the fair`, one
// code or several and then the reason; `//` in the lines of an expression. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "rules/compile/draft.h"

namespace pm {

struct Acceptance {
  struct Code {
    SourcePlace place;
    std::string text;  // as written
    int code = 0;      // 0: not of the form PM0228
    bool met = false;  // a finding of that code was there to accept
  };
  SourcePlace place;         // of the comment
  bool well_written = true;  // false: it names a code, but does not begin `# pointsman: accept`
  std::vector<Code> codes;
  bool reason = false;  // without one nothing is accepted
};

// The acceptance in that line; none, if it has no comment that looks like one. `in_text`: the line
// belongs to a text of several lines, where only `//` begins a comment.
std::optional<Acceptance> ReadAcceptance(const Source& source, int32_t line, bool in_text);

// The texts of a file that do not stand on the line of their key: a finding in one is accepted at
// the key.
class LongTexts {
 public:
  LongTexts(const Source& source, const Draft& draft);

  // The line of the key of what stands in that line; `line` itself, if that is no such text.
  int32_t HolderOf(int32_t line) const;
  // Whether the line is one that a text goes on in, so that `#` begins no comment.
  bool GoesOnIn(int32_t line) const;

 private:
  struct Lines {
    int32_t key, first, last;
  };
  void Visit(const YamlNode& node, int32_t key_line);
  const Lines* Find(int32_t line) const;

  std::vector<Lines> texts_;  // in order
};

// What the comment should be: `# pointsman: accept PM0228 PM0229 ...`.
std::string WellWritten(const Acceptance& acceptance);

}  // namespace pm
