#include "rules/documents/handoff.h"

namespace pm {

void HandoffDoc::Check(const YamlNode& node, Diagnostics& out) const {
  WarnLater(PlaceOf(*node.Find("kind")), "handoff", "a booked meeting meets the SLA as it is", out);
}

}  // namespace pm
