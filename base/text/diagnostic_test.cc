#include "base/text/diagnostic.h"

#include <gtest/gtest.h>

#include "base/text/name_hint.h"
#include "base/text/utf8.h"

namespace pm {
namespace {

TEST(Source, ColumnsAreCodePointsAndLinesEndEitherWay) {
  const Source source("f",
                      "\xEF\xBB\xBF"
                      "a\r\n\xC3\xA9x\nlast");
  EXPECT_EQ(source.PositionAt(0), (Position{1, 1}));
  EXPECT_EQ(source.PositionAt(source.text().find('x')), (Position{2, 2}));
  EXPECT_EQ(source.PositionAt(9999), (Position{3, 5}));
  EXPECT_EQ(source.Line(1), "a");
  EXPECT_EQ(source.Line(3), "last");
  EXPECT_EQ(source.Line(4), "");
}

TEST(Source, FindsColumnsBeyondOneBlock) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "\xC3\xA9";
  const Source source("f", text + "x");
  EXPECT_EQ(source.PositionAt(2000), (Position{1, 1001}));
  const Source exact("f", std::string(256, 'a'));
  EXPECT_EQ(exact.PositionAt(256), (Position{1, 257}));
}

TEST(Diagnostics, RendersLineCaretAndHint) {
  const Source source("rules/a.yaml", "routes:\n  - { \xC3\xA9: 1, polls: 4 }\n");
  Diagnostics out;
  out.Error(201, PlaceAt(source, source.text().find("polls"), 5), "unknown key 'polls'",
            "did you mean 'pools'?");
  EXPECT_EQ(out.Render(),
            "rules/a.yaml:2:13: error PM0201: unknown key 'polls'\n"
            "  2 |   - { \xC3\xA9: 1, polls: 4 }\n"
            "    |             ^~~~~\n"
            "  hint: did you mean 'pools'?\n");
}

// A table that two routes use is looked at twice.
TEST(Diagnostics, TellsOfAPlaceOnceInTheSameWords) {
  const Source source("f", "x\ny\n");
  Diagnostics out;
  for (int i = 0; i < 2; ++i) {
    out.Error(1, PlaceAt(source, 0), "wrong");
    out.Warning(1, PlaceAt(source, 0), "wrong");
  }
  out.Error(1, PlaceAt(source, 2), "wrong");
  out.Error(1, PlaceAt(source, 2), "wrong, too");
  EXPECT_EQ(out.error_count(), 3u);
  EXPECT_EQ(out.warning_count(), 1u);
}

TEST(Diagnostics, SortsByPlaceAndShowsWarningsAndWholeFiles) {
  const Source b("b", "x\ny\n"), a("a", "x\n");
  Diagnostics out;
  out.Error(1, PlaceAt(b, 2), "second line");
  out.Warning(2, PlaceAt(b, 0), "first line");
  out.Error(3, {&a, {}}, "whole file");
  out.Error(4, {}, "nowhere");
  EXPECT_EQ(out.Render(),
            "error PM0004: nowhere\n"
            "a: error PM0003: whole file\n"
            "b:1:1: warning PM0002: first line\n  1 | x\n    | ^\n"
            "b:2:1: error PM0001: second line\n  2 | y\n    | ^\n");
  EXPECT_EQ(out.error_count(), 3u);
  EXPECT_EQ(out.warning_count(), 1u);
}

TEST(Diagnostics, ColoursOnlyWhenAskedAndNeverThoseOfTheInput) {
  const Source source("f", "a\x1B[31m");
  Diagnostics out;
  out.Error(1, PlaceAt(source, 0), "bad \x1B[0m");
  EXPECT_EQ(out.Render().find('\x1B'), std::string::npos);
  EXPECT_EQ(out.Render(true),
            "\x1B[1mf:1:1:\x1B[0m \x1B[1;31merror PM0001:\x1B[0m bad ?[0m\n"
            "  1 | a?[31m\n    | \x1B[1;32m^\x1B[0m\n");
}

TEST(Source, FindsTheByteOfAnyPlace) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += i % 7 == 0 ? "\n" : i % 3 == 0 ? "\xC3\xA9" : "a";
  const Source source("f", text);
  for (size_t at = 0; at < text.size(); ++at) {
    const bool continues = (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
    if (continues) continue;
    EXPECT_EQ(source.OffsetOf(source.PositionAt(at)), at);
  }
  EXPECT_EQ(source.OffsetOf({999, 1}), text.size());
  EXPECT_EQ(source.OffsetOf({1, 9999}), text.size());
}

TEST(Diagnostics, CutsLongLinesAroundTheCaret) {
  const Source source("f", std::string(1000, '.') + "X" + std::string(1000, '.'));
  Diagnostics out;
  out.Error(1, PlaceAt(source, 1000), "here");
  EXPECT_EQ(out.Render(), "f:1:1001: error PM0001: here\n  1 | " + std::string(60, '.') + "X" +
                              std::string(59, '.') + "\n    | " + std::string(60, ' ') + "^\n");
}

TEST(Diagnostics, KeepsAThousandOfEachSeverityAndCountsTheRest) {
  const Source source("f", "x");
  Diagnostics out;
  for (int i = 0; i < 1500; ++i) out.Warning(1, PlaceAt(source, 0), "w" + std::to_string(i));
  for (int i = 0; i < 2; ++i) out.Error(1, PlaceAt(source, 0), "e0");  // the second is none
  for (int i = 1; i < 1003; ++i) out.Error(1, PlaceAt(source, 0), "e" + std::to_string(i));
  EXPECT_EQ(out.error_count(), 1003u);
  EXPECT_EQ(out.left_out(), 503u);
  EXPECT_TRUE(out.Render().ends_with("and 503 more\n"));
  EXPECT_TRUE(out.RenderJson().ends_with(
      R"(,{"severity":"error","code":"PM0100","message":"and 503 more"}])"));
}

// A pool that is called otherwise than the routes that name it, say.
TEST(Diagnostics, TellsACauseOnceWithTheOtherPlacesOfIt) {
  const Source source("a", "x\ny\nz\n");
  Diagnostics out;
  EXPECT_FALSE(out.Also("pool p", PlaceAt(source, 0)));
  out.ErrorOf("pool p", 1, PlaceAt(source, 0), "no p", "h");
  out.ErrorOf("pool p", 1, PlaceAt(source, 2), "no p");
  EXPECT_TRUE(out.Also("pool p", PlaceAt(source, 2))) << "a place counts once";
  out.ErrorOf("pool q", 1, PlaceAt(source, 4), "no q");
  EXPECT_EQ(out.error_count(), 2u);
  EXPECT_EQ(out.errors_met(), 4u);
  EXPECT_EQ(out.Render(),
            "a:1:1: error PM0001: no p\n  1 | x\n    | ^\n  also at a:2:1\n  hint: h\n"
            "a:3:1: error PM0001: no q\n  3 | z\n    | ^\n");
  EXPECT_TRUE(out.RenderJson().starts_with(
      R"([{"severity":"error","code":"PM0001","file":"a","line":1,"column":1,"length":1,)"
      R"("message":"no p","hint":"h","also":[{"file":"a","line":2,"column":1,"length":1}]},)"));
}

TEST(Diagnostics, KeepsSomePlacesOfACauseAndCountsTheRest) {
  const Source source("a", std::string(30, '\n'));
  Diagnostics out;
  for (size_t line = 0; line < 30; ++line) out.ErrorOf("c", 1, PlaceAt(source, line), "m");
  EXPECT_EQ(out.error_count(), 1u);
  EXPECT_TRUE(out.Render().ends_with("a:8:1, a:9:1 and 21 more\n")) << out.Render();
  EXPECT_TRUE(out.RenderJson().ends_with(R"(],"also_more":21}])"));
}

TEST(Diagnostics, RendersJson) {
  const Source source("f", "abc");
  Diagnostics out;
  EXPECT_EQ(out.RenderJson(), "[]");
  out.Error(7, PlaceAt(source, 1, 2), "a \"b\"", "h");
  EXPECT_EQ(out.RenderJson(),
            R"([{"severity":"error","code":"PM0007","file":"f","line":1,"column":2,"length":2,)"
            R"("message":"a \"b\"","hint":"h"}])");
}

