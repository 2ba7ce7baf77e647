// Values as people read them, in traces and diagnostics.
#pragma once
#include <string>
#include <string_view>

#include "model/field_block.h"

namespace pm {

// `missing`, `true`, `200 people`, `0.5`, `acme`, `[a, b]`, an RFC 3339 instant, `1h30m`. Texts are
// cut after 80 bytes.
std::string ValueText(const Value& value, std::string_view unit = {});

// 10^-6 units as the shortest decimal: `1.5`, `-0.000001`, `200`.
std::string DecimalText(int64_t micros);

}  // namespace pm
