#include "tests/conformance/run.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace pm::conformance {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

std::string FileWith(std::string_view text) {
  const std::string path =
      ::testing::TempDir() + ::testing::UnitTest::GetInstance()->current_test_info()->name();
  std::ofstream(path) << text;
  return path;
}

Report RunText(std::string_view text, std::string_view differs = "") {
  const std::string path = FileWith(text);
  return RunFiles({&path, 1}, Differs::Parse(differs).value());
}

// One case on a nine-to-five week in New York; `rest` is the op, input and expectation.
std::string Case(std::string_view rest) {
  return R"({"id":"x-1","calendar":{"tz":"America/New_York","weekly":{"mon":[["09:00","17:00"]],)"
         R"("tue":[["09:00","17:00"]]},"holidays":[]},)" +
         std::string(rest) + "}\n";
}

TEST(Conformance, MeetsEveryOperation) {
  const Report report = RunText(
      Case(R"("op":"add","input":{"at":"2026-11-23T20:00:00Z","seconds":7200.5},)"
           R"("expected":"2026-11-24T14:00:00.500Z")") +
      Case(R"("op":"add","input":{"at":"2026-11-24T14:00:00Z","seconds":-0.555},)"
           R"("expected":"2026-11-23T21:59:59.445Z")") +
      Case(
          R"("op":"elapsed","input":{"from":"2026-11-24T22:00:00Z","to":"2026-11-24T21:59:59.5Z"},)"
          R"("expected":-0.5)") +
      Case(R"("op":"is_open","input":{"at":"2026-11-23T14:00:00Z"},"expected":true)") +
      Case(R"("op":"next_open_or_self","input":{"at":"2026-11-23T22:00:00Z"},)"
           R"("expected":"2026-11-24T14:00:00Z")") +
      Case(R"("op":"prev_close_or_self","input":{"at":"2026-11-24T14:00:00Z"},)"
           R"("expected":"2026-11-23T22:00:00Z")") +
      Case(R"("op":"intervals","input":{"from":"2026-11-23T20:00:00Z","direction":"after",)"
           R"("count":2},"expected":[["2026-11-23T20:00:00Z","2026-11-23T22:00:00Z"],)"
           R"(["2026-11-24T14:00:00Z","2026-11-24T22:00:00Z"]])") +
      Case(R"("op":"intervals","input":{"from":"2026-11-24T15:00:00Z","direction":"before",)"
           R"("count":2},"expected":[["2026-11-24T14:00:00Z","2026-11-24T15:00:00Z"],)"
           R"(["2026-11-23T14:00:00Z","2026-11-23T22:00:00Z"]])") +
      Case(R"("op":"resolve_wall_clock","input":{"date":"2026-11-01","time":"01:30:00"},)"
           R"("expected":"2026-11-01T05:30:00Z")") +
      Case(R"("op":"add_business_days","input":{"at":"2026-11-23","days":2},)"
           R"("expected":"2026-11-30")") +
      Case(R"("op":"close_of_nth_working_day","input":{"at":"2026-11-23T15:00:00Z","days":2},)"
           R"("expected":"2026-11-24T22:00:00Z")") +
      Case(R"("op":"add","input":{"at":"2026-11-23T21:00:00Z","seconds":3600},)"
           R"("expected":"2026-11-24T14:00:00Z","equivalent":"2026-11-23T22:00:00Z")"));
  EXPECT_EQ(report.exit_code, 0) << report.text;
  EXPECT_THAT(report.text, EndsWith("12 passed, 0 failed\n"));
}

TEST(Conformance, MeetsIntervalAlgebra) {
  const Report report =
      RunText(R"({"id":"a","op":"union","a":[[3,4],[1,2]],"b":null,"expected":[[1,2],[3,4]]})"
              "\n"
              R"({"id":"b","op":"intersection","a":[[1,5]],"b":[[5,6]],"expected":[]})"
              "\n\n"
              R"({"id":"c","op":"difference","a":[[1,5]],"b":[[2,3]],"expected":[[1,2],[3,5]]})");
  EXPECT_EQ(report.exit_code, 0) << report.text;
  EXPECT_THAT(report.text, EndsWith("3 passed, 0 failed\n"));
}

// One case of CEL; `rest` is the expectation and what else it has.
std::string CelCase(std::string_view expr, std::string_view rest) {
  const bool bound = rest.find("bindings") != std::string_view::npos;
  return fmt::format(R"({{"file":"f","section":"s","name":"n","tier":"A","features":["lib:x_ext"],)"
                     R"("expr":"{}",{}{}}})"
                     "\n",
                     expr, bound ? "" : R"("bindings":{},)", rest);
}

TEST(Conformance, MeetsExpressions) {
  const std::string nested =
      R"({"map":[[{"string":"b"},{"list":[{"int":"1"},{"uint":"2"},{"double":"-0.0"}]}],)"
      R"([{"string":"a"},{"bytes_b64":"YQ=="}]]})";
  const Report report = RunText(
      CelCase("{'a': b'a', 'b': [1, 2u, -0.0]}", R"("expect":"value","value":)" + nested) +
      CelCase("type(x)", R"("expect":"value","value":{"type":"int"},)"
                         R"("type_env":[{"name":"x","type":"int"}],"bindings":{"x":{"int":"1"}})") +
      CelCase("1 / 0", R"("expect":"error","error":["divide by zero"])") +
      CelCase("1 + 'a'", R"("expect":"error","disable_check":true)") +
      CelCase("1 + 'a'", R"("expect":"error")") +
      CelCase("f([])", R"x("expect":"check_only","deduced_type":"list(int)","type_env":)x"
                       R"x([{"name":"f","function":[{"id":"f","params":["list(param(A))"],)x"
                       R"x("result":"list(int)","member":false}]}])x") +
      CelCase("[null, true, timestamp(0), duration('1s')]",
              R"("expect":"value","value":{"list":[{"null":null},{"bool":true},)"
              R"({"timestamp":"1970-01-01T00:00:00Z"},{"duration":"1s"}]})"));
  EXPECT_EQ(report.exit_code, 0) << report.text;
  EXPECT_THAT(report.text, HasSubstr("  tier A: 7 passed, 0 failed, 0 differ\n"));
}

