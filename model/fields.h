// The one declaration of every field: it drives decoding, type checks, JSON Schema, docs, erasure
// and log rules. Custom fields (`kind: fields`) are run-time rows of the same table.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace pm {

enum class Type : uint8_t {
  kMissing,
  kBool,
  kInt,
  kDecimal,  // fixed point: 10^-6 units in an int64
  kText,
  kTextList,
  kInstant,
  kDuration
};
std::string_view TypeName(Type type);  // `missing`, `bool`, `int`, `decimal`, `text`, ...
std::optional<Type> ParseType(std::string_view name);

// What intake does to a value before it is stored. `kSymbol` folds case (`Google` is `google`).
enum class Normaliser : uint8_t {
  kNone,
  kTrim,
  kSymbol,
  kEmail,
  kDomain,
  kPhone,
  kCountry,
  kRegion,
  kCompany
};

enum class SetBy : uint8_t { kPublisher, kEngine };  // kEngine: events may not set it

// Whose the field is; the part of its name before the dot.
enum class Entity : uint8_t { kLead, kAccount, kSubmission, kEvent, kRep, kScore };

struct FieldNumber {
  uint32_t number = 0;
  constexpr auto operator<=>(const FieldNumber&) const = default;
};

struct FieldDecl {
  uint32_t number;
  std::string_view name;
  Type type;
  std::string_view unit;  // empty: none
  int64_t min, max;       // inclusive; for texts: bytes
  Normaliser normalise;
  SetBy set_by;
  bool personal;
  std::string_view meaning;
};

namespace fields_internal {
inline constexpr int64_t kMaxText = 8192;
constexpr FieldDecl Text(uint32_t n, std::string_view name, Normaliser norm, bool personal,
                         std::string_view meaning, int64_t max = 512) {
  return {n, name, Type::kText, "", 0, max, norm, SetBy::kPublisher, personal, meaning};
}
constexpr FieldDecl Int(uint32_t n, std::string_view name, std::string_view unit, int64_t min,
                        int64_t max, std::string_view meaning) {
  return {n,     name,   Type::kInt, unit, min, max, Normaliser::kNone, SetBy::kPublisher,
          false, meaning};
}
constexpr FieldDecl Bool(uint32_t n, std::string_view name, std::string_view meaning) {
  return {n, name, Type::kBool, "", 0, 1, Normaliser::kNone, SetBy::kPublisher, false, meaning};
}
constexpr FieldDecl List(uint32_t n, std::string_view name, std::string_view meaning) {
  return {n,     name,   Type::kTextList, "", 0, 64, Normaliser::kTrim, SetBy::kPublisher,
          false, meaning};
}
constexpr FieldDecl Derived(uint32_t n, std::string_view name, Type type, std::string_view meaning,
                            bool personal = false) {
  return {n,        name,   type, "", INT64_MIN, INT64_MAX, Normaliser::kNone, SetBy::kEngine,
          personal, meaning};
}
}  // namespace fields_internal

