#include "app/api/api.h"
#include "app/commands/commands_testing.h"
#include "app/server/rule_publisher.h"
#include "engine/runtime/memory_store.h"
#include "engine/stages/desk/records/assignment_row.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

// Rules that are in force, with rows to be counted or without, as on a Kafka.
class KeptRules final : public RulesKeeper {
 public:
  explicit KeptRules(bool shows_rows) : shows_rows_(shows_rows) {}
  ContentHash in_force() const override { return in_force_; }
  std::unique_ptr<StoreView> View() const override { return store_.Snapshot(); }
  bool shows_rows() const override { return shows_rows_; }
  Result<void> PutInForce(ContentHash rules, std::string_view, const SwitchNote& note) override {
    in_force_ = rules;
    propagated_ = note.propagate;
    return {};
  }
  MemoryStore& store() { return store_; }
  bool propagated() const { return propagated_; }

 private:
  const bool shows_rows_;
  MemoryStore store_;
  ContentHash in_force_;
  bool propagated_ = false;
};

// An engine's API, as far as it is of rules, with one open lead.
struct RulesServer {
  explicit RulesServer(bool shows_rows, const std::string& folder) : keeper(shows_rows) {
    AssignmentRow row;
    row.place = Place::kAssigned;
    row.route = "otherwise";
    const DeskLeadKey key{DeskHash("main"), {{1, 2}, 1}};
    const std::vector<RowWrite> rows = {{RowKey<AssignmentRow>(key), Encoded(row)}};
    EXPECT_TRUE(keeper.store().Commit({rows, {}, {}, {}}).has_value());
    const Result<CompiledRules> first = library.Load(folder, {});
    EXPECT_TRUE(first.has_value());
    EXPECT_TRUE(keeper.PutInForce(first->book->version(), first->document, {}).has_value());
    AddRulesRoutes(api);
    EXPECT_TRUE(http.Start("127.0.0.1:0").has_value());
  }
  ~RulesServer() {
    publisher.Stop();
    http.Stop(Milliseconds(0));
  }
  std::string url() const { return "http://" + http.address(); }

  KeptRules keeper;
  RuleLibrary library;
  RulePublisher publisher{keeper, library};
  HttpServer http{{}};
  RulesApi api{http, keeper, publisher};
};

class RulesPublishCommand : public CommandsTest {
 protected:
  static constexpr char kOther[] =
      "kind: routing\nroutes: []\notherwise: { to: { pool: home } }\n---\n"
      "kind: team\npools: { home: { strategy: queue } }\n";
  CommandOutcome Publish(const RulesServer& to,
                         std::vector<std::pair<std::string, std::string>> more = {}) {
    more.insert(more.end(), {{"dir", Path("rules")}, {"to", to.url()}});
    return Call("rules publish", std::move(more));
  }
};

TEST_F(RulesPublishCommand, WhatIsNotCountedIsSaidToBeSoAndWantsYes) {
  RulesServer worker(/*shows_rows=*/false, Path("rules"));
  const ContentHash first = worker.keeper.in_force();
  Write("rules/rules.yaml", kOther);
  const CommandOutcome asked = Publish(worker, {{"most", "1000"}});
  EXPECT_EQ(asked.code, kExitFailed);
  EXPECT_THAT(asked.out, HasSubstr("not counted: which open leads"));
  EXPECT_THAT(asked.out, HasSubstr("  route otherwise is changed\n"));
  EXPECT_THAT(asked.out, Not(HasSubstr(" 0 "))) << "no zero for what nobody counted";
  EXPECT_THAT(asked.err,
              HasSubstr("how much the change touches was not counted; nothing was done"));
  EXPECT_THAT(asked.err, HasSubstr("PM0741"));
  EXPECT_EQ(worker.keeper.in_force(), first);
  const CommandOutcome done = Publish(worker, {{"yes", "true"}});
  EXPECT_EQ(done.code, kExitFine) << done.err;
  EXPECT_NE(worker.keeper.in_force(), first);
  const CommandOutcome again = Publish(worker, {{"propagate", "true"}});
  EXPECT_EQ(again.code, kExitFailed) << "what still runs by older ones, nobody knows";
  EXPECT_EQ(Publish(worker, {{"propagate", "true"}, {"yes", "true"}}).code, kExitFine);
  EXPECT_TRUE(worker.keeper.propagated());
}

TEST_F(RulesPublishCommand, WhatIsCountedIsShownAndLittleOfItGoesUnasked) {
  RulesServer engine(/*shows_rows=*/true, Path("rules"));
  const ContentHash first = engine.keeper.in_force();
  Write("rules/rules.yaml", kOther);
  const CommandOutcome asked = Publish(engine, {{"most", "0"}});
  EXPECT_EQ(asked.code, kExitFailed);
  EXPECT_THAT(asked.out, HasSubstr("touches 1 of 1 open leads, 0 of 0 running SLAs"));
  EXPECT_THAT(asked.out, HasSubstr("  route otherwise is changed: 1 open leads\n"));
  EXPECT_EQ(engine.keeper.in_force(), first);
  EXPECT_EQ(Publish(engine).code, kExitFine);
  EXPECT_NE(engine.keeper.in_force(), first);
}

}  // namespace
}  // namespace pm
