#include "engine/runtime/generation.h"

#include <fmt/format.h>

namespace pm {

Generation ReadGeneration(const StoreView& store) {
  Generation generation;
  const std::optional<std::string> bytes = store.Meta(kGenerationName);
  if (bytes && !Decode(*bytes, &generation)) StorageFailed("the mark of reshape is damaged");
  return generation;
}

Result<void> CheckMayWork(const Generation& generation) {
  if (generation.half_made)
    return Fail(kHalfMade, fmt::format("the state is still on its way here from {}: reshape has "
                                       "not come to its end",
                                       generation.came_from));
  if (!generation.gone_to.empty())
    return Fail(kStateGone, fmt::format("the state has gone to {}", generation.gone_to));
  return {};
}

}  // namespace pm