// Numbers are stored: never reuse one. Sorted by number; a static_assert holds it.
inline constexpr auto kFields = [] {
  using namespace fields_internal;
  using enum Normaliser;
  return std::to_array<FieldDecl>({
      Text(1, "lead.email", kEmail, true, "The address the person is known by."),
      Derived(2, "lead.email_domain", Type::kText, "Registrable domain of the address."),
      Text(3, "lead.phone", kPhone, true, "E.164 where its calling code is known, else as given."),
      Text(4, "lead.first_name", kTrim, true, "Given name."),
      Text(5, "lead.last_name", kTrim, true, "Family name."),
      Text(6, "lead.name", kTrim, true, "Full name, where it comes unsplit."),
      Text(7, "lead.title", kTrim, false, "Job title as given."),
      Text(8, "lead.company", kTrim, false, "Company name as given."),
      Text(9, "lead.website", kDomain, false, "Registrable domain of the company's site."),
      Text(10, "lead.country", kCountry, false, "ISO 3166-1 alpha-2."),
      Text(11, "lead.region", kRegion, false, "ISO 3166-2 without the country, or as given."),
      Text(12, "lead.postcode", kTrim, false, "Postcode as given."),
      Text(13, "lead.city", kTrim, false, "City as given."),
      Text(14, "lead.language", kSymbol, false, "BCP 47 language tag."),
      Text(15, "lead.time_zone", kTrim, false, "IANA zone, if the publisher knows it."),
      Text(16, "lead.linkedin", kTrim, true, "Profile address."),
      Text(17, "lead.source", kSymbol, false, "Where the person was first heard of."),
      Text(18, "lead.status", kSymbol, false, "Working status, e.g. waiting_on_prospect."),
      Derived(19, "lead.stage", Type::kText, "Lifecycle stage."),
      Text(20, "lead.phone_country", kCountry, false, "Country of the phone's calling code."),
      Text(21, "lead.seniority", kSymbol, false, "Seniority, from enrichment."),
      Text(22, "lead.department", kSymbol, false, "Department, from enrichment."),
      Bool(23, "lead.do_not_email", "The person must not be sent e-mail."),
      Bool(24, "lead.do_not_call", "The person must not be called."),
      Text(25, "lead.owner", kTrim, false, "Rep who owns the record in the CRM."),
      Derived(26, "lead.free_mail", Type::kBool, "The address is at a free-mail provider."),
      Derived(27, "lead.created_at", Type::kInstant, "When this sales cycle began."),
      Text(100, "account.domain", kDomain, false, "First registrable domain of the company."),
      Text(101, "account.name", kTrim, false, "Company name."),
      Text(102, "account.industry", kSymbol, false, "Industry."),
      Int(103, "account.employees", "people", 0, 100'000'000, "Number of employees."),
      {104, "account.revenue", Type::kDecimal, "currency units a year", 0, INT64_MAX, kNone,
       SetBy::kPublisher, false, "Yearly revenue."},
      Text(105, "account.country", kCountry, false, "Country of the head office."),
      Text(106, "account.region", kRegion, false, "Region of the head office."),
      Text(107, "account.type", kSymbol, false, "customer, prospect, partner, competitor, ..."),
      Text(108, "account.owner", kTrim, false, "Rep id of the account's owner."),
      Text(109, "account.tier", kSymbol, false, "Tier or segment."),
      Text(110, "account.parent", kDomain, false, "Domain of the parent company."),
      {111, "account.domains", Type::kTextList, "", 0, 64, kDomain, SetBy::kPublisher, false,
       "All domains; the first is its home."},
      Text(112, "account.city", kTrim, false, "City of the head office."),
      {113, "account.technologies", Type::kTextList, "", 0, 256, kSymbol, SetBy::kPublisher, false,
       "Technologies in use."},
      Text(200, "submission.form", kTrim, false, "Form or list the submission came by."),
      Bool(201, "submission.hand_raise", "Asked for sales: demo, contact, pricing."),
      Text(202, "submission.hand_raise_kind", kSymbol, false, "demo, contact, pricing, ..."),
      Text(203, "submission.offer", kTrim, false, "Offer or content asked for."),
      Text(204, "submission.campaign", kTrim, false, "Campaign."),
      Text(205, "submission.page", kTrim, false, "Page the form stood on.", kMaxText),
      Text(206, "submission.message", kTrim, true, "What the person wrote.", kMaxText),
      Text(207, "submission.utm_source", kSymbol, false, "utm_source."),
      Text(208, "submission.utm_medium", kSymbol, false, "utm_medium."),
      Text(209, "submission.utm_campaign", kTrim, false, "utm_campaign."),
      Text(210, "submission.utm_term", kTrim, false, "utm_term."),
      Text(211, "submission.utm_content", kTrim, false, "utm_content."),
      Text(212, "submission.batch", kTrim, false, "Import batch."),
      Text(213, "submission.source", kSymbol, false,
           "Channel: webinar, paid_search, referral, ..."),
      Text(214, "submission.referrer", kTrim, false, "Referring page.", kMaxText),
      Text(215, "submission.landing_page", kTrim, false, "First page of the session.", kMaxText),
      Text(216, "submission.form_id", kTrim, false, "Id of the form in its system."),
      Text(300, "event.path", kTrim, false, "Path of the visited page.", kMaxText),
      Text(301, "event.url", kTrim, false, "Whole address of the visited page.", kMaxText),
      Text(302, "event.title", kTrim, false, "Title of the visited page."),
      Text(303, "event.referrer", kTrim, false, "Referring page.", kMaxText),
      Text(304, "event.topic", kSymbol, false, "Intent topic."),
      Int(305, "event.score", "points", -1'000'000, 1'000'000, "Intent or usage score."),
      Text(306, "event.provider", kSymbol, false, "Who observed it."),
      Int(307, "event.count", "", 0, INT64_MAX, "How often."),
      Text(308, "event.product", kTrim, false, "Product used."),
      Text(309, "event.action", kSymbol, false, "What was done."),
      {310, "event.value", Type::kDecimal, "", INT64_MIN, INT64_MAX, kNone, SetBy::kPublisher,
       false, "A measured value."},
      {311, "event.duration", Type::kDuration, "ms", 0, INT64_MAX, kNone, SetBy::kPublisher, false,
       "How long it took."},
      Derived(312, "event.type", Type::kText, "Type of the event."),
      Text(313, "event.anonymous_id", kTrim, true, "Browser id."),
      Text(314, "event.channel", kSymbol, false, "email, call, linkedin, sms, or another."),
      Text(315, "event.outcome", kSymbol, false, "What came of it; of a touch, see its words."),
      Text(316, "event.direction", kSymbol, false, "outbound (when absent, too) or inbound."),
      Bool(317, "event.automated", "Made by a machine, not by the rep."),
      Text(318, "event.rep", kTrim, false, "Rep the event is about (id, or e-mail)."),
      Text(319, "event.reply", kSymbol, false, "Kind of a reply; of a touch, see its words."),
      Text(320, "event.reason", kSymbol, false, "Why."),
      Text(321, "event.by", kTrim, false, "Who did it; absent: the assignee."),
      Text(322, "event.pool", kSymbol, false, "Pool named by a request."),
      Text(323, "event.status", kSymbol, false, "Status named by the event."),
      {324, "event.until", Type::kInstant, "", 0, INT64_MAX, kNone, SetBy::kPublisher, false,
       "Until when."},
      {325, "event.starts_at", Type::kInstant, "", 0, INT64_MAX, kNone, SetBy::kPublisher, false,
       "When a meeting or an absence starts."},
      Text(326, "event.step", kTrim, false, "Id of the cadence step."),
      Text(327, "event.cadence", kTrim, false, "Cadence named by a request."),
      Text(328, "event.to", kTrim, false, "Receiver of a transfer or an owner change."),
      Text(329, "event.scope", kSymbol, false, "person, domain, channel, region."),
      Text(330, "event.note", kTrim, true, "Free text.", kMaxText),
      Text(331, "event.from", kTrim, false, "Owner before the change."),
      Text(332, "event.actor_id", kTrim, false, "Who made the change; pointsman: it echoes us."),
      Text(333, "event.actor_type", kSymbol, false, "rep, ops, system or connector."),
      Int(334, "event.seq", "", 1, UINT32_MAX, "Number of the assignment that this echoes."),
      Text(335, "event.recorded_by", kTrim, false,
           "Who recorded it: a rep, or system, connector for what a tool wrote down."),
      {336, "event.not_before", Type::kInstant, "", 0, INT64_MAX, kNone, SetBy::kPublisher, false,
       "When a recycled lead may come back at the earliest."},
      Text(337, "event.basis", kSymbol, false, "Legal basis of a consent."),
      Text(338, "event.consent_source", kTrim, false, "Where a consent was given."),
      Text(339, "event.proof", kTrim, true, "What proves a consent.", kMaxText),
      Text(340, "event.release_to", kSymbol, false, "rules, pool or manager."),
      Derived(341, "event.consents", Type::kTextList, "What a form says of consent, by channel."),
      Text(350, "rep.email", kEmail, false, "Rep's address."),
      Text(351, "rep.name", kTrim, false, "Rep's name."),
      Text(352, "rep.zone", kTrim, false, "Rep's IANA zone."),
      Text(353, "rep.hours", kTrim, false, "Calendar of the rep's hours."),
      Text(354, "rep.role", kSymbol, false, "SDR, BDR, AE, manager."),
      Text(355, "rep.manager", kTrim, false, "Rep id of the manager."),
      Text(356, "rep.backup", kTrim, false, "Rep who steps in during absence."),
      Text(357, "rep.supports", kTrim, false, "AE this SDR works for."),
      List(358, "rep.holidays", "Files of holidays in the rule folder, by name."),
      List(359, "rep.leave", "Absences: 2026-12-24/2027-01-02, a date, or two instants."),
      List(360, "rep.skills", "What the rep can do."),
      Text(361, "rep.active_from", kTrim, false, "First day at work, or the instant it begins."),
      Text(362, "rep.active_to", kTrim, false, "Last day at work, or the instant it ends."),
      List(363, "rep.caps", "Caps over all pools, each as 40 open or 15 per day."),
      Derived(400, "score.fit", Type::kInt, "Fit score."),
      Derived(401, "score.engagement", Type::kInt, "Engagement score, faded to now."),
      Derived(402, "score.grade", Type::kText, "Fit and engagement grade, e.g. A1."),
      Derived(403, "score.fit_grade", Type::kText, "Fit grade."),
      Derived(404, "score.engagement_grade", Type::kText, "Engagement grade."),
      Derived(405, "score.total", Type::kInt, "Fit plus engagement."),
  });
}();

