// An example of each type that comes in. A test decodes them all.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/reference/pages.h"
#include "base/result.h"

namespace pm {
namespace {

struct Example {
  EventType type;
  std::string_view data;
};

constexpr auto kExamples = std::to_array<Example>({
    {EventType::kLeadSubmitted,
     R"({"email":"ann@acme.example","first_name":"Ann","last_name":"Lee","title":"VP Sales",)"
     R"("company":"Acme","country":"US","region":"NY","phone":"+1 212 555 0100","form":"demo",)"
     R"("hand_raise":"demo","message":"We grow.","utm":{"source":"google","campaign":"spring"},)"
     R"("anonymous_id":"b-81","consent":{"email":true},"external_ids":{"hubspot:contact":"501"}})"},
    {EventType::kLeadUpdated,
     R"({"external_ids":{"hubspot:contact":"501"},"seniority":"vp","account":{"employees":320},)"
     R"("phone":null})"},
    {EventType::kPersonIdentified, R"({"anonymous_id":"b-81","email":"ann@acme.example"})"},
    {EventType::kLeadDisposed,
     R"({"lead_id":"L-95caaaeaf80fa975-e94305e0c51a05d1-1","status":"disqualified",)"
     R"("reason":"no_budget","by":"ana"})"},
    {EventType::kLeadOwnerChanged,
     R"({"external_ids":{"salesforce:lead":"00Q1"},"to":"ana@northwind.example"})"},
    {EventType::kSiteVisited,
     R"({"anonymous_id":"b-81","path":"/pricing","referrer":"https://search.example/"})"},
    {EventType::kIntentObserved,
     R"({"account":{"domain":"acme.example"},"topic":"crm","score":72,"provider":"bombora"})"},
    {EventType::kProductUsed,
     R"({"email":"ann@acme.example","product":"trial","action":"invited_colleague","count":3})"},
    {EventType::kTouchRecorded,
     R"({"lead_id":"L-95caaaeaf80fa975-e94305e0c51a05d1-1","rep":"ana","channel":"call",)"
     R"("direction":"outbound","outcome":"connected"})"},
    {EventType::kTouchMachine,
     R"({"email":"ann@acme.example","channel":"email","outcome":"opened"})"},
    {EventType::kMeetingBooked, R"({"lead_id":"L-95caaaeaf80fa975-e94305e0c51a05d1-1","rep":"ana",)"
                                R"("starts_at":"2026-03-05T15:00:00Z"})"},
    {EventType::kStepCompleted, R"({"lead_id":"L-95caaaeaf80fa975-e94305e0c51a05d1-1",)"
                                R"("step":"9e756ed5d188b306f4f8acafe0602e91","by":"ana"})"},
    {EventType::kStepFailed,
     R"({"lead_id":"L-95caaaeaf80fa975-e94305e0c51a05d1-1",)"
     R"("step":"9e756ed5d188b306f4f8acafe0602e91","reason":"mailbox_full"})"},
    {EventType::kStepSkipped,
     R"({"lead_id":"L-95caaaeaf80fa975-e94305e0c51a05d1-1",)"
     R"("step":"9e756ed5d188b306f4f8acafe0602e91","by":"ana","reason":"no_number"})"},
    {EventType::kAccountUpserted,
     R"({"domain":"acme.example","domains":["acme.example","acme.test"],"name":"Acme",)"
     R"("industry":"software","employees":320,"type":"prospect","owner":"olivia"})"},
    {EventType::kRepUpserted,
     R"({"id":"zed","email":"zed@northwind.example","name":"Zed Ito","zone":"Europe/Berlin",)"
     R"("hours":"office-emea","role":"sdr","manager":"maria","backup":"ben"})"},
    {EventType::kRepAway, R"({"rep":"ana","until":"2026-03-06T08:00:00Z","reason":"leave"})"},
    {EventType::kRepBack, R"({"rep":"ana"})"},
    {EventType::kRepDeactivated, R"({"rep":"ana"})"},
    {EventType::kConsentChanged,
     R"({"email":"ann@acme.example","channel":"email","status":"refused"})"},
    {EventType::kSuppressionAdded,
     R"({"scope":"domain","website":"acme.example","channel":"email","reason":"legal"})"},
    {EventType::kSuppressionRemoved,
     R"({"scope":"domain","website":"acme.example","channel":"email"})"},
    {EventType::kLeadClaim, R"({"rep":"finn","pool":"house"})"},
    {EventType::kLeadAccept, R"({"lead_id":"L-95caaaeaf80fa975-e94305e0c51a05d1-1","by":"ana"})"},
    {EventType::kLeadDecline, R"({"lead_id":"L-95caaaeaf80fa975-e94305e0c51a05d1-1","by":"ana",)"
                              R"("reason":"wrong territory"})"},
});

}  // namespace

std::string ExampleOf(EventType type) {
  const auto* example = std::ranges::find(kExamples, type, &Example::type);
  PM_CHECK(example != kExamples.end());
  return fmt::format(
      R"({{"specversion":"1.0","id":"4711","source":"web","type":"{}","time":"2026-03-03T15:01:00Z","data":{}}})",
      DeclOf(type).name, example->data);
}

}  // namespace pm
