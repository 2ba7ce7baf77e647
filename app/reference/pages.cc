#include "app/reference/pages.h"

#include "app/reference/rule_kinds.h"
#include "app/server/config.h"
#include "app/server/metrics_catalogue.h"
#include "base/text/describe_docs.h"

namespace pm {

std::vector<ReferencePage> ReferencePages() {
  return {{"checks.md", ChecksPage()},
          {"configuration.md", ConfigurationPage()},
          {"events.md", EventsPage()},
          {"metrics.md", MetricsPage()},
          {"rules.md", RulesPage()}};
}

std::string RulesPage() {
  ReferenceDocs docs;
  AddRuleKinds(docs);
  return "# The keys of the rules\n\n"
         "A rule folder is YAML: several documents a file, told apart by `kind:`, which names one "
         "of fields, lists, identity,\nscreening, scoring, lifecycle, routing, team, calendars, "
         "sla, cadence, handoff, privacy and checks. Unknown, duplicate and merge keys\nare "
         "errors, and a "
         "key without a value is one. What has no effect yet is read and checked, and `rules "
         "check` warns of it.\nHow to begin, and how to do what you want: [the "
         "guide](../rules/README.md).\nA whole company is in "
         "[inbound-saas](../../rules/packs/inbound-saas); "
         "`pointsman rules check DIR`\nsays what is wrong with yours. Names in `<angle brackets>` "
         "are yours to choose. How a condition\nis written: [conditions](conditions.md). Made by "
         "`pointsman docs`.\n\n" +
         docs.Markdown();
}

std::string ConfigurationPage() {
  ReferenceDocs docs;
  docs.Add<Config>();
  return "# The configuration of `pointsman run`\n\n"
         "`--config FILE`, YAML; `data` and `rules` suffice. Relative paths are taken from the "
         "file's folder.\n[deploy/pointsman.yaml](../../deploy/pointsman.yaml) has every key with "
         "its default. Made by `pointsman docs`.\n\n" +
         docs.Markdown();
}

}  // namespace pm
