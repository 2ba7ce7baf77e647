// The demo's afternoon, divided among other tasks and put together again.
#include "engine/runtime/reshape.h"

#include <gmock/gmock.h>

#include <set>

#include "app/commands/packs.h"
#include "app/demo/company.h"
#include "base/time/text.h"
#include "engine/runtime/memory_store.h"
#include "engine/runtime/simulated.h"
#include "engine/runtime/split.h"
#include "engine/stages/row_place.h"
#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {
namespace {

using testing::IsSupersetOf;

const std::vector<std::string> kDesks = {"main"};

std::shared_ptr<const RuleBook> PackBook() {
  const Result<Pack> pack = FindPack("inbound-saas");
  PM_CHECK(pack.has_value());
  Result<std::vector<RuleFile>> files = ReadRuleFolder(pack->folder);
  PM_CHECK(files.has_value());
  return Compile(*std::move(files)).book;
}

struct Fed {
  Instant at;
  std::string event;
};

// An afternoon on one machine, and what was fed.
class Afternoon {
 public:
  explicit Afternoon(std::shared_ptr<const RuleBook> book)
      : book_(std::move(book)),
        engine_(RealStages(), Provider(), {[this](const Output& output) { Hear(output); }, {}}) {
    const Instant start = ParseInstant("2026-03-03T13:00:00Z").value();
    const Duration span = Hours(3);
    DemoCompany company(7, start, span);
    engine_.Switch(book_->version(), start);
    for (Instant now = start; now < start + span; now = now + Seconds(30)) {
      engine_.AdvanceTo(now);
      engine_.Run();
      for (const JsonNode& output : std::exchange(heard_, {})) company.React(output, now);
      for (std::string& event : company.TakeDue(now)) {
        fed_.push_back({now, event});
        engine_.Feed({event, "", Mode::kLive}, now);
      }
    }
    engine_.Run();
  }

  RuleProvider Provider() const {
    return [this](ContentHash) { return book_; };
  }
  const Store& store() const { return engine_.store(); }
  const std::vector<Fed>& fed() const { return fed_; }
  const RuleBook& book() const { return *book_; }

 private:
  void Hear(const Output& output) {
    if (output.topic == Topic::kDecisions) return;
    heard_.push_back(ParseJson(output.json).value());
  }

