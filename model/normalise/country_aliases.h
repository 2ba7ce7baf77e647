// Other names of countries than ICU's, as `CODE|name|name`; read once by country.cc.
#pragma once
#include <span>
#include <string_view>

namespace pm {

std::span<const std::string_view> CountryAliases();

}  // namespace pm