TEST(Diagnostics, ShowsNotesAndExamplesWithoutCountingThemAsFaults) {
  const Source a("a", "x\n");
  Diagnostics out;
  out.Add({.severity = Severity::kNote,
           .code = 1,
           .place = PlaceAt(a, 0),
           .message = "m",
           .hint = "h",
           .example = "lead: { a: 1 }",
           .example_json = R"({"lead":{"a":1}})"});
  EXPECT_EQ(out.Render(), "a:1:1: note PM0001: m\n  1 | x\n    | ^\n  lead: { a: 1 }\n  hint: h\n");
  EXPECT_TRUE(out.RenderJson().ends_with(R"("hint":"h","example":{"lead":{"a":1}}}])"));
  EXPECT_EQ(out.note_count(), 1u);
  EXPECT_EQ(out.warning_count(), 0u);
}

TEST(Diagnostics, AreJudgedBeforeTheyAreCounted) {
  Diagnostics out;
  out.SetJudge([](Diagnostic* d) {
    d->severity = Severity::kWarning;
    return d->code != 2;
  });
  out.Error(1, {}, "kept");
  out.Error(2, {}, "left out");
  EXPECT_EQ(out.Render(), "warning PM0001: kept\n");
  EXPECT_FALSE(out.has_errors());
}

