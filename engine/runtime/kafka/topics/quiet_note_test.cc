#include "engine/runtime/kafka/topics/quiet_note.h"

#include <gtest/gtest.h>

namespace pm {
namespace {

TEST(QuietNoteTest, SaysWhatWasWritten) {
  EXPECT_EQ(QuietUntil(QuietNote(Instant{1'763'000'000'123})), Instant{1'763'000'000'123});
}

TEST(QuietNoteTest, WhatOthersWroteSaysNothing) {
  for (const char* note : {"", "quiet ", "quiet soon", "quiet 12 and", "12"})
    EXPECT_EQ(QuietUntil(note), std::nullopt) << note;
}

}  // namespace
}  // namespace pm
