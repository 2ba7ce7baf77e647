#include "engine/runtime/kafka/topics/task_note.h"

#include <gtest/gtest.h>

namespace pm {
namespace {

TEST(TaskNoteTest, SaysWhatWasWritten) {
  constexpr Instant kTick{1'763'000'000'123}, kUntil{1'763'000'060'000};
  for (const TaskNote& note : {TaskNote{kTick, kUntil}, TaskNote{kTick, {}}, TaskNote{{0}, {}}})
    EXPECT_EQ(ReadTaskNote(NoteText(note)), note) << NoteText(note);
}

TEST(TaskNoteTest, WhatOthersWroteSaysNothing) {
  for (const char* text : {"", "12", "tick ", "tick soon", "tick 12 and", "tick 12 quiet ",
                           "tick 12 quiet 13 more", "quiet 13"})
    EXPECT_EQ(ReadTaskNote(text), std::nullopt) << text;
}

}  // namespace
}  // namespace pm
