// A text that somebody wrote, and places in it. Immutable after construction, so any thread may
// read.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pm {

// Both count from 1; columns are code points. Line 0 means "the file as a whole".
struct Position {
  int32_t line = 0;
  int32_t column = 0;
  auto operator<=>(const Position&) const = default;
};

// Bytes of a text, from one offset to before another.
struct SourceStretch {
  size_t begin = 0;
  size_t end = 0;
};

// Owns a file's bytes and finds line and column of any byte in O(log lines). Neither copied nor
// moved, since places point at it: keep it in a std::deque or a unique_ptr.
class Source {
 public:
  // Finds in a text what no message may show, in order.
  using Hider = std::vector<SourceStretch> (*)(std::string_view);

  // `path` is shown as the user wrote it. A byte order mark at the front is dropped. `hider`: null
  // when all of it may be shown.
  Source(std::string path, std::string text, Hider hider = nullptr);
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  const std::string& path() const { return path_; }
  std::string_view text() const { return text_; }
  int32_t line_count() const { return static_cast<int32_t>(line_starts_.size()); }

  // The place of the byte at `offset`; the end of the text for anything beyond.
  Position PositionAt(size_t offset) const;
  // The byte where the code point at `position` begins; columns beyond its line run on into the
  // next ones. The text's size outside it.
  size_t OffsetOf(Position position) const;
  // Line `line` (from 1) without its end; empty outside the text.
  std::string_view Line(int32_t line) const;
  // Where line `line` (from 1) starts; the text's size outside it.
  size_t LineStart(int32_t line) const;
  // Line `line` as far as it may be shown: from the first hidden byte on nothing.
  std::string_view ShownLine(int32_t line) const;
  bool IsHidden(Position position) const;

 private:
  size_t CodePointsBefore(size_t offset) const;

  std::string path_;
  std::string text_;
  std::vector<SourceStretch> hidden_;
  std::vector<size_t> line_starts_;
  std::vector<size_t>
      code_points_;  // before each block of kBlockBytes, so that long lines stay cheap
};

// A stretch of one line, for carets. Without a source it is nowhere.
struct SourcePlace {
  const Source* source = nullptr;
  Position position;
  int32_t length = 1;  // code points, at least 1
};

// The place of `bytes` bytes at `offset`, cut at the end of the line.
SourcePlace PlaceAt(const Source& source, size_t offset, size_t bytes = 1);

}  // namespace pm
