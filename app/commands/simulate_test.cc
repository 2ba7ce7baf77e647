#include "app/commands/commands_testing.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(CommandsTest, SimulateWritesOneFileATopicAndReplaysItsInput) {
  const CommandOutcome run =
      Call("simulate",
           {{"rules", Path("rules")}, {"events", Path("events.jsonl")}, {"out", Path("out")}});
  EXPECT_EQ(run.code, kExitFine) << run.err;
  EXPECT_THAT(run.out, HasSubstr("queued"));
  EXPECT_THAT(*ReadWholeFile(Path("out/assignments.jsonl")), HasSubstr("assignment.queued"));
  const std::string input = Path("out/input.jsonl");
  const CommandOutcome replayed = Call("simulate", {{"rules", Path("rules")}, {"input", input}});
  EXPECT_EQ(replayed.code, kExitFine);
  EXPECT_THAT(replayed.out, HasSubstr("records read  2\n"));
  EXPECT_THAT(replayed.err, HasSubstr("outputs agree with the recording"));
  const CommandOutcome split = Call("simulate", {{"rules", Path("rules")},
                                                 {"events", Path("events.jsonl")},
                                                 {"split", "true"},
                                                 {"out", Path("split")}});
  EXPECT_EQ(split.code, kExitFine) << split.err;
  EXPECT_THAT(*ReadWholeFile(Path("split/assignments.jsonl")), HasSubstr("assignment.queued"));
  EXPECT_FALSE(ReadWholeFile(Path("split/input.jsonl")).has_value()) << "each task has its own";
  std::string text = *ReadWholeFile(input);
  Write("out/cut.jsonl", text.substr(0, text.rfind('{')));
  const CommandOutcome cut =
      Call("simulate", {{"rules", Path("rules")}, {"input", Path("out/cut.jsonl")}});
  EXPECT_EQ(cut.code, kExitFailed);
  EXPECT_THAT(cut.err, HasSubstr("nothing was compared"));
  text.replace(text.rfind(':') + 2, 32, 32, '0');
  Write("out/input.jsonl", text);
  EXPECT_EQ(Call("simulate", {{"rules", Path("rules")}, {"input", input}}).code, kExitFailed);
}

TEST_F(CommandsTest, SimulateRefusesWhatItCannotUse) {
  const std::string rules = Path("rules"), events = Path("events.jsonl");
  EXPECT_EQ(Call("simulate", {{"rules", rules}}).code, kExitUsage);
  EXPECT_EQ(Call("simulate", {{"rules", rules}, {"events", events}, {"until", "soon"}}).code,
            kExitUsage);
  EXPECT_EQ(Call("simulate", {{"rules", rules}, {"events", Path("none")}}).code, kExitUnavailable);
  EXPECT_EQ(Call("simulate", {{"rules", Path("none")}, {"events", events}}).code, kExitUnavailable);
  EXPECT_EQ(Call("simulate", {{"rules", rules}, {"input", events}}).code, kExitBadData);
  EXPECT_EQ(
      Call("simulate", {{"rules", rules}, {"input", events}, {"until", "2026-03-03T00:00:00Z"}})
          .code,
      kExitUsage);
  EXPECT_EQ(Call("simulate", {{"rules", rules}, {"events", events}, {"seed", "4"}}).code,
            kExitUsage);
  Write("bad/rules.yaml", "kind: nonsense\n");
  EXPECT_EQ(Call("simulate", {{"rules", Path("bad")}, {"events", events}}).code, kExitConfig);
}

TEST_F(CommandsTest, SimulateTellsWhatIsOddAboutTheTimesOfAFile) {
  const std::string odd = R"({"id":"2","source":"t","type":"site.visited",)"
                          R"("time":"9999-01-01T00:00:00Z","data":{"anonymous_id":"b"}})";
  Write("odd.jsonl", std::string("\xEF\xBB\xBF") + kEvent + "\n" + odd);
  const CommandOutcome run =
      Call("simulate", {{"rules", Path("rules")}, {"events", Path("odd.jsonl")}});
  EXPECT_EQ(run.code, kExitFine);
  EXPECT_THAT(run.err, HasSubstr("note: line 2: time jumps on"));
  EXPECT_THAT(run.out, HasSubstr("queued"));
  EXPECT_THAT(run.out, Not(HasSubstr("dead letters"))) << "of the byte order mark";
}

