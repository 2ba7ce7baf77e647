// CSV by RFC 4180: a header, then rows; quoted cells may hold separators, quotes and line ends. LF
// and CRLF, a byte order mark, blank lines between rows. Text in, rows out; nothing is read from
// outside.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/diagnostic.h"
#include "base/text/source.h"

namespace pm {

struct CsvCell {
  std::string text;  // unquoted
  bool quoted = false;
  size_t offset = 0;  // in the source's bytes, of the first character or the quote
};

struct CsvRow {
  std::vector<CsvCell> cells;  // as many as the header has
  size_t offset = 0;
  int32_t line = 0;  // the first, of a row that spans several
};

struct CsvOptions {
  char separator = ',';
  size_t max_cell_bytes = 1 << 20;
  size_t max_columns = 4096;
};

// Reads one source from front to end; one thread. Rows with a problem are reported and skipped; an
// unclosed quote ends the reading, since what follows cannot be told apart.
class CsvReader {
 public:
  // Reads the header. An empty file, or a header with empty or double names, is an error; then
  // there are no rows.
  CsvReader(const Source& source, Diagnostics& diagnostics, const CsvOptions& options = {});

  const std::vector<std::string>& header() const { return header_; }
  // False, and `code` reported, when the header has no comma and its one name holds what parts
  // columns elsewhere.
  bool ExpectCommas(int code);
  std::optional<size_t> Column(std::string_view name) const;
  // The place of its name in the header.
  const SourcePlace& PlaceOfColumn(size_t column) const { return header_places_[column]; }

  // False at the end. `row` may be used again for the next, which saves allocations.
  bool Next(CsvRow* row);
  // The texts of rows with a problem, each as far as it was passed over.
  const std::vector<std::string_view>& rejected() const { return rejected_; }

  // The place of the byte at `text_offset` of a cell's text.
  SourcePlace PlaceIn(const CsvCell& cell, size_t text_offset, size_t bytes = 1) const;
  // The place of the whole cell, its quotes included.
  SourcePlace PlaceOf(const CsvCell& cell) const;

 private:
  enum class Outcome : uint8_t { kRow, kBad, kEnd };

  void ReadHeader();
  Outcome ReadRow(CsvRow* row);
  bool ReadCell(CsvCell* cell);
  bool ReadQuoted(CsvCell* cell);
  bool CheckCell(const CsvCell& cell);
  void SkipBlankLines();
  bool AtLineEnd() const;
  void SkipLineEnd();
  void SkipRestOfLine();
  void ReportCount(const CsvRow& row);
  bool Bad(int code, size_t offset, std::string message, std::string hint = {});

  const Source& source_;
  const std::string_view text_;
  Diagnostics& diagnostics_;
  const CsvOptions options_;
  std::vector<std::string> header_;
  std::vector<SourcePlace> header_places_;  // of the same
  size_t at_ = 0;
  std::vector<std::string_view> rejected_;
};

}  // namespace pm
