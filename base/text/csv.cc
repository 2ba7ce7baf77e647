#include "base/text/csv.h"

#include "base/text/encoding.h"
#include "base/text/utf8.h"

namespace pm {
namespace {

bool IsForbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

}  // namespace

CsvReader::CsvReader(const Source& source, Diagnostics& diagnostics, const CsvOptions& options)
    : source_(source), text_(source.text()), diagnostics_(diagnostics), options_(options) {
  if (ExpectText(source, diagnostics)) {
    ReadHeader();
  } else {
    at_ = text_.size();
  }
}

bool CsvReader::ExpectCommas(int code) {
  const size_t at = text_.find_first_of(";\t|");
  const bool other =
      header_.size() == 1 && header_.front().find_first_of(";\t|") != std::string::npos;
  if (!other) return true;
  return Bad(code, at,
             fmt::format("{} stands between the columns, not a comma",
                         text_[at] == '\t' ? "a tab" : fmt::format("`{}`", text_[at])),
             "save the file with commas between the columns");
}

std::optional<size_t> CsvReader::Column(std::string_view name) const {
  const auto found = std::ranges::find(header_, name);
  if (found == header_.end()) return std::nullopt;
  return static_cast<size_t>(found - header_.begin());
}

bool CsvReader::Next(CsvRow* row) {
  for (;;) {
    SkipBlankLines();
    switch (ReadRow(row)) {
      case Outcome::kEnd:
        return false;
      case Outcome::kRow:
        if (row->cells.size() == header_.size()) return true;
        ReportCount(*row);
        break;
      case Outcome::kBad:
        break;
    }
    rejected_.push_back(text_.substr(row->offset, at_ - row->offset));
  }
}

void CsvReader::ReportCount(const CsvRow& row) {
  const size_t cells = row.cells.size(), columns = header_.size();
  const auto count = [](size_t n, std::string_view what) {
    return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
  };
  std::string message = fmt::format("this row has {}, but the header names {}",
                                    count(cells, "cell"), count(columns, "column"));
  // Rows that all lack the same are mostly a header with a column too many.
  std::string cause = source_.path() + message;
  if (cells > columns) {
    diagnostics_.ErrorOf(std::move(cause), 120, PlaceAt(source_, row.cells[columns].offset),
                         std::move(message), "a cell with a comma in it stands in quotes");
    return;
  }
  const std::span<const std::string> without(header_.begin() + static_cast<std::ptrdiff_t>(cells),
                                             header_.end());
  diagnostics_.ErrorOf(std::move(cause), 120, PlaceAt(source_, row.offset), std::move(message),
                       fmt::format("there is no cell for {}", fmt::join(without, ", ")));
}

SourcePlace CsvReader::PlaceIn(const CsvCell& cell, size_t text_offset, size_t bytes) const {
  size_t at = cell.offset + (cell.quoted ? 1 : 0);
  for (size_t done = 0; done < text_offset && at < text_.size(); ++done) {
    at += cell.quoted && text_[at] == '"' ? 2 : 1;
  }
  return PlaceAt(source_, at, bytes);
}

SourcePlace CsvReader::PlaceOf(const CsvCell& cell) const {
  const auto quotes = static_cast<size_t>(std::ranges::count(cell.text, '"'));
  return PlaceAt(source_, cell.offset, cell.text.size() + (cell.quoted ? quotes + 2 : 0));
}

void CsvReader::ReadHeader() {
  SkipBlankLines();
  CsvRow row;
  const Outcome outcome = ReadRow(&row);
  if (outcome == Outcome::kEnd)
    diagnostics_.Error(122, {&source_, {}}, "empty: a header is needed");
  bool good = outcome == Outcome::kRow;
  for (CsvCell& cell : row.cells) {
    if (!good) break;
    if (cell.text.empty()) {
      good = Bad(122, cell.offset, "a column without a name");
    } else if (Column(cell.text).has_value()) {
      good = Bad(122, cell.offset, "a second column " + Quoted(cell.text));
    } else {
      header_places_.push_back(PlaceOf(cell));
      header_.push_back(std::move(cell.text));
    }
  }
  if (good) return;
  header_.clear();
  at_ = text_.size();
}

CsvReader::Outcome CsvReader::ReadRow(CsvRow* row) {
  if (at_ >= text_.size()) return Outcome::kEnd;
  row->offset = at_;
  row->line = source_.PositionAt(at_).line;
  bool good = true;
  size_t count = 0;
  for (bool more = true; more;) {
    if (count == options_.max_columns) {
      Bad(123, at_, fmt::format("more than {} cells in a row", options_.max_columns));
      SkipRestOfLine();
      return Outcome::kBad;
    }
    if (row->cells.size() == count) row->cells.emplace_back();
    CsvCell& cell = row->cells[count++];
    if (!ReadCell(&cell)) {
      SkipRestOfLine();
      return Outcome::kBad;
    }
    if (good) good = CheckCell(cell);
    more = at_ < text_.size() && text_[at_] == options_.separator;
    if (more) ++at_;
  }
  row->cells.resize(count);
  SkipLineEnd();
  return good ? Outcome::kRow : Outcome::kBad;
}

// Leaves `at_` behind the cell, at a separator or line end.
bool CsvReader::ReadCell(CsvCell* cell) {
  cell->text.clear();
  cell->offset = at_;
  cell->quoted = at_ < text_.size() && text_[at_] == '"';
  if (cell->quoted) return ReadQuoted(cell);
  const size_t start = at_;
  while (at_ < text_.size() && text_[at_] != options_.separator && !AtLineEnd()) {
    if (text_[at_] == '"') {
      return Bad(121, at_, "a quote inside an unquoted cell",
                 "put the whole cell in quotes and double those inside");
    }
    ++at_;
  }
  cell->text = text_.substr(start, at_ - start);
  return true;
}

bool CsvReader::ReadQuoted(CsvCell* cell) {
  ++at_;
  for (;;) {
    const size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos) {
      at_ = text_.size();
      return Bad(121, cell->offset, "this quote is never closed; nothing after it was read");
    }
    cell->text += text_.substr(at_, quote - at_);
    at_ = quote + 1;
    if (at_ >= text_.size() || text_[at_] != '"') break;
    cell->text += '"';
    ++at_;
  }
  if (at_ >= text_.size() || text_[at_] == options_.separator || AtLineEnd()) return true;
  return Bad(121, at_, "text after the closing quote", "double the quotes inside a quoted cell");
}

