#include "base/text/annotations.h"

#include <gtest/gtest.h>

namespace pm {
namespace {

TEST(Annotations, AreALineForEachProblemWithItsPlace) {
  const Source source("a,b.yaml", "kind: x\n");
  Diagnostics out;
  EXPECT_EQ(Annotations(out, "rules"), "");
  out.Error(201, PlaceAt(source, 6, 1), "100%\nwrong: 'x'", "did you mean 'y'?");
  out.Warning(2, {&source, {}}, "of the file");
  out.Error(3, {}, "of nothing");
  EXPECT_EQ(Annotations(out, "rules/"),
            "::error title=PM0003::of nothing\n"
            "::warning file=rules/a%2Cb.yaml,title=PM0002::of the file\n"
            "::error file=rules/a%2Cb.yaml,line=1,col=7,endColumn=8,title=PM0201::"
            "100%25%0Awrong: 'x'%0Ahint: did you mean 'y'?\n");
  for (const char* folder : {"", ".", "./"}) {
    EXPECT_NE(Annotations(out, folder).find("file=a%2Cb.yaml,line"), std::string::npos) << folder;
  }
  EXPECT_NE(Annotations(out, "./rules").find("file=rules/a%2Cb"), std::string::npos);
}

TEST(Annotations, ShowTheExampleAndTellNotesFromWarnings) {
  const Source source("a.yaml", "x\n");
  Diagnostics out;
  out.Add({.severity = Severity::kNote,
           .code = 1,
           .place = PlaceAt(source, 0),
           .message = "m",
           .hint = "h",
           .example = "lead: { lead.country: DE }",
           .example_json = R"({"lead":{"lead.country":"DE"}})"});
  EXPECT_EQ(Annotations(out, ""),
            "::notice file=a.yaml,line=1,col=1,endColumn=2,title=PM0001::"
            "m%0Alead: { lead.country: DE }%0Ahint: h\n");
}

TEST(Annotations, NameTheOtherPlacesOfACauseAsTheRepositoryDoes) {
  const Source source("a.yaml", "x\ny\n");
  Diagnostics out;
  out.ErrorOf("c", 1, PlaceAt(source, 0), "m");
  out.ErrorOf("c", 1, PlaceAt(source, 2), "m");
  EXPECT_EQ(Annotations(out, "rules"),
            "::error file=rules/a.yaml,line=1,col=1,endColumn=2,title=PM0001::"
            "m%0Aalso at rules/a.yaml:2:1\n");
}

TEST(Annotations, AreTextWhateverTheFileIsCalled) {
  const Source source("caf\xE9\xC3\xA9.yaml", "");
  Diagnostics out;
  out.Error(1, {&source, {}}, "a\xFF");
  EXPECT_EQ(Annotations(out, ""),
            "::error file=caf\xEF\xBF\xBD\xC3\xA9.yaml,title=PM0001::a\xEF\xBF\xBD\n");
}

TEST(Annotations, SayHowManyAreLeftOut) {
  Diagnostics out;
  for (size_t i = 0; i <= Diagnostics::kMaxKept; ++i)
    out.Error(1, {}, "wrong " + std::to_string(i));
  EXPECT_TRUE(
      Annotations(out, "").ends_with("::error title=PM0001::wrong 999\n::warning "
                                     "title=PM0100::and 1 more\n"));
}

}  // namespace
}  // namespace pm
