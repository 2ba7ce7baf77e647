// Apart from task.cc, so that tests with stages of their own do not link these.
#include "engine/runtime/task.h"
#include "engine/stages/fallback.h"

namespace pm {

StageTable RealStages() {
  return {&Run, &StageOfRow, &RunFallback, {Stage::kDesk}, RealStateRows()};
}

}  // namespace pm
