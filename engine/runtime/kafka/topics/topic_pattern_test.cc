#include "engine/runtime/kafka/topics/topic_pattern.h"

#include <gmock/gmock.h>

#include "engine/runtime/kafka/topics/topic_plan.h"

namespace pm {
namespace {

using testing::HasSubstr;

TEST(TopicPattern, MeetsWhatThePosixExpressionIsFoundIn) {
  const auto meets = [](const std::string& pattern, const std::string& name) {
    const Result<TopicPattern> made = TopicPattern::Make(pattern);
    EXPECT_TRUE(made.has_value()) << pattern;
    return made.has_value() && made->Meets(name);
  };
  EXPECT_TRUE(meets("^web[0-9]-1$", "web2-1"));
  EXPECT_FALSE(meets("^web[0-9]-1$", "web2-10"));
  EXPECT_TRUE(meets("^web", "web.forms")) << "without `$` names may go on";
  EXPECT_TRUE(meets(R"(^web\.(eu|us){1,2}$)", "web.euus"));
  EXPECT_FALSE(meets(R"(^web\.(eu|us)$)", "webXeu"));
  EXPECT_TRUE(meets("^[^_.]+-[[:digit:]]*[].]?$", "a-12."));
  EXPECT_TRUE(meets(R"(^a\++b)", "a++b"));
}

TEST(TopicPattern, RefusesWhatLibrdkafkaWouldRefuseOrTakeForSomethingElse) {
  const std::pair<std::string, std::string> kCases[] = {
      {R"(^web\d-1$)", "`\\d` is not understood: write `[0-9]`"},
      {R"(^\w+$)", "`\\w` is not understood"},
      {R"(^web\b)", "`\\b` is not understood"},
      {R"(^(a)\1)", "`\\1` is not understood"},
      {"^web(?:2|3)-1", "`(?` is not understood: write `(a|b)`"},
      {"^(?i)WEB2-1$", "`(?` is not understood"},
      {"^web.*?-1", "`*?` repeats what is repeated"},
      {R"(^web[\d]+)", "in brackets a backslash stands for itself"},
      {R"(^[]a\.]$)", "in brackets a backslash stands for itself"},
      {"^a(", "POSIX extended regular expressions"},
      {"^a[", "POSIX extended regular expressions"},
      {"^a\\", "POSIX extended regular expressions"}};
  for (const auto& [pattern, told] : kCases) {
    const Result<TopicPattern> made = TopicPattern::Make(pattern);
    ASSERT_FALSE(made.has_value()) << pattern;
    EXPECT_EQ(made.error().code, kTopicName) << pattern;
    EXPECT_THAT(made.error().text, HasSubstr(told)) << pattern;
    EXPECT_EQ(PlanTopics({.inputs = {pattern}}).error().code, kTopicName) << pattern;
  }
}

}  // namespace
}  // namespace pm
