#include "model/privacy.h"

#include <gtest/gtest.h>

namespace pm {
namespace {

using Words = std::vector<ChannelWord>;

TEST(Privacy, ChannelsAreAClosedListWithTheUsualSynonyms) {
  EXPECT_EQ(ParseChannel("E-Mail"), "email");
  EXPECT_EQ(ParseChannel(" Phone "), "call");
  EXPECT_EQ(ParseChannel("Text message"), "sms");
  EXPECT_EQ(ParseChannel("LinkedIn"), "linkedin");
  EXPECT_EQ(ParseChannel("any"), "all");
  EXPECT_EQ(ParseChannel("emial"), std::nullopt);
  EXPECT_EQ(ParseChannel(""), std::nullopt);
}

TEST(Privacy, WhatIsNoClearWordNeitherRefusesNorGrants) {
  for (const std::string_view word :
       {"refused", "REFUSED", "opt_out", "opted-out", "Opted out", "unsubscribed", "objected",
        "false", "withdrawn", "denied", "expired"})
    EXPECT_EQ(ParseRefusal(word), true) << word;
  for (const std::string_view word : {"granted", "Opted in", "opt-in", "subscribed", "yes", "true"})
    EXPECT_EQ(ParseRefusal(word), false) << word;
  for (const std::string_view word : {"", "pending", "unknown", "refuzed", "not granted"})
    EXPECT_EQ(ParseRefusal(word), std::nullopt) << word;
}

TEST(Privacy, WordsOutOfOrderSettleByTheirTime) {
  Words one, two;
  EXPECT_TRUE(TakeWord(&one, {"email", true, {1}, "a"}));
  EXPECT_TRUE(TakeWord(&one, {"email", false, {2}, "b"}));
  EXPECT_TRUE(TakeWord(&two, {"email", false, {2}, "b"}));
  EXPECT_FALSE(TakeWord(&two, {"email", true, {1}, "a"}));
  EXPECT_FALSE(Refuses(one, "email"));
  EXPECT_FALSE(Refuses(two, "email"));
  TakeWord(&one, {"all", true, {3}, "c"});
  EXPECT_TRUE(Refuses(one, "email"));
  EXPECT_TRUE(TakeWord(&two, {"email", true, {2}, "c"})) << "at the same instant the refusal";
  EXPECT_FALSE(TakeWord(&two, {"email", false, {2}, "d"}));
  EXPECT_TRUE(Refuses(two, "email"));
}

TEST(Privacy, TextMessagesGoToTheNumberThatCallsDo) {
  Words words;
  TakeWord(&words, {"call", true, {1}, "a"});
  EXPECT_TRUE(Refuses(words, "sms"));
  EXPECT_FALSE(Refuses(words, "email"));
  TakeWord(&words, {"sms", false, {0}, "a"});
  EXPECT_FALSE(Refuses(words, "sms")) << "a word of its own";
}

TEST(Privacy, AllIsRefusedUntilOneChannelIsAllowedAgain) {
  Words words;
  for (const std::string_view channel : kContactChannels)
    TakeWord(&words, {std::string(channel), true, {1}, "a"});
  EXPECT_FALSE(RefusesAll(words)) << "nobody said all";
  TakeWord(&words, {"all", true, {2}, "a"});
  EXPECT_TRUE(RefusesAll(words));
  EXPECT_TRUE(Refuses(words, "task"));
  TakeWord(&words, {"email", false, {3}, "a"});
  EXPECT_FALSE(RefusesAll(words));
}

}  // namespace
}  // namespace pm