TEST(DidYouMean, FindsTheNearestAndStaysSilentOtherwise) {
  const std::string_view words[] = {"pools", "routes", "sla", "if_away"};
  EXPECT_EQ(DidYouMean("polls", words), "did you mean 'pools'?");
  EXPECT_EQ(Nearest("ruotes", words), "routes");
  EXPECT_EQ(Nearest("SLA", words), "sla");
  EXPECT_EQ(Nearest("ifaway", words), "if_away");
  EXPECT_EQ(DidYouMean("cadence", words), "");
  EXPECT_EQ(Nearest("x", words), "");
  EXPECT_EQ(Nearest(std::string(100, 'p'), words), "");
}

TEST(DidYouMean, OfANameKnowsThoseThatEndAlike) {
  const std::string_view names[] = {"lead.country", "account.country", "account.industry"};
  EXPECT_EQ(DidYouMeanName("country", names), "did you mean 'lead.country' or 'account.country'?");
  EXPECT_EQ(DidYouMeanName("lead.Industry", names), "did you mean 'account.industry'?");
  EXPECT_EQ(DidYouMeanName("lead.contry", names), "did you mean 'lead.country'?");
  EXPECT_EQ(DidYouMeanName("DE", names), "");
}

TEST(DidYouMean, CompletesAWordThatOnlyOneBegins) {
  const std::string_view words[] = {"queue", "int", "instant", "lead.plan", "list"};
  EXPECT_EQ(Nearest("que", words), "queue");
  EXPECT_EQ(Nearest("Integer", words), "int");
  EXPECT_EQ(Nearest("in", words), "int") << "by distance";
  EXPECT_EQ(Nearest("i", words), "");
  EXPECT_EQ(Nearest("lists.sizes", words), "") << "a name of other parts";
}

TEST(Utf8, KnowsValidFromInvalid) {
  EXPECT_EQ(ValidUtf8Prefix("a\xF0\x9F\x98\x80"), 5u);
  for (const char* bad :
       {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80", "\xFF"}) {
    EXPECT_EQ(ValidUtf8Prefix(bad), 0u) << Printable(bad);
  }
  EXPECT_EQ(Printable("a\tb\nc\xC2\x9B\xFF"), "a b?c?\xEF\xBF\xBD");
  EXPECT_EQ(Quoted(std::string(70, 'x')), "'" + std::string(60, 'x') + "...'");
}

TEST(Diagnostics, TellsAWarningOfOneCauseOnceAndLeavesOutThePlacesThatAreAccepted) {
  const Source source("a.yaml", "a\nb\nc\n");
  Diagnostics out;
  out.SetJudge([](Diagnostic* one) { return one->place.position.line != 2; });
  for (const size_t at : {size_t{2}, size_t{0}, size_t{4}}) {
    out.AddOf("ana", {Severity::kWarning, 246, PlaceAt(source, at), "ana has left", {}});
  }
  EXPECT_EQ(out.warning_count(), 1u);
  EXPECT_EQ(out.errors_met(), 0u);
  ASSERT_EQ(out.Sorted().size(), 1u);
  EXPECT_EQ(out.Sorted()[0].place.position.line, 1);
  EXPECT_EQ(FurtherPlaces(out.Sorted()[0]), "a.yaml:3:1");
}

}  // namespace
}  // namespace pm