  const std::shared_ptr<const RuleBook> book_;
  std::vector<JsonNode> heard_;
  std::vector<Fed> fed_;
  Simulation engine_;
};

struct Tasks {
  std::map<TaskId, MemoryStore> stores;
  ReshapeTarget Target() {
    return [this](TaskId task) -> Result<Store*> { return &stores[task]; };
  }
  std::vector<const StoreView*> Views() const {
    std::vector<const StoreView*> views;
    for (const auto& [task, store] : stores) views.push_back(&store);
    return views;
  }
};

struct Contents {
  std::map<std::string, std::string> rows;
  std::vector<DueKey> dues;
  bool operator==(const Contents&) const = default;
};

Contents ContentsOf(const StoreView& store) {
  Contents all;
  std::optional<std::string> key;
  for (std::string after; (key = store.NextKey("", after)); after = *key)
    all.rows[*key] = store.Get(*key).value();
  all.dues = store.Dues({Instant{INT64_MIN}, {}}, kNever, SIZE_MAX);
  return all;
}

std::set<char> KindsOf(const Contents& contents) {
  std::set<char> kinds;
  for (const auto& [key, value] : contents.rows) kinds.insert(WithoutWorld(key)[0]);
  return kinds;
}

class ReshapeTest : public testing::Test {
 protected:
  const Afternoon afternoon_{PackBook()};
};

TEST_F(ReshapeTest, DividedAndPutTogetherNothingIsOther) {
  const Contents before = ContentsOf(afternoon_.store());
  EXPECT_THAT(KindsOf(before),
              IsSupersetOf({'t', 'w', 'p', 'l', 'a', 'R', 'P', 'A', 's', 'e', 'k', 'o'}));
  const StoreView* one = &afternoon_.store();
  Tasks many, few, fused;
  const auto divided = Reshape({&one, 1}, {false, 7, kDesks}, many.Target());
  ASSERT_TRUE(divided.has_value()) << divided.error().text;
  EXPECT_EQ(divided->rows, static_cast<int64_t>(before.rows.size()));
  EXPECT_EQ(divided->dues, static_cast<int64_t>(before.dues.size()));
  EXPECT_EQ(many.stores.size(), 1U + 3 * 7);
  ASSERT_TRUE(Reshape(many.Views(), {false, 2, kDesks}, few.Target()).has_value());
  ASSERT_TRUE(Reshape(few.Views(), {true, 1, kDesks}, fused.Target()).has_value());
  const StoreView& after = fused.stores.at({Stage::kIntake, 0});
  EXPECT_EQ(ContentsOf(after), before);
  const TaskMeta was = ReadTaskMeta(*one), is = ReadTaskMeta(after);
  EXPECT_EQ(is.digest, was.digest);
  EXPECT_EQ(is.tick, was.tick);
  EXPECT_EQ(is.rules, was.rules);
  for (const PendingDues& kind : was.pending)
    EXPECT_EQ(is.PendingOf(static_cast<char>(kind.prefix)), kind.rows);
}

// Where the engine itself has put them.
TEST_F(ReshapeTest, EachRowHasThePlaceThatItsMessagesHave) {
  constexpr uint32_t kPartitions = 5;
  SplitSettings settings;
  settings.partitions = kPartitions;
  SplitSimulation split(settings, RealStages(), afternoon_.Provider(), afternoon_.book().version());
  for (const Fed& fed : afternoon_.fed()) split.Feed({fed.event, "", Mode::kLive}, fed.at);
  split.Finish(afternoon_.fed().back().at + Minutes(10));
  int rows = 0;
  std::set<char> kinds;
  split.VisitStores([&](TaskId task, const Store& store) {
    for (const auto& [key, value] : ContentsOf(store).rows) {
      const std::optional<RowPlace> place = PlaceOfRow(key, kDesks);
      ASSERT_TRUE(place.has_value());
      EXPECT_EQ(place->stage, task.stage);
      if (!place->key) continue;
      EXPECT_EQ(Hash64(*place->key) % kPartitions, task.partition) << key[0];
      kinds.insert(WithoutWorld(key)[0]);
      ++rows;
    }
  });
  EXPECT_GT(rows, 500);
  EXPECT_THAT(kinds, IsSupersetOf({'t', 'p', 'l', 'a', 'R', 'A', 's', 'e'}));
}

TEST_F(ReshapeTest, ADeskThatTheRulesDoNotNameIsRefused) {
  const StoreView* one = &afternoon_.store();
  Tasks tasks;
  const auto refused = Reshape({&one, 1}, {false, 2, {"emea"}}, tasks.Target());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, kCannotReshape);
}

TEST_F(ReshapeTest, DamageIsSeen) {
  const StoreView* one = &afternoon_.store();
  Tasks tasks, again;
  ASSERT_TRUE(Reshape({&one, 1}, {true, 1, kDesks}, tasks.Target()).has_value());
  MemoryStore& store = tasks.stores.at({Stage::kIntake, 0});
  const std::string key = store.NextKey("p", "p").value();
  const std::vector<RowWrite> damage = {{key, "other"}};
  ASSERT_TRUE(store.Commit({damage, {}, {}, {}}).has_value());
  const auto refused = Reshape(tasks.Views(), {true, 1, kDesks}, again.Target());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, kDigestMismatch);
}

TEST_F(ReshapeTest, TasksUnderDifferentRulesAreNotStill) {
  const StoreView* one = &afternoon_.store();
  Tasks tasks, again;
  ASSERT_TRUE(Reshape({&one, 1}, {false, 2, kDesks}, tasks.Target()).has_value());
  TaskMeta meta = ReadTaskMeta(tasks.stores.at({Stage::kDesk, 1}));
  meta.rules = HashContent("other rules");
  const std::vector<MetaWrite> other = {{kTaskMetaName, Encoded(meta)}};
  ASSERT_TRUE(tasks.stores.at({Stage::kDesk, 1}).Commit({{}, {}, {}, other}).has_value());
  const auto refused = Reshape(tasks.Views(), {false, 3, kDesks}, again.Target());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, kCannotReshape);
}

}  // namespace
}  // namespace pm
