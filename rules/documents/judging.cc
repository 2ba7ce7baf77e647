#include "rules/documents/judging.h"

#include <algorithm>

namespace pm {
namespace {

constexpr int kEither = 204;

}  // namespace

void ScreeningRuleDoc::Check(const YamlNode& node, Diagnostics& out) const {
  if (as.empty() && !hold_for_review) {
    out.Error(kEither, PlaceOf(node), "a screening rule needs `as` or `hold_for_review`");
  }
}

void BandsDoc::Check(const YamlNode&, Diagnostics& out) const {
  if (from.empty()) out.Error(kEither, of.place, "`bands` without any band");
}

void FitRuleDoc::Check(const YamlNode& node, Diagnostics& out) const {
  if (points.has_value() == bands.has_value()) {
    out.Error(kEither, PlaceOf(node), "a fit rule needs either `points` or `bands`");
  }
}

void EngagementDoc::Check(const YamlNode& node, Diagnostics& out) const {
  if (half_life && window) {
    out.Error(kEither, window->place, "either `half_life` or `window`, not both");
  } else if (!rules.empty() && !half_life && !window) {
    out.Error(kEither, PlaceOf(node), "engagement fades: it needs `half_life` or `window`");
  }
  for (const auto& length : {half_life, window}) {
    if (length && length->value < Hours(1)) {
      out.Error(216, length->place, "engagement lasts for an hour or longer");
    }
  }
}

void RepeatDoc::Check(const YamlNode&, Diagnostics& out) const {
  if (to && action != RepeatAction::kReopen) {
    out.Error(kEither, to->place, "`to` goes with `do: reopen`");
  }
}

void GateDoc::Check(const YamlNode& node, Diagnostics& out) const {
  if (of.empty()) out.Error(kEither, PlaceOf(node), "a gate without a criterion");
  for (auto one = of.begin(); one != of.end(); ++one) {
    const auto before =
        std::find_if(of.begin(), one, [&](const auto& other) { return other.value == one->value; });
    if (before != one) out.Error(222, one->place, "'" + one->value + "' stands twice in the gate");
  }
  if (at_least && at_least->value > static_cast<int64_t>(of.size())) {
    out.Error(216, at_least->place, "more than there are criteria: the gate never opens");
  }
}

void LifecycleDoc::Check(const YamlNode& node, Diagnostics& out) const {
  const YamlNode* routing = node.Find("route_when");
  if (routing != nullptr && routing->kind == YamlNode::Kind::kSequence && routing->items.empty()) {
    out.Error(kEither, PlaceOf(*routing), "`route_when` without any: nothing would route a lead",
              "leave it out for hand_raise and mql");
  }
  WarnLaterKey(node, "gates", "stages after mql are reached by what people do", out);
}

}  // namespace pm
