#include "base/text/csv.h"

#include <gtest/gtest.h>

namespace pm {
namespace {

// All rows as "cell|cell/", then what was said.
std::string ReadAll(std::string text, CsvOptions options = {}) {
  const Source source("t.csv", std::move(text));
  Diagnostics diagnostics;
  CsvReader reader(source, diagnostics, options);
  std::string out;
  CsvRow row;
  while (reader.Next(&row)) {
    for (const CsvCell& cell : row.cells) out += (&cell == row.cells.data() ? "" : "|") + cell.text;
    out += '/';
  }
  return out + diagnostics.Render();
}

TEST(Csv, ReadsQuotedCellsOverSeveralLines) {
  EXPECT_EQ(ReadAll("a,b\n1,2\n\"x, \"\"y\"\"\nz\",\n"), "1|2/x, \"y\"\nz|/");
}

TEST(Csv, AcceptsByteOrderMarkCrlfBlankLinesAndNoFinalLineEnd) {
  EXPECT_EQ(ReadAll("\xEF\xBB\xBF\"a\",b\r\n\r\n1,2\r\n\r\n3,"), "1|2/3|/");
  EXPECT_EQ(ReadAll("a;b\n1,5;2\n", {.separator = ';'}), "1,5|2/");
}

TEST(Csv, KnowsPlacesInsideCells) {
  const Source source("t.csv", "a,b\n\xC3\xA9,\"p \"\"q\"\"\nr\"\n7,8\n");
  Diagnostics diagnostics;
  CsvReader reader(source, diagnostics);
  CsvRow row;
  ASSERT_TRUE(reader.Next(&row));
  EXPECT_EQ(reader.Column("b"), 1u);
  EXPECT_EQ(reader.Column("c"), std::nullopt);
  const CsvCell& cell = row.cells[1];
  EXPECT_EQ(reader.PlaceOf(cell).position, (Position{2, 3}));
  EXPECT_EQ(reader.PlaceIn(cell, cell.text.find('q')).position, (Position{2, 8}));
  EXPECT_EQ(reader.PlaceIn(cell, cell.text.find('r')).position, (Position{3, 1}));
  ASSERT_TRUE(reader.Next(&row));
  EXPECT_EQ(row.line, 4);
}

TEST(Csv, RaggedRowsAreReportedAndSkipped) {
  EXPECT_EQ(ReadAll("a,b\n1\n2,3\n4,5,6\n"),
            "2|3/"
            "t.csv:2:1: error PM0120: this row has 1 cell, but the header names 2 columns\n"
            "  2 | 1\n    | ^\n  hint: there is no cell for b\n"
            "t.csv:4:5: error PM0120: this row has 3 cells, but the header names 2 columns\n"
            "  4 | 4,5,6\n    |     ^\n  hint: a cell with a comma in it stands in quotes\n");
}

TEST(Csv, QuotesInWrongPlacesAreReported) {
  EXPECT_EQ(ReadAll("a,b\nx\"y,1\n\"p\"q,2\n3,4\n"),
            "3|4/"
            "t.csv:2:2: error PM0121: a quote inside an unquoted cell\n  2 | x\"y,1\n    |  ^\n"
            "  hint: put the whole cell in quotes and double those inside\n"
            "t.csv:3:4: error PM0121: text after the closing quote\n  3 | \"p\"q,2\n    |    ^\n"
            "  hint: double the quotes inside a quoted cell\n");
}

TEST(Csv, AnUnclosedQuoteEndsTheReading) {
  EXPECT_EQ(ReadAll("a,b\n1,2\n3,\"x\n5,6\n"),
            "1|2/t.csv:3:3: error PM0121: this quote is never closed; nothing after it was read\n"
            "  3 | 3,\"x\n    |   ^\n");
}

TEST(Csv, HeadersNeedDistinctNames) {
  EXPECT_EQ(ReadAll(""), "t.csv: error PM0122: empty: a header is needed\n");
  EXPECT_EQ(ReadAll("a,,b\n1,2,3\n"),
            "t.csv:1:3: error PM0122: a column without a name\n  1 | a,,b\n    |   ^\n");
  EXPECT_EQ(ReadAll("a,a\n1,2\n"),
            "t.csv:1:3: error PM0122: a second column 'a'\n  1 | a,a\n    |   ^\n");
}

TEST(Csv, BadBytesRejectTheRow) {
  EXPECT_EQ(ReadAll(std::string("a\nx\xFF\ny\0z\nok\n", 12)),
            "ok/"
            "t.csv:2:2: error PM0101: not valid UTF-8\n  2 | x\xEF\xBF\xBD\n    |  ^\n"
            "  hint: save the file as UTF-8\n"
            "t.csv:3:2: error PM0102: control character 0x00\n  3 | y?z\n    |  ^\n");
}

TEST(Csv, CellsAndColumnsAreBounded) {
  EXPECT_EQ(ReadAll("a,b\n12345,1\n1,2\n", {.max_cell_bytes = 4}),
            "1|2/t.csv:2:1: error PM0123: a cell of more than 4 bytes\n  2 | 12345,1\n    | ^\n");
  EXPECT_EQ(ReadAll("a,b\n1,2,3\n1,2\n", {.max_columns = 2}),
            "1|2/t.csv:2:5: error PM0123: more than 2 cells in a row\n  2 | 1,2,3\n    |     ^\n");
}

TEST(Csv, KeepsTheTextsOfRejectedRows) {
  const Source source("t.csv", "a,b\n1\n\"x\ny\n");
  Diagnostics diagnostics;
  CsvReader reader(source, diagnostics);
  CsvRow row;
  EXPECT_FALSE(reader.Next(&row));
  ASSERT_EQ(reader.rejected().size(), 2u);
  EXPECT_EQ(reader.rejected()[0], "1\n");
  EXPECT_EQ(reader.rejected()[1], "\"x\ny\n");
}

TEST(Csv, RowsOfTheSameWrongCountAreToldOnce) {
  EXPECT_EQ(ReadAll("a,b\n1\n2\n3,4\n"),
            "3|4/t.csv:2:1: error PM0120: this row has 1 cell, but the header names 2 columns\n"
            "  2 | 1\n    | ^\n  also at t.csv:3:1\n  hint: there is no cell for b\n");
}

}  // namespace
}  // namespace pm
