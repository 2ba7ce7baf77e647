#include "app/demo/company.h"

#include <fmt/format.h>

#include <array>

#include "base/text/json_writer.h"
#include "base/time/text.h"

namespace pm {
namespace {

constexpr std::array<std::string_view, 12> kFirst = {"Ann", "Luis", "Mia", "Omar", "Ida",  "Ravi",
                                                     "Eva", "Tom",  "Zoe", "Kai",  "Lena", "Hugo"};
constexpr std::array<std::string_view, 12> kLast = {"Lee",   "Moreno", "Weber",  "Haddad",
                                                    "Berg",  "Shah",   "Novak",  "Clarke",
                                                    "Rossi", "Tanaka", "Dubois", "Silva"};
constexpr std::array<std::string_view, 10> kNameA = {"blue",  "north", "iron",  "clear",  "swift",
                                                     "amber", "stone", "river", "bright", "oak"};
constexpr std::array<std::string_view, 8> kNameB = {"works", "labs", "freight", "foods",
                                                    "soft",  "bank", "media",   "robotics"};
constexpr std::array<std::string_view, 5> kIndustry = {"software", "fintech", "retail", "logistics",
                                                       "health"};
constexpr std::array<std::string_view, 7> kTitle = {
    "VP Sales",           "Head of Operations", "Engineer", "Chief Revenue Officer",
    "Marketing Director", "Sales Manager",      "Student"};
constexpr std::array<std::string_view, 7> kCountry = {"US", "US", "GB", "DE", "FR", "ES", "CA"};
constexpr std::array<int64_t, 5> kSize = {12, 80, 320, 1400, 9000};
constexpr std::array<std::string_view, 5> kPath = {"/", "/pricing", "/docs", "/customers",
                                                   "/pricing/enterprise"};

template <size_t N>
auto Pick(DemoRandom& random, const std::array<std::string_view, N>& from) {
  return from[static_cast<size_t>(random.Below(N))];
}

std::string Object(std::initializer_list<std::pair<std::string_view, std::string>> members) {
  std::string text;
  JsonWriter w(&text);
  w.BeginObject();
  for (const auto& [name, value] : members) {
    if (!value.empty()) w.Field(name, value);
  }
  w.EndObject();
  return text;
}

}  // namespace

uint64_t DemoRandom::Next() {
  state_ += 0x9e3779b97f4a7c15;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

DemoCompany::DemoCompany(uint64_t seed, Instant start, Duration span) : random_(seed) {
  constexpr int64_t kLeads = 60;
  for (int64_t n = 0; n < kLeads; ++n) {
    PlanLead(start + Milliseconds(span.ms * 4 / 5 * n / kLeads + random_.Below(60'000)), n);
  }
  Plan(start + Milliseconds(span.ms / 4), "rep.away",
       Object({{"rep", "emma"}, {"reason", "dentist"}}));
  Plan(start + Milliseconds(span.ms / 2), "rep.back", Object({{"rep", "emma"}}));
}

void DemoCompany::PlanLead(Instant at, int64_t n) {
  const std::string company = fmt::format("{}{}", Pick(random_, kNameA), Pick(random_, kNameB));
  const std::string domain = company + ".example";
  const std::string first(Pick(random_, kFirst));
  const std::string last(Pick(random_, kLast));
  const std::string country(Pick(random_, kCountry));
  const std::string browser = fmt::format("browser-{}", n);
  const bool free_mail = random_.Chance(15);
  if (!free_mail && random_.Chance(80)) {
    const int64_t size = kSize[static_cast<size_t>(random_.Below(kSize.size()))];
    Plan(at - Seconds(random_.Below(600)), "account.upserted",
         Object({{"domain", domain},
                 {"name", company},
                 {"industry", std::string(Pick(random_, kIndustry))},
                 {"employees", std::to_string(size)},
                 {"type", random_.Chance(8) ? "customer" : "prospect"},
                 {"owner", random_.Chance(10) ? "olivia" : ""},
                 {"country", country}}));
  }
  for (int64_t visit = random_.Below(5); visit > 0; --visit) {
    Plan(at - Seconds(10 + random_.Below(900)), "site.visited",
         Object({{"anonymous_id", browser}, {"path", std::string(Pick(random_, kPath))}}));
  }
  std::string lower = first + "." + last;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  Plan(at, "lead.submitted",
       Object({{"anonymous_id", browser},
               {"email", fmt::format("{}@{}", lower, free_mail ? "gmail.com" : domain)},
               {"first_name", first},
               {"last_name", last},
               {"title", std::string(Pick(random_, kTitle))},
               {"company", company},
               {"country", country},
               {"region", country == "US" ? "New York" : ""},
               {"source", random_.Chance(50) ? "webinar" : "paid_search"},
               {"form", random_.Chance(60) ? "demo" : "whitepaper"},
               {"hand_raise", random_.Chance(60) ? "demo" : ""}}));
}

std::vector<std::string> DemoCompany::TakeDue(Instant now) {
  std::vector<std::string> events;
  while (!planned_.empty() && planned_.top().at <= now) {
    const DemoEvent& event = planned_.top();
    events.push_back(fmt::format(
        R"({{"specversion":"1.0","id":"demo-{}","source":"demo","type":"{}","time":"{}","data":{}}})",
        event.number, event.type, FormatInstant(event.at), event.data));
    planned_.pop();
  }
  return events;
}

void DemoCompany::React(const JsonNode& output, Instant now) {
  const std::string type(output.Text({"type"}));
  const std::string lead(output.Text({"data", "lead", "id"}));
  const std::string rep(output.Text({"data", "rep", "id"}));
  const auto touch = [&](Instant at, std::string outcome, std::string direction) {
    Plan(at, "touch.recorded",
         Object({{"lead_id", lead},
                 {"rep", rep},
                 {"channel", "call"},
                 {"direction", direction},
                 {"outcome", outcome}}));
  };
  if (type == "assignment.routed" || type == "assignment.reassigned") {
    const int64_t mood = random_.Below(100);
    const Instant seen = now + Seconds(30 + random_.Below(240));
    if (mood < 65) {
      Plan(seen, "lead.accept", Object({{"lead_id", lead}, {"by", rep}}));
      touch(seen + Seconds(60 + random_.Below(900)), random_.Chance(50) ? "connected" : "voicemail",
            "outbound");
    } else if (mood < 75) {
      Plan(seen, "lead.decline",
           Object({{"lead_id", lead}, {"by", rep}, {"reason", "wrong territory"}}));
    }
  } else if (type == "assignment.claimed" && random_.Chance(85)) {
    touch(now + Seconds(60 + random_.Below(600)), "connected", "outbound");
  } else if (type == "assignment.queued" && random_.Chance(80)) {
    constexpr std::array<std::string_view, 4> kClaimers = {"emma", "finn", "dev", "chloe"};
    Plan(now + Seconds(60 + random_.Below(600)), "lead.claim",
         Object({{"rep", std::string(Pick(random_, kClaimers))}, {"pool", "house"}}));
  } else if (type == "cadence.step_due") {
    if (output.Text({"data", "execution"}) == "manual" && random_.Chance(60)) {
      Plan(now + Minutes(5 + random_.Below(30)), "step.completed",
           Object({{"lead_id", lead},
                   {"step", std::string(output.Text({"data", "step_id"}))},
                   {"by", rep}}));
    } else if (random_.Chance(12)) {
      Plan(now + Minutes(3 + random_.Below(40)), "touch.recorded",
           Object({{"lead_id", lead},
                   {"channel", "email"},
                   {"direction", "inbound"},
                   {"outcome", "replied"},
                   {"reply", "positive"}}));
    }
  } else if (type == "sla.met" && output.Text({"data", "milestone"}) == "first_touch" &&
             random_.Chance(35)) {
    Plan(now + Minutes(2 + random_.Below(20)), "meeting.booked",
         Object({{"lead_id", lead}, {"rep", rep}}));
  }
}

void DemoCompany::Plan(Instant at, std::string type, std::string data) {
  planned_.push({at, number_++, std::move(type), std::move(data)});
}

}  // namespace pm
