#include "app/commands/lead_source.h"
#include "app/views/explanation.h"

namespace pm {

int RunExplain(const Arguments& arguments, Streams& streams) {
  const bool json = arguments.Has("json");
  return ShowLead(arguments, streams, "/explain",
                  [json](const StoreView& store, LeadId id, const RuleBook& rules,
                         const BookProvider& books) -> Result<std::string> {
                    PM_TRY(const Explanation explanation, ExplainLead(store, id, rules, books));
                    return json ? ToJson(explanation) : ToText(explanation);
                  });
}

}  // namespace pm
