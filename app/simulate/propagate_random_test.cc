// Random changes of rules under running leads, some of which propagate: whatever they are, an SLA
// that began ends and is told once, no rung runs twice, no e-mail goes out twice, and a cadence
// ends.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "app/simulate/dry_run.h"
#include "base/random.h"
#include "base/time/text.h"
#include "model/decode/json_tree.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

constexpr uint64_t kWorlds = 60;
constexpr int kLeads = 4;

constexpr char kRest[] = R"(kind: routing
routes:
  - {{ name: A, when: {{ lead.country: DE }}, to: {{ pool: office }}, sla: hot, cadence: {} }}
otherwise: {{ to: {{ pool: all }}, sla: slow, cadence: {} }}
---
kind: team
roster: reps.csv
pools:
  office: {{ strategy: weighted, members: [ana, bo], off_hours: hold }}
  all: {{ strategy: weighted, members: [ana, bo, cy], off_hours: assign }}
---
kind: calendars
day: {{ weekly: {{ mon-fri: [ 09:00-17:00 ] }} }}
)";

class RulesWriter {
 public:
  explicit RulesWriter(Random& random) : random_(random) {}

  std::shared_ptr<const RuleBook> Book(const RuleBook* previous) {
    const std::string first = random_.OneIn(8) ? "third" : "first";
    const std::string second = random_.OneIn(8) ? "fourth" : "second";
    std::string text = fmt::format(kRest, first, second);
    for (const char* name : {"hot", "slow"}) text += Sla(name);
    for (const std::string& name : {first, second}) text += CadenceOf(name);
    const CompileResult result =
        Compile({{"rules.yaml", text},
                 {"reps.csv",
                  "id,email,zone,hours,manager\nana,a@us.example,Europe/Berlin,day,max@us.example\n"
                  "bo,b@us.example,America/New_York,day,max@us.example\ncy,c@us.example,UTC,,\n"}},
                previous);
    EXPECT_TRUE(result.ok()) << text << result.diagnostics.Render();
    return result.book;
  }

 private:
  std::string Within() { return random_.Of<std::string>({"2m", "10m", "1h", "3h", "2d"}); }
  std::string Ladder(const char* milestone) {
    std::string rungs;
    for (const char* at : {"50%", "80%", "due", "due + 10m", "due + 4h"}) {
      if (random_.OneIn(2)) continue;
      const std::string does =
          random_.Of<std::string>({"notify: rep", "notify: manager", "reassign: { at_most: 2 }"});
      rungs += fmt::format("{}{{ at: {}, {} }}", rungs.empty() ? "" : ", ", at, does);
    }
    return fmt::format("    {}: [ {} ]\n", milestone, rungs);
  }
  std::string Sla(const char* name) {
    std::string text = fmt::format("---\nkind: sla\n{}:\n  hours: {}\n  grace: {}\n", name,
                                   random_.Of<std::string>({"always", "assignee", "pool", "day"}),
                                   random_.Of<std::string>({"0s", "5m", "2h"}));
    if (random_.OneIn(2)) text += "  pause: { while: { lead.status: waiting_on_prospect } }\n";
    std::string milestones, ladder;
    for (const char* one : {"accept", "first_touch", "assign"}) {
      if (random_.OneIn(4)) continue;
      milestones += fmt::format("    {}: {{ within: {} }}\n", one, Within());
      ladder += Ladder(one);
    }
    if (milestones.empty()) return Sla(name);
    return text + "  milestones:\n" + milestones + "  ladder:\n" + ladder;
  }
  std::string CadenceOf(const std::string& name) {
    std::vector<std::string> templates = {"a", "b", "c", "d", "e", "f"};
    for (size_t i = templates.size(); i > 1; --i)
      std::swap(templates[i - 1], templates[random_.Below(i)]);
    templates.resize(1 + random_.Below(templates.size()));
    std::string text = fmt::format("---\nkind: cadence\nname: {}\non_reassign: {}\nsteps:\n", name,
                                   random_.Of<std::string>({"continue", "exit"}));
    for (const std::string& one : templates) {
      const std::string after =
          random_.Of<std::string>({"0m", "20m", "3h", "1d", "1 business day"});
      text += random_.OneIn(3)
                  ? fmt::format("  - {{ email: {{ template: {}, expires: 1d }}, after: {} }}\n",
                                one, after)
                  : fmt::format("  - {{ email: {{ template: {} }}, mode: auto, after: {} }}\n", one,
                                after);
    }
    return text;
  }

