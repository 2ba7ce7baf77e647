// The body of POST /v1/rules. Pure.
#pragma once
#include <string>
#include <string_view>

#include "app/server/rule_publisher.h"

namespace pm {

inline constexpr int kBadRulesOrder = 656;

// {"files": [{"path", "text"}]} or {"version"}, with "expect", "by", "message" and
// "propagate" where wanted.
// PM0656 for anything else, also a path twice or one that leads out of the folder.
Result<PublishOrder> ReadPublishOrder(std::string_view body);

}  // namespace pm
