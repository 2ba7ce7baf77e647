#include "app/api/worker_api.h"

#include <gmock/gmock.h>

#include "app/views/parked_rows.h"
#include "model/decode/json_tree.h"
#include "net/http_client.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(WorkerBodies, SayHowFarATakeOverIs) {
  WorkerStatus status;
  EXPECT_THAT(ReadinessBody(status), HasSubstr(R"("status":"joins")"));
  status.stages.is_given = status.intake.is_given = status.intake.is_reading = true;
  TaskStatus& task = status.stages.tasks.emplace_back();
  task.id = {Stage::kDesk, 2};
  task.phase = TaskPhase::kRestores;
  task.records_left = 1000;
  task.records_per_second = 250;
  task.seconds_left = 4;
  EXPECT_EQ(ReadinessBody(status),
            R"({"status":"restores","not_ready":[{"reason":"restores","why":"tasks that are )"
            R"(not restored yet: 1"}],"tasks":1,"running":0,"records_left":1000,)"
            R"("records_per_second":250,"seconds_left":4})");
  EXPECT_THAT(WorkerBody(7, status),
              HasSubstr(R"("tasks":[{"stage":"desk","partition":2,"phase":"restores",)"
                        R"("records_left":1000,"records_per_second":250,"seconds_left":4}])"));
  task.phase = TaskPhase::kAwaitsRules;
  task.records_left = 0;
  task.awaited = HashContent("rules");
  EXPECT_THAT(ReadinessBody(status), HasSubstr(R"("status":"awaits_rules")"));
  EXPECT_THAT(ReadinessBody(status), HasSubstr(ToText(HashContent("rules"))));
}

TEST(WorkerBodies, SayWhatIsFollowedOfOthers) {
  WorkerStatus status;
  EXPECT_THAT(WorkerBody(7, status), HasSubstr(R"("standbys":[])"));
  status.stages.standbys = {{{Stage::kDesk, 2}, 40, ""},
                            {{Stage::kDesk, 3}, std::nullopt, ""},
                            {{Stage::kDesk, 4}, std::nullopt, "no use"}};
  EXPECT_THAT(WorkerBody(7, status),
              HasSubstr(R"("standbys":[{"stage":"desk","partition":2,"lag":40},)"
                        R"({"stage":"desk","partition":3},)"
                        R"({"stage":"desk","partition":4,"given_up":"no use"}])"));
}

TEST(WorkerBodies, SayWhatRunsAndHowFarBehindItIs) {
  WorkerStatus status;
  status.stages.is_given = status.intake.is_given = status.intake.is_reading = true;
  TaskStatus& task = status.stages.tasks.emplace_back();
  task.id = {Stage::kAccount, 1};
  task.phase = TaskPhase::kRuns;
  task.committed = 12;
  task.lag = 3;
  status.intake.inputs = {{{"web", 0}, 9, std::nullopt}, {{"web", 1}, 4, 1}};
  status.intake.troubles[{"old", 1}] = {kKafkaRefused, "no right to read"};
  status.intake.keeps_time = true;
  status.intake.held = Seconds(61);
  const std::string body = WorkerBody(7, status);
  EXPECT_THAT(body, HasSubstr(R"("worker":7,"ready":true)"));
  EXPECT_THAT(body, HasSubstr(R"("phase":"runs","committed":12,"lag":3,"parked":0)"));
  EXPECT_THAT(body, HasSubstr(R"({"topic":"web","partition":0,"committed":9},)"));
  EXPECT_THAT(body, HasSubstr(R"("partition":1,"committed":4,"lag":1},)"
                              R"({"topic":"old","partition":1,"trouble":"no right to read"}])"));
  EXPECT_THAT(body, HasSubstr(R"("keeps_time":true,"tick_held_seconds":61)"));
  EXPECT_THAT(body, Not(HasSubstr("last_tick")));
  EXPECT_THAT(ReadinessBody(status), HasSubstr(R"("status":"ready","tasks":1,"running":1)"));
  EXPECT_THAT(ReadinessBody(status, true), HasSubstr(R"("status":"stops","tasks":1)"));
}

class WorkerParkedTest : public testing::Test {
 protected:
  WorkerParkedTest() {
    TaskStatus& task = status_.stages.tasks.emplace_back();
    task.id = {Stage::kAccount, 2};
    task.parked = 3;  // of which one is not looked at
    for (const char* key : {"sone", "stwo"})
      task.parked_rows.push_back({key, {Instant{1000}, Instant{2000}, "it broke"}});
    AddParkedRoutes(server_, ParkedOfTasks([this] { return status_; }, [this] { return rules_; },
                                           [this](std::vector<ParkedPlace> rows, const auto& done) {
                                             asked_ = std::move(rows);
                                             if (taken_) done(done_);
                                             return taken_;
                                           }));
    EXPECT_TRUE(server_.Start("127.0.0.1:0").has_value());
  }
  ~WorkerParkedTest() override { server_.Stop({}); }
  HttpResponse Ask(std::string_view method, std::string_view path) {
    return client_.Send(method, fmt::format("http://{}{}", server_.address(), path)).value();
  }

  const ParkedPlace one_{{Stage::kAccount, 2}, "sone"}, two_{{Stage::kAccount, 2}, "stwo"};
  const std::string first_ = ParkedId("sone");
  WorkerStatus status_;
  std::shared_ptr<const RuleBook> rules_ = std::make_shared<RuleBook>();
  std::vector<ParkedPlace> asked_;
  Result<void> taken_, done_;
  HttpServer server_;
  HttpClient client_;
};

TEST_F(WorkerParkedTest, ListsWhatItsTasksHaveParked) {
  const HttpResponse list = Ask("GET", "/v1/parked?limit=1");
  EXPECT_EQ(list.status, 200);
  EXPECT_THAT(list.body, HasSubstr(R"({"count":3,"parked":[{"id":")" + first_));
  EXPECT_THAT(list.body, HasSubstr(R"("why":"it broke")"));
  EXPECT_THAT(list.body, Not(HasSubstr(ParkedId("stwo"))));
  EXPECT_EQ(Ask("GET", "/v1/parked?limit=none").status, 400);
  rules_ = nullptr;
  EXPECT_EQ(Ask("GET", "/v1/parked").status, 503);
}

TEST_F(WorkerParkedTest, HasOneOrAllOfThemTriedAgain) {
  const HttpResponse one = Ask("POST", "/v1/parked/" + first_ + "/retry");
  EXPECT_EQ(one.status, 200);
  EXPECT_EQ(one.body, R"({"retried":[")" + first_ + R"("]})");
  EXPECT_EQ(asked_, std::vector{one_});
  EXPECT_EQ(Ask("POST", "/v1/parked/retry").status, 200);
  EXPECT_EQ(asked_, (std::vector{one_, two_}));
}

TEST_F(WorkerParkedTest, SaysWhatIsNotRetried) {
  const HttpResponse other = Ask("POST", "/v1/parked/0123456789abcdef/retry");
  EXPECT_EQ(other.status, 404);
  EXPECT_THAT(other.body, HasSubstr("PM0655"));
  EXPECT_TRUE(asked_.empty());
  done_ = Fail(kKafkaRetry, "no broker answers");
  const HttpResponse away = Ask("POST", "/v1/parked/retry");
  EXPECT_EQ(away.status, 503);
  EXPECT_THAT(away.body, HasSubstr("no broker answers"));
  taken_ = Fail(kOverloaded, "too many retries wait already");
  EXPECT_THAT(Ask("POST", "/v1/parked/retry").body, HasSubstr("too many retries wait already"));
}

}  // namespace
}  // namespace pm