TEST_F(CommandsTest, SimulateRefusesAFileThatNeverSaysATime) {
  Write("untimed.jsonl", R"({"id":"1","source":"t","type":"site.visited","data":{}})");
  const CommandOutcome run =
      Call("simulate", {{"rules", Path("rules")}, {"events", Path("untimed.jsonl")}});
  EXPECT_EQ(run.code, kExitBadData);
  EXPECT_THAT(run.err, HasSubstr("PM0715"));
}

TEST_F(CommandsTest, SimulateReplaysTheInputOfADataDirectory) {
  const std::string rules = Path("rules"), data = Path("data");
  RunEngine(data);
  const CommandOutcome good =
      Call("simulate", {{"input", data}, {"rules", rules}, {"out", Path("out")}});
  EXPECT_EQ(good.code, kExitFine) << good.err;
  EXPECT_THAT(good.out, HasSubstr("queued"));
  EXPECT_THAT(*ReadWholeFile(Path("out/assignments.jsonl")), HasSubstr("assignment.queued"));
  EXPECT_EQ(Call("simulate", {{"input", Path("out/input.jsonl")}, {"rules", rules}}).code,
            kExitFine);
  EXPECT_THAT(Call("simulate", {{"input", data}, {"json", "true"}}).out,
              HasSubstr(R"("same":true)"));
  Write("other/rules.yaml", std::string(kRules) + "# other\n");
  EXPECT_EQ(Call("simulate", {{"input", data}, {"rules", Path("other")}}).code, kExitConfig);
  EXPECT_EQ(Call("simulate", {{"input", data}, {"rules", Path("none")}}).code, kExitUnavailable);
}

TEST_F(CommandsTest, SimulateTellsWhereAReplayDiffers) {
  const std::string data = Path("data");
  RunEngine(data);
  Damage(data, [](Store& store) {
    TaskMeta meta = ReadTaskMeta(store);
    ++meta.outputs.hi;
    const Output other{Topic::kAssignments, "", "assignment.queued", {}, "{9}"};
    const std::vector<LogEntry> log = {
        {static_cast<uint8_t>(other.topic), 0, {}, 0, EncodeOutput(other)}};
    const std::vector<MetaWrite> changed = {{kTaskMetaName, Encoded(meta)}};
    EXPECT_TRUE(store.Commit({{}, {}, log, changed}).has_value());
  });
  const CommandOutcome bad = Call("simulate", {{"input", data}, {"json", "true"}});
  EXPECT_EQ(bad.code, kExitFailed);
  EXPECT_THAT(bad.out, HasSubstr(R"("first_difference":{"topic":"assignments","offset":0})"));
  EXPECT_THAT(bad.err, HasSubstr("first in topic assignments at offset 0\n  recorded {9}\n"));
}

TEST_F(CommandsTest, SimulateTellsWhenOnlyRowsDiffer) {
  const std::string data = Path("data");
  RunEngine(data);
  Damage(data, [](Store& store) {
    TaskMeta meta = ReadTaskMeta(store);
    ++meta.digest.hi;
    const std::vector<MetaWrite> changed = {{kTaskMetaName, Encoded(meta)}};
    EXPECT_TRUE(store.Commit({{}, {}, {}, changed}).has_value());
  });
  const CommandOutcome bad = Call("simulate", {{"input", data}});
  EXPECT_EQ(bad.code, kExitFailed);
  EXPECT_THAT(bad.err, HasSubstr("all outputs are the same"));
}

TEST_F(CommandsTest, SimulateSaysWhyADirectoryCannotBeReplayed) {
  const std::string data = Path("data");
  EXPECT_EQ(Call("simulate", {{"input", Path("rules")}}).code, kExitUnavailable);
  RunEngine(data);
  {
    const auto running = OpenRocks(data);
    const CommandOutcome locked = Call("simulate", {{"input", data}});
    EXPECT_EQ(locked.code, kExitUnavailable);
    EXPECT_THAT(locked.err, HasSubstr("stop the engine first"));
  }
  Damage(data, [](Store& store) { EXPECT_TRUE(store.TrimLog(kInputTopic, 2).has_value()); });
  const CommandOutcome trimmed = Call("simulate", {{"input", data}});
  EXPECT_EQ(trimmed.code, kExitBadData);
  EXPECT_THAT(trimmed.err, HasSubstr("trimmed"));
  EXPECT_EQ(Call("simulate", {{"input", data}, {"rules", Path("rules")}}).code, kExitBadData);
  Damage(data, [](Store& store) {
    const std::vector<MetaWrite> newer = {{"format", "99"}};
    EXPECT_TRUE(store.Commit({{}, {}, {}, newer}).has_value());
  });
  EXPECT_EQ(Call("simulate", {{"input", data}}).code, kExitBadData);
}

}  // namespace
}  // namespace pm