TEST(Conformance, FailsExpressionsThatAnswerOtherwise) {
  const std::string two = R"("expect":"value","value":{"int":"2"})";
  const std::string cases =
      CelCase("1", two) + CelCase("nobody", two) + CelCase("1", R"("expect":"error")") +
      CelCase("1", R"("expect":"value","value":{"int":"1"},"deduced_type":"uint")") +
      CelCase("1", R"("expect":"value","value":{"int":"x"})") +
      CelCase("1", R"("expect":"value","value":{"thing":"x"})");
  const Report report = RunText(cases);
  EXPECT_EQ(report.exit_code, 1);
  EXPECT_THAT(report.text, HasSubstr(":1: f/s/n 1: expected 2\n    got 1\n"));
  EXPECT_THAT(report.text, HasSubstr("got refused: there is no 'nobody'"));
  EXPECT_THAT(report.text, HasSubstr("expected 1 : uint\n    got 1 : int"));
  EXPECT_THAT(report.text, HasSubstr("  tier A: 0 passed, 6 failed, 0 differ\n"));
  const Report reviewed = RunText(cases, "library x_ext: left out\n");
  EXPECT_EQ(reviewed.exit_code, 0);
  EXPECT_THAT(reviewed.text, HasSubstr("  tier A: 0 passed, 0 failed, 6 differ\n"));
}

TEST(Conformance, ShowsAFailingCase) {
  const Report report =
      RunText(Case(R"("op":"is_open","input":{"at":"2026-11-22T14:00:00Z"},"expected":true)"));
  EXPECT_EQ(report.exit_code, 1);
  EXPECT_THAT(report.text, HasSubstr(":1: x-1 is_open: expected true\n    got false"));
  EXPECT_THAT(report.text, EndsWith("0 passed, 1 failed\n"));
}

TEST(Conformance, FailsWhatItCannotUnderstandInACase) {
  const Report report = RunText(
      Case(R"("op":"teleport","input":{"at":"2026-11-22T14:00:00Z"},"expected":true)") +
      Case(R"("op":"add","input":{"at":"yesterday","seconds":1},"expected":true)") +
      Case(R"("op":"add","input":{"at":"2026-11-22T14:00:00Z","seconds":"1"},"expected":true)") +
      Case(R"("op":"close_of_nth_working_day","input":{"at":"2026-11-23T15:00:00Z","days":0},)"
           R"("expected":"2026-11-24T22:00:00Z")"));
  EXPECT_EQ(report.exit_code, 1);
  EXPECT_THAT(report.text, HasSubstr("unknown op teleport"));
  EXPECT_THAT(report.text, EndsWith("0 passed, 4 failed\n"));
}

TEST(Conformance, CountsReviewedDifferencesApart) {
  const std::string tagged =
      Case(R"("op":"is_open","input":{"at":"2026-11-23T22:00:00Z"},"expected":true,)"
           R"("convention":"close-inclusive")");
  const Report by_convention = RunText(tagged, "convention close-inclusive: half-open\n");
  EXPECT_EQ(by_convention.exit_code, 0);
  EXPECT_THAT(by_convention.text, HasSubstr("differs: half-open\n"));
  EXPECT_THAT(by_convention.text, HasSubstr("1 differ (1 tagged with a convention)"));
  EXPECT_THAT(by_convention.text, EndsWith("0 passed, 0 failed\n"));
  EXPECT_EQ(RunText(tagged, "# none\n\ncase x-1: half-open").exit_code, 0);
  EXPECT_EQ(RunText(tagged, "case x-2: half-open").exit_code, 1);
}

TEST(Conformance, RefusesFilesItCannotRun) {
  const std::string missing = "/nonexistent/cases.jsonl";
  EXPECT_EQ(RunFiles({&missing, 1}, {}).exit_code, 65);
  for (const auto& [text, error] : std::vector<std::pair<std::string, std::string>>{
           {"", "no cases in it"},
           {"{\"id\":", "no JSON object"},
           {"[1]", "no JSON object"},
           {"{\"id\":\"q\"}", "unknown form"},
           {R"({"op":"wait","input":{}})", "not supported yet: cadence"},
           {Case(R"("op":"is_open","input":{"at":"2026-11-23T14:00:00Z"},"expected":true)") +
                R"({"op":"union","a":[],"b":[],"expected":[]})",
            "form interval_algebra in a file of business_hours"}}) {
    const Report report = RunText(text);
    EXPECT_EQ(report.exit_code, 65) << text;
    EXPECT_THAT(report.errors, HasSubstr(error));
  }
}

TEST(Conformance, RefusesADiffersFileOfAnotherForm) {
  for (const char* text : {"x-1: reason", "case x-1 reason", "case : reason",
                           "case x-1: ", "library : reason", "library x"}) {
    EXPECT_FALSE(Differs::Parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace pm::conformance
