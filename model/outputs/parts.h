// What outputs have in common. A consumer should need no look-up to show a card or to write a
// record.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/describe_json.h"
#include "model/field_block.h"
#include "model/outputs/output.h"

namespace pm {

// `system:object:id` tokens; JSON: {"salesforce:lead": "00Q1"}.
struct ExternalIds {
  std::vector<std::string> tokens;
};
bool IsEmpty(const ExternalIds& ids);
void WriteJsonValue(JsonWriter& w, const ExternalIds& ids);
constexpr std::string_view JsonSchemaType(const ExternalIds*) { return "object"; }

// Named values; JSON: {"account.employees": 200}. Built by NameFields.
struct NamedValues {
  std::string json = "{}";
};
bool IsEmpty(const NamedValues& values);
void WriteJsonValue(JsonWriter& w, const NamedValues& values);
constexpr std::string_view JsonSchemaType(const NamedValues*) { return "object"; }
NamedValues NameFields(FieldBlock block, const FieldTable& fields);
void WriteValueJson(JsonWriter& w, const Value& value);
// The same of a block that is only borrowed, until the event is published (facts of a decision).
struct NamedBlock {
  FieldBlock block;
  const FieldTable* fields = nullptr;  // not null when the block has a field
  std::string_view json = {};          // all of it, where it was written before
};
bool IsEmpty(const NamedBlock& named);
void WriteJsonValue(JsonWriter& w, const NamedBlock& named);
constexpr std::string_view JsonSchemaType(const NamedBlock*) { return "object"; }

struct OutLead {
  LeadId id;
  PersonId person_id;
  std::string account;
  std::string stage;
  ExternalIds external;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "id", &OutLead::id, "Lead: one sales cycle of a person.");
    v.Field(2, "person_id", &OutLead::person_id, "The person, for ever.");
    v.Field(3, "account", &OutLead::account, "Domain of the account.");
    v.Field(4, "stage", &OutLead::stage, "Lifecycle stage.");
    v.Field(5, "external", &OutLead::external, "Record ids in other systems.");
  }
};

struct OutAssignment {
  AssignmentId id;
  uint32_t seq = 0;
  std::string pool;
  std::string route;
  std::string reason;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "id", &OutAssignment::id, "Assignment.");
    v.Field(2, "seq", &OutAssignment::seq, "Rises per lead: a smaller one is stale.");
    v.Field(3, "pool", &OutAssignment::pool, "Pool.");
    v.Field(4, "route", &OutAssignment::route, "Route that won.");
    v.Field(5, "reason", &OutAssignment::reason, "How the rep was found, or why it changed.");
  }
};

struct OutRep {
  std::string id;
  std::string email;
  std::string name;
  ExternalIds external;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "id", &OutRep::id, "Rep id.");
    v.Field(2, "email", &OutRep::email, "Rep's address.");
    v.Field(3, "name", &OutRep::name, "Rep's name.");
    v.Field(4, "external", &OutRep::external, "Rep's ids in other systems.");
  }
};

// Enough for a Slack card without a look-up.
struct OutContact {
  std::string name, title, company, email, phone, country, source, message;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "name", &OutContact::name, "Full name.");
    v.Field(2, "title", &OutContact::title, "Job title.");
    v.Field(3, "company", &OutContact::company, "Company.");
    v.Field(4, "email", &OutContact::email, "Address.");
    v.Field(5, "phone", &OutContact::phone, "Phone.");
    v.Field(6, "country", &OutContact::country, "Country.");
    v.Field(7, "source", &OutContact::source, "Source.");
    v.Field(8, "message", &OutContact::message, "What the person wrote.");
  }
};
OutContact ContactOf(FieldBlock fields);
// The same of several, of which later ones win.
OutContact ContactOf(std::span<const FieldBlock> blocks);

struct OutScore {
  int64_t fit = 0;
  int64_t engagement = 0;
  std::string grade;
  std::vector<std::string> reasons;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "fit", &OutScore::fit, "Fit score.");
    v.Field(2, "engagement", &OutScore::engagement, "Engagement score.");
    v.Field(3, "grade", &OutScore::grade, "Grade.");
    v.Field(4, "reasons", &OutScore::reasons, "Top rules with points.");
  }
};
OutScore ScoreOf(FieldBlock fields, std::vector<std::string> reasons);

struct OutActor {
  std::string type = "rule";
  std::string id;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "type", &OutActor::type, "rule, rep, ops, system or connector.");
    v.Field(2, "id", &OutActor::id, "Which.");
  }
};

}  // namespace pm
