#include "model/decode/decode.h"
#include "tests/fuzz/targets.h"

namespace pm::fuzz {

void FeedEvent(std::string_view bytes) {
  static const FieldTable fields;
  constexpr size_t kMostText = 4096;  // of what is told of one problem
  const Instant now{1'772'546'400'000};
  const DecodedEvent decoded = DecodeEvent(bytes, {fields, {}}, now);
  for (const DecodeProblem& problem : decoded.problems) {
    PM_CHECK(!problem.reason.empty());
    PM_CHECK(problem.pointer.size() + problem.detail.size() < kMostText);
  }
  const std::string stored = Encoded(decoded.event);
  PM_CHECK(stored.size() <= 4 * bytes.size() + kMostText);
  Event again;
  PM_CHECK(Decode(stored, &again));
  PM_CHECK(Encoded(again) == stored);
  static_cast<void>(TimeOfEvent(bytes));
}

std::vector<std::string> EventSeeds() {
  return {
      R"({"specversion":"1.0","id":"1","source":"web","type":"lead.submitted","time":"2026-03-03T14:00:00Z",
"subject":"ann@acme.com","mode":"live","data":{"lead":{"email":"Ann@Acme.com","first_name":"Ann","phone":"+49 30 1234567",
"country":"Germany","region":"BE","title":"VP \u00dc\ud83d\ude00","do_not_call":true,"created_at":1},
"account":{"domain":"https://www.acme.com/x?y","employees":1200,"revenue":1.5e6,"domains":["acme.com","acme.de"],
"technologies":["a","b"]},"submission":{"form":"demo","hand_raise":true,"utm_source":"Google","message":"hi"},
"consents":[{"channel":"email","status":"granted","basis":"consent"}]}})",
      R"({"specversion":"1.0","id":"2","source":"web","type":"visit","data":{"anonymous_id":"b1","path":"/pricing","duration":1200}})",
      R"({"specversion":"1.0","id":"3","source":"crm","type":"rep.touched","time":"2026-03-03T14:00:00.123456+05:30",
"data":{"assignment":"A-1-2-3-4-5","lead_id":"L-1-2-3","rep":"maria","channel":"call","outcome":"connected","seq":7,"automated":false}})",
      R"({"specversion":"1.0","id":"4","source":"crm","type":"account.upserted","data":{"account":{"domain":"b.com","name":"B GmbH & Co. KG",
"owner":"x","parent":"c.com","employees":-1,"revenue":"12.5"},"custom":{"nested":[1,[2,{"a":null}]]}}})",
      R"({"specversion":"1.0","id":"5","source":"hr","type":"rep.upserted","data":{"rep":{"id":"maria","email":"m@x.com","zone":"Europe/Berlin",
"skills":["de"],"leave":["2026-12-24/2027-01-02"],"caps":["40 open"]}}})",
      R"({"specversion":"1.0","id":"6","source":"x","type":"consent.changed","data":{"email":"a@gmail.com","scope":"domain","status":"withdrawn","until":"2026-13-40"}})",
      R"([{"id":1}, null, 1e400, -0, "\ud800"])"};
}

}  // namespace pm::fuzz
