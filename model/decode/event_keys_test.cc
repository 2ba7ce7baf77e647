// The keys that EVENTS.md and RULES.md name, type by type: each is taken, none is an unknown field.
#include <gtest/gtest.h>

#include "base/time/text.h"
#include "model/decode/decode.h"

namespace pm {
namespace {

struct NamedKey {
  std::string_view type;
  std::string_view data;       // members beside those that say whom it is about
  std::string_view field;      // where the value lies; empty: not in a field
  std::string_view text = {};  // its text, when that is not obvious
};

constexpr NamedKey kKeys[] = {
    {"lead.submitted", R"("phone":"+49301234567")", "lead.phone"},
    {"lead.submitted", R"("name":"Ann Lee")", "lead.name"},
    {"lead.submitted", R"("first_name":"Ann")", "lead.first_name"},
    {"lead.submitted", R"("last_name":"Lee")", "lead.last_name"},
    {"lead.submitted", R"("title":"VP")", "lead.title"},
    {"lead.submitted", R"("company":"Acme")", "lead.company"},
    {"lead.submitted", R"("website":"acme.com")", "lead.website"},
    {"lead.submitted", R"("country":"DE")", "lead.country"},
    {"lead.submitted", R"("country":"DE","region":"BY")", "lead.region"},
    {"lead.submitted", R"("postcode":"01234")", "lead.postcode"},
    {"lead.submitted", R"("language":"de")", "lead.language"},
    {"lead.submitted", R"("message":"call me")", "submission.message"},
    {"lead.submitted", R"("form":"demo")", "submission.form"},
    {"lead.submitted", R"("form_id":"f-1")", "submission.form_id", "f-1"},
    {"lead.submitted", R"("hand_raise":true)", "submission.hand_raise"},
    {"lead.submitted", R"("offer":"paper")", "submission.offer"},
    {"lead.submitted", R"("campaign":"spring")", "submission.campaign"},
    {"lead.submitted",
     R"("utm":{"source":"ads","medium":"cpc","campaign":"c","term":"t","content":"x"})",
     "submission.utm_term", "t"},
    {"lead.submitted", R"("page":"/demo")", "submission.page"},
    {"lead.submitted", R"("anonymous_id":"b-1")", ""},
    {"lead.submitted", R"("consent":{"email":true,"phone":"opted out"})", "event.consents"},
    {"lead.submitted", R"("batch_id":"2026-01")", "submission.batch", "2026-01"},
    {"lead.submitted", R"("external_ids":{"salesforce:lead":"00Q1"})", ""},
    {"lead.owner_changed", R"("from":"ana")", "event.from", "ana"},
    {"lead.owner_changed", R"("to":"bo")", "event.to", "bo"},
    {"lead.owner_changed", R"("actor":"mia@us.example")", "event.actor_id", "mia@us.example"},
    {"lead.owner_changed", R"("actor":{"type":"User","id":"mia"})", "event.actor_type", "rep"},
    {"lead.owner_changed", R"("actor":{"type":"ops","id":"mia"})", "event.actor_id", "mia"},
    {"lead.owner_changed", R"("seq":3)", "event.seq"},
    {"site.visited", R"("path":"/pricing")", "event.path"},
    {"intent.observed", R"("score":70)", "event.score"},
    {"product.used", R"("product":"api")", "event.product"},
    {"touch.recorded", R"("rep":"ana")", "event.rep", "ana"},
    {"touch.recorded", R"("channel":"call")", "event.channel"},
    {"touch.recorded", R"("direction":"outbound")", "event.direction"},
    {"touch.recorded", R"("automated":false)", "event.automated"},
    {"touch.recorded", R"("recorded_by":"connector:dialer")", "event.recorded_by"},
    {"touch.recorded", R"("outcome":"voicemail")", "event.outcome"},
    {"touch.recorded", R"("reply":"not_now","until":"2026-04-01T00:00:00Z")", "event.until"},
    {"touch.recorded", R"("channel":"Phone")", "event.channel", "call"},
    {"touch.recorded", R"("channel":"carrier pigeon")", "event.channel", "carrier pigeon"},
    {"touch.recorded", R"("direction":"Incoming")", "event.direction", "inbound"},
    {"touch.recorded", R"("automated":"Y")", "event.automated"},
    {"touch.recorded", R"("outcome":"Hard bounce")", "event.outcome", "bounced"},
    {"touch.recorded", R"("outcome":"opted-out")", "event.outcome", "unsubscribed"},
    {"touch.recorded", R"("reply":"Out of office")", "event.reply", "out_of_office"},
    {"touch.recorded", R"("reply":"auto-reply")", "event.reply", "auto"},
    {"meeting.booked", R"("host":"ana")", "event.rep", "ana"},
    {"meeting.booked", R"("starts_at":"2026-04-01T00:00:00Z")", "event.starts_at"},
    {"lead.disposed", R"("reason":"spam")", "event.reason"},
    {"lead.disposed", R"("not_before":"2026-04-01")", "event.not_before"},
    {"lead.disposed", R"("status":"Recycled")", "event.status", "recycled"},
    {"step.completed", R"("step_id":"1")", "event.step", "1"},
    {"step.failed", R"("step":"1")", "event.step", "1"},
    {"step.skipped", R"("step_id":"1")", "event.step", "1"},
    {"account.upserted", R"("domain":"acme.com","owner":"cy")", "account.owner", "cy"},
    {"rep.upserted", R"("id":"zed")", "event.rep", "zed"},
    {"rep.upserted", R"("id":"zed","email":"z@o.example")", "rep.email"},
    {"rep.upserted", R"("id":"zed","zone":"Europe/Berlin")", "rep.zone"},
    {"rep.upserted", R"("id":"zed","hours":"office")", "rep.hours"},
    {"rep.upserted", R"("id":"zed","holidays":["de.ics"])", "rep.holidays"},
    {"rep.upserted", R"("id":"zed","leave":"2026-04-02/2026-04-20")", "rep.leave"},
    {"rep.upserted", R"("id":"zed","role":"sdr")", "rep.role"},
    {"rep.upserted", R"("id":"zed","manager":"mia")", "rep.manager"},
    {"rep.upserted", R"("id":"zed","backup":"bo")", "rep.backup"},
    {"rep.upserted", R"("id":"zed","supports":"dee")", "rep.supports"},
    {"rep.upserted", R"("id":"zed","skills":["french"])", "rep.skills"},
    {"rep.upserted", R"("id":"zed","active_from":"2026-01-01")", "rep.active_from"},
    {"rep.upserted", R"("id":"zed","active_to":"2026-12-31")", "rep.active_to"},
    {"rep.upserted", R"("id":"zed","caps":["40 open"])", "rep.caps"},
    {"rep.upserted", R"("id":"zed","external_ids":{"salesforce:user":"005"})", ""},
    {"rep.away", R"("rep":"ana","from":"2026-04-01T00:00:00Z")", "event.starts_at"},
    {"rep.away", R"("rep":"ana","until":"2026-04-01T00:00:00Z")", "event.until"},
    {"rep.back", R"("id":"ana")", "event.rep", "ana"},
    {"rep.deactivated", R"("id":"ana","release_to":"Manager")", "event.release_to", "manager"},
    {"consent.changed", R"("status":"refused","channel":"Phone")", "event.channel", "call"},
    {"consent.changed", R"("channel":"email","status":"Opted-in")", "event.status", "granted"},
    {"consent.changed", R"("status":"refused","basis":"consent")", "event.basis"},
    {"consent.changed", R"("status":"refused","source":"footer")", "event.consent_source",
     "footer"},
    {"consent.changed", R"("status":false,"proof":"https://p.example")", "event.proof"},
    {"suppression.added", R"("channel":"sms")", "event.channel"},
    {"suppression.removed", R"("reason":"asked")", "event.reason"},
    {"lead.claim", R"("by":"ana","pool":"house")", "event.pool"},
    {"lead.accept", R"("by":"ana")", "event.by"},
    {"lead.decline", R"("reason":"not mine")", "event.reason"},
};

DecodedEvent Read(std::string_view type, const std::string& data) {
  static const FieldTable fields;
  const DecodeRules rules{fields, {}};
  return DecodeEvent(
      fmt::format(R"({{"id":"1","source":"crm","type":"{}","data":{{{}}}}})", type, data), rules,
      *ParseInstant("2026-03-02T10:00:00Z"));
}

std::string Problems(const DecodedEvent& e) {
  std::string all;
  for (const DecodeProblem& p : e.problems)
    all += fmt::format("{} {}: {}\n", p.pointer, p.reason, p.detail);
  return all;
}

TEST(EventKeys, EachThatTheListNamesIsTaken) {
  static const FieldTable fields;
  for (const NamedKey& key : kKeys) {
    const bool request = key.type == "lead.accept" || key.type == "lead.decline";
    const bool of_person = !std::string_view(key.type).starts_with("rep.") &&
                           !std::string_view(key.type).starts_with("account.");
    const DecodedEvent e = Read(key.type, (request     ? R"("external_ids":{"crm:lead":"1"},)"
                                           : of_person ? R"("email":"ann@acme.com",)"
                                                       : "") +
                                              std::string(key.data));
    EXPECT_EQ(Problems(e), "") << key.type << " " << key.data;
    if (key.field.empty()) continue;
    const FieldDecl* decl = fields.Find(key.field);
    ASSERT_NE(decl, nullptr) << key.field;
    const FieldBlock block(e.event.fields);
    EXPECT_FALSE(block.Get({decl->number}).missing()) << key.type << " " << key.data;
    if (key.text.empty()) continue;
    EXPECT_EQ(block.Text({decl->number}), key.text) << key.data;
  }
}

TEST(EventKeys, EveryTypeThatIsBuiltIsInTheList) {
  for (const EventTypeDecl& decl : kEventTypes) {
    if (decl.type == EventType::kLeadUpdated || decl.type == EventType::kPersonIdentified ||
        decl.type == EventType::kTouchMachine)
      continue;  // their keys are the person's, or a touch's
    EXPECT_NE(std::ranges::find(kKeys, decl.name, &NamedKey::type), std::end(kKeys)) << decl.name;
  }
}

TEST(EventKeys, ASuppressionCoversWhatItsKeysSay) {
  const auto scope = [](const std::string& data) {
    const DecodedEvent e = Read("suppression.added", data);
    if (!e.ok()) return e.problems[0].pointer + " " + e.problems[0].reason;
    const FieldBlock block(e.event.fields);
    return fmt::format("{} {} {}", block.Text(Field("event.scope")),
                       block.Text(Field("lead.country")), block.Text(Field("lead.region")));
  };
  EXPECT_EQ(scope(R"("person":"ann@acme.com")"), "person  ");
  EXPECT_EQ(scope(R"("phone":"+49301234567")"), "person  ");
  EXPECT_EQ(scope(R"("email_domain":"acme.com")"), "domain  ");
  EXPECT_EQ(scope(R"("scope":"E-mail domain","domain":"acme.com")"), "domain  ");
  EXPECT_EQ(scope(R"("region":"DE")"), "region DE ");
  EXPECT_EQ(scope(R"("region":"US-CA")"), "region US CA");
  EXPECT_EQ(scope(R"("country":"Germany")"), "region DE ");
  EXPECT_EQ(scope(R"("channel":"sms")"), "channel  ");
  EXPECT_EQ(scope(R"("scope":"planet")"), "/data/scope invalid_value");
  EXPECT_EQ(scope(R"("scope":"channel")"), "/data/channel missing");
  EXPECT_EQ(scope(R"("scope":"region","region":"nowhere")"), "/data missing");
  EXPECT_EQ(scope(R"("reason":"asked")"), "/data missing");
}

TEST(EventKeys, ATouchThatIsNotUnderstoodIsNotTaken) {
  for (const auto& [data, pointer] : {std::pair(R"("direction":"sideways")", "/data/direction"),
                                      std::pair(R"("outcome":"opened")", "/data/outcome"),
                                      std::pair(R"("outcome":"failed")", "/data/outcome"),
                                      std::pair(R"("automated":"perhaps")", "/data/automated")}) {
    const DecodedEvent e =
        Read("touch.recorded", R"("email":"ann@acme.com","rep":"ana",)" + std::string(data));
    EXPECT_FALSE(e.ok()) << data;
    ASSERT_EQ(e.problems.size(), 1u) << Problems(e);
    EXPECT_EQ(e.problems[0].pointer, pointer);
  }
}

TEST(EventKeys, AReplyOfAnUnknownKindIsAReply) {
  const DecodedEvent e =
      Read("touch.recorded", R"("email":"ann@acme.com","outcome":"replied","reply":"with a poem")");
  EXPECT_TRUE(e.ok());
  EXPECT_NE(Problems(e).find("/data/reply invalid_value: 'with a poem' is none of positive"),
            std::string::npos)
      << Problems(e);
  EXPECT_FALSE(FieldBlock(e.event.fields).Has(Field("event.reply")));
}

TEST(EventKeys, ARepEventNamesItsRep) {
  EXPECT_EQ(Problems(Read("rep.upserted", R"("email":"z@o.example")")),
            "/data/id missing: which rep?\n");
}

TEST(EventKeys, ConsentOnAFormIsSaidByChannel) {
  const DecodedEvent e =
      Read("lead.submitted",
           R"("email":"a@acme.com","consent":{"email":"maybe","fax":true,"sms":null})");
  EXPECT_EQ(e.problems.size(), 2u) << Problems(e);
  EXPECT_FALSE(FieldBlock(e.event.fields).Has(Field("event.consents")));
  const DecodedEvent flat = Read("lead.submitted", R"("email":"a@acme.com","consent":true)");
  ASSERT_EQ(flat.problems.size(), 1u);
  EXPECT_EQ(flat.problems[0].pointer, "/data/consent");
}

}  // namespace
}  // namespace pm
