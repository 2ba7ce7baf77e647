#include "app/views/desk_names.h"

#include "engine/stages/desk/records/keys.h"

namespace pm {

std::string NameDesk(const RuleBook& rules, uint32_t hash) {
  for (std::string& name : rules.Desks()) {
    if (DeskHash(name) == hash) return std::move(name);
  }
  return {};
}

}  // namespace pm