bool CsvReader::CheckCell(const CsvCell& cell) {
  if (cell.text.size() > options_.max_cell_bytes) {
    return Bad(123, cell.offset,
               fmt::format("a cell of more than {} bytes", options_.max_cell_bytes));
  }
  const size_t valid = ValidUtf8Prefix(cell.text);
  if (valid < cell.text.size()) {
    diagnostics_.ErrorOf(source_.path() + "not UTF-8", 101, PlaceIn(cell, valid), "not valid UTF-8",
                         "save the file as UTF-8");
    return false;
  }
  const auto control = std::ranges::find_if(cell.text, IsForbidden);
  if (control == cell.text.end()) return true;
  diagnostics_.Error(
      102, PlaceIn(cell, static_cast<size_t>(control - cell.text.begin())),
      fmt::format("control character 0x{:02x}", static_cast<unsigned char>(*control)));
  return false;
}

void CsvReader::SkipBlankLines() {
  while (AtLineEnd()) SkipLineEnd();
}

bool CsvReader::AtLineEnd() const {
  const std::string_view rest = text_.substr(at_);
  return rest.starts_with('\n') || rest.starts_with("\r\n");
}

void CsvReader::SkipLineEnd() {
  if (AtLineEnd()) at_ += text_[at_] == '\r' ? 2 : 1;
}

void CsvReader::SkipRestOfLine() {
  const size_t end = text_.find('\n', at_);
  at_ = end == std::string_view::npos ? text_.size() : end + 1;
}

bool CsvReader::Bad(int code, size_t offset, std::string message, std::string hint) {
  diagnostics_.Error(code, PlaceAt(source_, offset), std::move(message), std::move(hint));
  return false;
}

}  // namespace pm
