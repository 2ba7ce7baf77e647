#include "app/commands/lead_source.h"
#include "app/views/lead_view.h"

namespace pm {

int RunLeadShow(const Arguments& arguments, Streams& streams) {
  const bool json = arguments.Has("json");
  return ShowLead(arguments, streams, "",
                  [json](const StoreView& store, LeadId id, const RuleBook& rules,
                         const BookProvider&) -> Result<std::string> {
                    PM_TRY(const LeadView view, ViewLead(store, id, rules));
                    return json ? ToJson(view) : ToText(view);
                  });
}

}  // namespace pm
