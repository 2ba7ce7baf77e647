#include "engine/runtime/kafka/topics/owner_note.h"

#include <gtest/gtest.h>

#include "engine/runtime/kafka/topics/task_note.h"

namespace pm {
namespace {

TEST(OwnerNote, NamesTheOwnerAndIsNoOtherNote) {
  EXPECT_EQ(OwnerIn(OwnerNote("pm-intake-worker-007")), "pm-intake-worker-007");
  EXPECT_EQ(OwnerIn(""), std::nullopt);
  EXPECT_EQ(OwnerIn("by "), std::nullopt);
  EXPECT_EQ(OwnerIn(NoteText({Instant{5}, Instant{6}})), std::nullopt);
  EXPECT_EQ(ReadTaskNote(OwnerNote("x")), std::nullopt);
}

}  // namespace
}  // namespace pm
