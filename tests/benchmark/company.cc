#include "tests/benchmark/company.h"

#include <array>

#include "base/time/text.h"
#include "model/decode/json_tree.h"
#include "tests/benchmark/rules.h"

namespace pm::bench {

namespace {

constexpr std::array<std::string_view, 16> kFirst = {"Ann",  "Luis", "Mia",  "Omar", "Ida",  "Ravi",
                                                     "Eva",  "Tom",  "Zoe",  "Kai",  "Lena", "Hugo",
                                                     "Noor", "Yuki", "Paul", "Sara"};
constexpr std::array<std::string_view, 16> kLast = {
    "Lee",   "Moreno", "Weber",  "Haddad", "Berg", "Shah", "Novak", "Clarke",
    "Rossi", "Tanaka", "Dubois", "Silva",  "Kim",  "Wolf", "Costa", "Moyo"};
constexpr std::array<std::string_view, 10> kNames = {
    "blueworks", "northlabs",  "ironfreight", "clearfoods", "swiftsoft",
    "amberbank", "stonemedia", "riverworks",  "brightlabs", "oakrobotics"};
constexpr std::array<std::string_view, 5> kIndustries = {"software", "fintech", "retail",
                                                         "logistics", "health"};
constexpr std::array<std::string_view, 6> kTitles = {"VP Sales",           "Head of Operations",
                                                     "Engineer",           "Chief Revenue Officer",
                                                     "Marketing Director", "Student"};
constexpr std::array<std::string_view, 7> kCountries = {"US", "US", "GB", "DE", "FR", "ES", "CA"};
constexpr std::array<std::string_view, 5> kPaths = {"/", "/pricing", "/docs/start", "/customers",
                                                    "/pricing/enterprise"};
constexpr std::array<int, 5> kSizes = {12, 80, 320, 1400, 9000};

template <class T, size_t N>
T Pick(Random& random, const std::array<T, N>& from) {
  return from[random.Below(N)];
}

// Several leads come from one company.
int64_t CompanyOf(int64_t n) { return n * 2 / 5; }

std::string DomainOf(int64_t company) {
  return fmt::format("{}{}.example", kNames[static_cast<size_t>(company) % kNames.size()], company);
}

std::string Envelope(std::string_view id, std::string_view source, Instant at,
                     std::string_view type, std::string_view data) {
  return fmt::format(
      R"({{"specversion":"1.0","id":"{}","source":"{}","type":"{}","time":"{}","data":{{{}}}}})",
      id, source, type, FormatInstant(at), data);
}

std::string LeadData(int64_t n, Random& random) {
  const std::string_view first = Pick(random, kFirst), last = Pick(random, kLast);
  const std::string_view country = Pick(random, kCountries);
  const std::string domain = random.PerMille(150) ? "gmail.com" : DomainOf(CompanyOf(n));
  const bool demo = random.PerMille(600);
  return fmt::format(
      R"("anonymous_id":"browser-{0}","email":"{1}.{2}.{0}@{3}","first_name":"{1}",)"
      R"("last_name":"{2}","title":"{4}","company":"{5}","country":"{6}","source":"{7}",)"
      R"("form":"{8}"{9})",
      n, first, last, domain, Pick(random, kTitles),
      kNames[static_cast<size_t>(CompanyOf(n)) % kNames.size()], country,
      random.PerMille(500) ? "webinar" : "paid_search", demo ? "demo" : "whitepaper",
      demo ? R"(,"hand_raise":"demo")" : "");
}

std::string TextAt(const JsonNode& root, std::initializer_list<std::string_view> path) {
  const JsonNode* node = &root;
  for (const std::string_view name : path) {
    if (node != nullptr) node = node->Find(name);
  }
  return node == nullptr ? "" : node->text;
}

Duration SecondsBetween(Random& random, uint64_t from, uint64_t to) {
  return Seconds(static_cast<int64_t>(from + random.Below(to - from)));
}

}  // namespace

Company::Company(const CompanySettings& settings) : settings_(settings), random_(settings.seed) {}

bool Company::Next(Instant until, CompanyEvent* event) {
  // A lead's visits come up to a minute before it.
  for (Instant at; leads_ < settings_.leads; ++leads_) {
    at = settings_.start + Milliseconds(leads_ * 1000 / settings_.leads_per_second);
    if (at > until) break;
    PlanLead(leads_, at);
  }
  if (planned_.empty() || planned_.top().at > until) return false;
  *event = planned_.top();
  planned_.pop();
  return true;
}

void Company::PlanLead(int64_t n, Instant at) {
  const Instant asked = at + Seconds(60);
  const int64_t company = CompanyOf(n);
  if (CompanyOf(n - 1) != company && random_.PerMille(800)) {
    Plan(at, EventKind::kAccount, "account.upserted",
         fmt::format(R"("domain":"{}","name":"{} {}","industry":"{}","employees":{},"type":"{}",)"
                     R"("country":"{}"{})",
                     DomainOf(company), kNames[static_cast<size_t>(company) % kNames.size()],
                     company, Pick(random_, kIndustries), Pick(random_, kSizes),
                     random_.PerMille(80) ? "customer" : "prospect", Pick(random_, kCountries),
                     random_.PerMille(100) ? R"(,"owner":"owner-3")" : ""));
  }
  for (uint64_t visit = settings_.visits ? random_.Below(5) : 0; visit > 0; --visit) {
    Plan(at + SecondsBetween(random_, 1, 60), EventKind::kVisit, "site.visited",
         fmt::format(R"("anonymous_id":"browser-{}","path":"{}")", n, Pick(random_, kPaths)));
  }
  Plan(asked, EventKind::kLead, "lead.submitted", LeadData(n, random_));
}

void Company::React(const Output& output, Instant now) {
  if (!settings_.reactions) return;
  if (output.type == "assignment.routed" || output.type == "assignment.reassigned") {
    ReactToAssignment(output, now);
  } else if (output.type == "cadence.step_due" && random_.PerMille(120)) {
    Plan(now + SecondsBetween(random_, 60, 600), EventKind::kReaction, "touch.recorded",
         fmt::format(R"("lead_id":"{}","channel":"email","direction":"inbound",)"
                     R"("outcome":"replied","reply":"positive")",
                     output.key));
  } else if (output.type == "assignment.queued" && random_.PerMille(800)) {
    Plan(now + SecondsBetween(random_, 60, 300), EventKind::kReaction, "lead.claim",
         fmt::format(R"("rep":"rep-{}","pool":"house")",
                     38 * kTeam + static_cast<int>(random_.Below(kTeam))));
  }
}

void Company::ReactToAssignment(const Output& output, Instant now) {
  const Result<JsonNode> json = ParseJson(output.json);
  PM_CHECK(json.has_value());
  const std::string rep = TextAt(*json, {"data", "rep", "id"});
  const std::string about = fmt::format(R"("lead_id":"{}")", output.key);
  const uint64_t mood = random_.Below(100);
  const Instant seen = now + SecondsBetween(random_, 30, 270);
  if (mood < 70) {
    Plan(seen, EventKind::kReaction, "lead.accept", fmt::format(R"({},"by":"{}")", about, rep));
    Plan(seen + SecondsBetween(random_, 60, 900), EventKind::kReaction, "touch.recorded",
         fmt::format(R"({},"rep":"{}","channel":"call","direction":"outbound","outcome":"{}")",
                     about, rep, random_.PerMille(500) ? "connected" : "voicemail"));
  } else if (mood < 75) {
    Plan(seen, EventKind::kReaction, "lead.decline",
         fmt::format(R"({},"by":"{}","reason":"wrong territory")", about, rep));
  }
}

void Company::Plan(Instant at, EventKind kind, std::string_view type, std::string_view data) {
  const int64_t number = number_++;
  planned_.push(
      {at, number, kind, Envelope(fmt::format("b-{}", number), "benchmark", at, type, data)});
}

}  // namespace pm::bench
