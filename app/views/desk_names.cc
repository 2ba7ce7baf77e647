#include "app/views/desk_names.h"

#include "engine/stages/desk/records/shadow_keys.h"

namespace pm {

NamedDesk NameDesk(const RuleBook& rules, uint32_t rows_hash) {
  for (const std::string& name : rules.Desks()) {
    for (const Mode mode : {Mode::kLive, Mode::kShadow}) {
      if (DeskRowsHash(name, mode) == rows_hash) return {name, mode == Mode::kShadow};
    }
  }
  return {};
}

}  // namespace pm