namespace fields_internal {
constexpr bool Sorted() {
  for (size_t i = 1; i < kFields.size(); ++i) {
    if (kFields[i - 1].number >= kFields[i].number) return false;
  }
  return true;
}
static_assert(Sorted(), "field numbers rise");
}  // namespace fields_internal

// Field("lead.email"): does not compile when misspelt.
consteval FieldNumber Field(std::string_view name) {
  for (const FieldDecl& f : kFields) {
    if (f.name == name) return {f.number};
  }
  throw "no such field";
}

// A custom field's number is fixed by its name, so that it stays the same for ever.
inline constexpr uint32_t kFirstCustomField = 4096;
FieldNumber CustomFieldNumber(std::string_view name);

// Built-in and custom fields together. Immutable once filled; safe to read from any thread.
class FieldTable {
 public:
  FieldTable();  // the built-in ones
  // PM0201 when the name is taken, malformed, of no known entity, or its number collides.
  Result<void> Add(std::string name, Type type, int64_t min, int64_t max, Normaliser normalise,
                   bool personal, std::string meaning);
  const FieldDecl* Find(std::string_view name) const;  // null when unknown
  const FieldDecl* Find(FieldNumber number) const;
  const std::vector<FieldDecl>& all() const { return rows_; }  // by number

  FieldTable(const FieldTable&) = delete;
  FieldTable& operator=(const FieldTable&) = delete;

 private:
  std::vector<FieldDecl> rows_;
  std::unordered_map<std::string_view, uint32_t> number_of_;
  std::vector<std::unique_ptr<std::string>> texts_;  // what custom rows' views point to
};

std::optional<Entity> EntityOf(std::string_view field_name);
Entity EntityOf(const FieldDecl& field);

}  // namespace pm
