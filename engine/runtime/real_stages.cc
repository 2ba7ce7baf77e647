// Apart from task.cc, so that tests with stages of their own do not link these.
#include "engine/runtime/task.h"

namespace pm {

StageTable RealStages() { return {&Run, &StageOfRow, {}}; }

}  // namespace pm