  Random& random_;
};

// What the outputs say of SLAs and cadences.
class Auditor {
 public:
  void Take(const Output& output) {
    const Result<JsonNode> json = ParseJson(output.json);
    ASSERT_TRUE(json.has_value()) << output.json;
    told_ = &output.json;
    at_ = ParseInstant(json->Text({"time"})).value();
    const JsonNode* data = json->Find("data");
    const std::string lead(data->Text({"lead", "id"}));
    if (!lead.empty()) stages_[lead] = data->Text({"lead", "stage"});
    if (output.type == "assignment.routed") leads_.insert(lead);
    if (output.type.starts_with("sla.")) TakeSla(output.type.substr(4), *data);
    if (output.type.starts_with("cadence.")) TakeCadence(output.type.substr(8), *data);
  }
  void ExpectAllOver() const {
    for (const auto& [key, run] : slas_) EXPECT_NE(run.state, "running") << run.last;
    for (const auto& [id, sent] : enrolments_) {
      // Nobody's steps wait until somebody has the lead.
      EXPECT_TRUE(sent.over || stages_.at(sent.lead) == "queued") << sent.last;
    }
  }
  const std::set<std::string>& leads() const { return leads_; }
  size_t moved = 0, rescheduled = 0, breached = 0;

 private:
  struct Run {
    std::string state, last;
    std::set<std::string> rungs;
  };
  struct Sent {
    std::multiset<std::string> templates;
    bool over = false;
    std::string lead, last;
  };
  void Move(Run& run, std::initializer_list<std::string_view> from, std::string_view to) {
    EXPECT_TRUE(std::ranges::find(from, run.state) != from.end()) << run.state << " " << *told_;
    run.state = to;
  }
  void TakeSla(std::string_view type, const JsonNode& data) {
    const bool of_assignment = data.Text({"milestone"}) == "accept";
    const std::string key =
        fmt::format("{} {} {} {}", data.Text({"lead", "id"}), data.Text({"milestone"}),
                    data.Text({"started"}), of_assignment ? data.Text({"assignment", "id"}) : "");
    Run& run = slas_[key];
    run.last = *told_;
    const Result<Instant> due = ParseInstant(data.Text({"due"}));
    if (type == "started") return Move(run, {""}, "running");
    if (type == "met") return Move(run, {"running"}, "met");
    if (type == "cancelled") return Move(run, {"running"}, "cancelled");
    if (type == "amended") return Move(run, {"breached"}, "met");
    if (type == "breached") {
      ++breached;
      EXPECT_LE(due.value(), at_) << *told_;
      return Move(run, {"running"}, "breached");
    }
    if (type == "rescheduled") {
      rescheduled += data.Text({"reason"}) == "policy_changed" ? 1 : 0;
      EXPECT_GE(due.value_or(kNever), at_) << *told_;
    }
    EXPECT_TRUE(type != "warning" || run.state == "running") << *told_;
    if (type == "warning" || type == "escalated") TakeRung(run, data);
    // A rung that took the lead away is told when its assignment is over.
    const bool took = run.state == "cancelled" && data.Text({"action"}) == "reassign";
    EXPECT_TRUE(took || run.state == "running" || run.state == "breached") << *told_;
  }
  void TakeRung(Run& run, const JsonNode& data) {
    std::string rung = fmt::format("{} {}", data.Text({"rung"}), data.Text({"action"}));
    if (const JsonNode* told = data.Find("recipients")) {
      for (const JsonNode& one : told->items) rung += " " + one.text;
    }
    // Two that tell nobody cannot be told apart.
    if (rung.ends_with(" notify")) return;
    EXPECT_TRUE(run.rungs.insert(rung).second) << *told_;
  }
  void TakeCadence(std::string_view type, const JsonNode& data) {
    Sent& sent = enrolments_[std::string(data.Text({"enrolment_id"}))];
    const std::string name(data.Text({"template"}));
    moved += type == "moved" ? 1 : 0;
    sent.last = *told_;
    sent.lead = data.Text({"lead", "id"});
    if (type == "step_due") {
      sent.templates.insert(name);
      EXPECT_FALSE(sent.over) << *told_;
      EXPECT_EQ(sent.templates.count(name), 1u) << *told_;
    }
    if (type == "step_cancelled") sent.templates.erase(sent.templates.find(name));
    if (type == "exited" || type == "finished") {
      EXPECT_FALSE(sent.over) << *told_;
      sent.over = true;
    }
  }

