// A table in Markdown, row by row.
#pragma once
#include <string>
#include <vector>

namespace pm {

class MarkdownTable {
 public:
  explicit MarkdownTable(const std::vector<std::string>& header) : text_(Line(header)) {
    for (size_t i = 0; i < header.size(); ++i) text_ += "|---";
    text_ += "|\n";
  }
  // As many cells as the header has; what would end a cell is escaped.
  void Row(const std::vector<std::string>& cells) {
    text_ += Line(cells);
    empty_ = false;
  }
  bool empty() const { return empty_; }
  const std::string& Text() const { return text_; }

 private:
  static std::string Line(const std::vector<std::string>& cells) {
    std::string line;
    for (const std::string& cell : cells) {
      line += "| ";
      for (const char c : cell) {
        if (c == '|') line += '\\';
        line += c == '\n' ? ' ' : c;
      }
      line += ' ';
    }
    return line + "|\n";
  }

  std::string text_;
  bool empty_ = true;
};

}  // namespace pm
