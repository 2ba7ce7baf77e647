#include "app/commands/lead_source.h"
#include "app/views/explanation.h"

namespace pm {

int RunExplain(const Arguments& arguments, Streams& streams) {
  const bool json = arguments.Has("json");
  return ShowLead(arguments, streams, "/explain",
                  [json](const StoreView& store, LeadId id,
                         std::shared_ptr<const RuleBook> rules) -> Result<std::string> {
                    const BookProvider books = [&](ContentHash version) {
                      return version == rules->version() ? rules
                                                         : std::shared_ptr<const RuleBook>();
                    };
                    PM_TRY(const Explanation explanation, ExplainLead(store, id, *rules, books));
                    return json ? ToJson(explanation) : ToText(explanation);
                  });
}

}  // namespace pm
