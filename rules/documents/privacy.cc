#include "rules/documents/privacy.h"

namespace pm {
namespace {

constexpr int kEither = 204, kRange = 216;

}  // namespace

void ConsentDoc::Check(const YamlNode& node, Diagnostics& out) const {
  if (!all && !email && !call && !linkedin && !sms) {
    out.Error(kEither, PlaceOf(node), "no channel is named");
  }
}

void PrivacyDoc::Check(const YamlNode& node, Diagnostics& out) const {
  if (keep_events && (keep_events->value > Days(30) || keep_events->value < Hours(1))) {
    out.Error(kRange, keep_events->place, "events with personal fields are kept for 1h to 30d");
  }
  WarnLater(PlaceOf(*node.Find("kind")), "privacy",
            "what people say and suppressions hold without it", out);
}

}  // namespace pm
