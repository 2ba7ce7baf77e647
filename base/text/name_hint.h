// What name of several parts, such as `lead.country`, was probably meant by one that is none. Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace pm {

// Those of other beginnings that end alike, at most three: "did you mean 'lead.country' or
// 'account.country'?" for `country`; else as DidYouMean. ASCII case does not count.
std::string DidYouMeanName(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace pm
