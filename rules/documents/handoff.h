// `kind: handoff` as written: what becomes of a meeting that is booked with an AE. Read and
// checked; nothing comes of it yet.
#pragma once
#include "rules/documents/routing.h"

namespace pm {

enum class CreditAt : uint8_t { kHeld, kBooked, kAccepted };
constexpr std::array<YamlName<CreditAt>, 3> YamlNames(std::type_identity<CreditAt>) {
  return {{{"held", CreditAt::kHeld},
           {"booked", CreditAt::kBooked},
           {"accepted", CreditAt::kAccepted}}};
}
struct NoShowDoc {
  static constexpr std::string_view kYamlName = "no show";
  Located<std::string> cadence;
  template <class V>
  static void Describe(V& v) {
    v.Required("cadence", &NoShowDoc::cadence, "Tried once by the SDR; then the lead is recycled.");
  }
};
struct HandoffDoc {
  static constexpr std::string_view kYamlName = "handoff";
  TargetDoc to;
  YamlNode gate;
  std::vector<Located<std::string>> briefing;
  std::optional<NoShowDoc> no_show;
  std::optional<Located<std::string>> sla;
  CreditAt credit = CreditAt::kHeld;
  std::vector<std::string> reject_reasons;
  template <class V>
  static void Describe(V& v) {
    v.Required("to", &HandoffDoc::to, "Who the meeting is with: owner, ae_of or a pool.");
    v.Field("gate", &HandoffDoc::gate, "What must hold before the AE gets it.");
    v.Field("briefing", &HandoffDoc::briefing, "Fields that the AE is told.", {.max_items = 64});
    v.Field("no_show", &HandoffDoc::no_show, "When the prospect does not come.");
    v.Field("sla", &HandoffDoc::sla, "The SLA whose `handoff_accept` a silent AE runs into.");
    v.Field("credit", &HandoffDoc::credit, "When the rep who booked gets the credit.");
    v.Field("reject_reasons", &HandoffDoc::reject_reasons,
            "What an AE may say who gives it back to the SDR.", {.max_items = 64});
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};

}  // namespace pm
