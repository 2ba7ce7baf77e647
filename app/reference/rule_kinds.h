// Every kind of rule document, in the order that pages tell them.
#pragma once
#include "rules/documents/basics.h"
#include "rules/documents/cadence.h"
#include "rules/documents/checks.h"
#include "rules/documents/handoff.h"
#include "rules/documents/judging.h"
#include "rules/documents/people.h"
#include "rules/documents/privacy.h"
#include "rules/documents/routing.h"
#include "rules/documents/sla.h"

namespace pm {

// `collector.Add<Doc>()` for each of them: the reference page and the editors' schema.
template <class Collector>
void AddRuleKinds(Collector& collector) {
  collector.template Add<FieldsDoc>();
  collector.template Add<ListsDoc>();
  collector.template Add<IdentityDoc>();
  collector.template Add<ScreeningDoc>();
  collector.template Add<ScoringDoc>();
  collector.template Add<LifecycleDoc>();
  collector.template Add<RoutingDoc>();
  collector.template Add<TeamDoc>();
  collector.template Add<CalendarsDoc>();
  collector.template Add<SlasDoc>();
  collector.template Add<CadenceDoc>();
  collector.template Add<HandoffDoc>();
  collector.template Add<PrivacyDoc>();
  collector.template Add<ChecksDoc>();
}

}  // namespace pm
