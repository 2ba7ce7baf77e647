#include "app/api/assignment_feed.h"

#include <gmock/gmock.h>

#include "app/simulate/summary.h"
#include "engine/runtime/memory_store.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

constexpr char kRules[] = R"(kind: routing
otherwise: { to: { pool: house } }
---
kind: team
roster: reps.csv
pools: { house: { strategy: queue, members: [ana] } }
)";

class AssignmentFeedTest : public testing::Test {
 protected:
  AssignmentFeedTest() {
    const CompileResult compiled =
        Compile({{"rules.yaml", kRules}, {"reps.csv", "id,email,name\nana,a@us.example,Ana\n"}});
    EXPECT_TRUE(compiled.ok()) << compiled.diagnostics.Render();
    book_ = compiled.book;
    engine_.emplace(
        store_, EmbeddedSettings{}, RealStages(), [this](ContentHash) { return book_; }, clock_,
        book_->version());
    feed_ = std::make_shared<AssignmentFeed>(*engine_);
  }

  // The root of a hand raise of somebody new, durable with its effects.
  EventId Send() {
    EventId root;
    const std::string event = fmt::format(
        R"({{"id":"{0}","source":"t","type":"lead.submitted","data":{{"email":"p{0}@c{0}.example","hand_raise":true}}}})",
        ++sent_);
    const auto taken = engine_->Submit({{event, "", Mode::kLive}},
                                       [&](const Result<Accepted>& a) { root = a->roots.at(0); });
    EXPECT_TRUE(taken.has_value());
    engine_->RunUntilIdle();
    return root;
  }
  static std::string EmailIn(const AssignmentFeed::Looked& looked) {
    return looked.json ? std::string(ParseJson(*looked.json)->Text({"data", "contact", "email"}))
                       : "nothing";
  }

  MemoryStore store_;
  ManualClock clock_{Instant{1'772'546'400'000}};
  std::shared_ptr<const RuleBook> book_;
  std::optional<Embedded> engine_;
  std::shared_ptr<AssignmentFeed> feed_;
  int sent_ = 0;
};

TEST_F(AssignmentFeedTest, EachTicketFindsTheEventOfItsRoot) {
  AssignmentFeed::Ticket a(feed_), b(feed_);
  const EventId first = Send();
  const EventId second = Send();
  EXPECT_EQ(EmailIn(b.Find(second)), "p2@c2.example");
  EXPECT_EQ(EmailIn(a.Find(first)), "p1@c1.example") << "though b has read on";
  EXPECT_EQ(a.Find(first).read, engine_->TopicEnd(Topic::kAssignments) - 1);
}

TEST_F(AssignmentFeedTest, ATicketFindsWhatComesAfterItsFirstLook) {
  AssignmentFeed::Ticket early(feed_);
  const EventId before = Send();
  EXPECT_EQ(EmailIn(early.Find(EventId{7, 7})), "nothing");
  AssignmentFeed::Ticket late(feed_);
  EXPECT_EQ(EmailIn(late.Find(before)), "nothing") << "it came before the ticket was taken";
  AssignmentFeed::Ticket third(feed_);
  const EventId after = Send();
  EXPECT_EQ(EmailIn(late.Find(before)), "nothing");
  EXPECT_EQ(EmailIn(third.Find(after)), "p2@c2.example") << "though others looked before";
}

TEST_F(AssignmentFeedTest, NothingIsReadWhileNobodyWaits) {
  const EventId unheard = Send();
  AssignmentFeed::Ticket ticket(feed_);
  EXPECT_EQ(EmailIn(ticket.Find(unheard)), "nothing");
}

}  // namespace
}  // namespace pm