  const std::string* told_ = nullptr;
  Instant at_;
  std::map<std::string, Run> slas_;
  std::map<std::string, Sent> enrolments_;
  std::set<std::string> leads_;
  std::map<std::string, std::string> stages_;  // by lead
};

class World {
 public:
  explicit World(uint64_t seed)
      : random_(seed << 32),
        book_(RulesWriter(random_).Book(nullptr)),
        run_(book_, {[this](const Output& output) { auditor_.Take(output); }, {}}) {}

  Auditor& Live() {
    for (int n = 0; n < kLeads; ++n) {
      Submit("lead.submitted", fmt::format(R"("email":"p{0}@c{0}.example","hand_raise":true,)"
                                           R"("country":"{1}")",
                                           n, random_.Of({"DE", "US"})));
    }
    for (int i = 0; i < 40; ++i) DoSomething();
    for (int n = 0; n < kLeads; ++n) Say(n, "working");
    run_.RunUntil(at_ + Days(120));
    run_.Flush();
    auditor_.ExpectAllOver();
    return auditor_;
  }

 private:
  void Submit(std::string_view type, const std::string& data) {
    at_ = at_ + Minutes(random_.Of<int64_t>({0, 1, 3, 8, 30, 200, 1000}));
    run_.RunBefore(at_);
    run_.SubmitAt(fmt::format(R"({{"specversion":"1.0","id":"e{}","source":"t","type":"{}",)"
                              R"("time":"{}","data":{{{}}}}})",
                              ++events_, type, FormatInstant(at_), data),
                  at_);
    run_.Flush();
  }
  void Say(int lead, std::string_view status) {
    Submit("lead.updated",
           fmt::format(R"("email":"p{0}@c{0}.example","status":"{1}")", lead, status));
  }
  void Change() {
    book_ = RulesWriter(random_).Book(book_.get());
    run_.Switch(book_, at_, /*propagate=*/!random_.OneIn(3));
    run_.Flush();
  }
  void DoSomething() {
    const int lead = random_.Below(kLeads);
    const std::string rep = random_.Of<std::string>({"ana", "bo", "cy"});
    switch (random_.Below(10)) {
      case 0:
        return Submit("touch.recorded",
                      fmt::format(R"("email":"p{0}@c{0}.example","rep":"{1}","channel":"call",)"
                                  R"("direction":"outbound","outcome":"voicemail")",
                                  lead, rep));
      case 1:
      case 2:
        return Say(lead, random_.Of({"waiting_on_prospect", "working"}));
      case 3:
        return Submit("rep.away",
                      fmt::format(R"("id":"{}","until":"{}")", rep, FormatInstant(at_ + Days(1))));
      case 4:
      case 5: {
        if (auditor_.leads().empty()) return;
        const std::string id = *auditor_.leads().begin();
        return Submit(
            random_.Of({"lead.accept", "lead.decline"}),
            fmt::format(R"("lead_id":"{}","by":"{}","reason":"wrong_language")", id, rep));
      }
      default:
        Say(lead, "working");
        return Change();
    }
  }

  Random random_;
  Auditor auditor_;
  std::shared_ptr<const RuleBook> book_;
  DryRun run_;
  Instant at_ = ParseInstant("2026-03-02T09:00:00Z").value();
  int events_ = 0;
};

TEST(Propagate, TellsNothingTwiceAndEndsWhatBeganInRandomLives) {
  size_t moved = 0, rescheduled = 0, breached = 0;
  for (uint64_t seed = 1; seed <= kWorlds; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    const Auditor& seen = world.Live();
    moved += seen.moved, rescheduled += seen.rescheduled, breached += seen.breached;
    if (HasFailure()) return;
  }
  EXPECT_GT(moved, 100u);
  EXPECT_GT(rescheduled, 30u);
  EXPECT_GT(breached, 100u);
}

}  // namespace
}  // namespace pm
