#include "tests/fuzz/targets.h"
#include "tests/support/cel_any_text.h"

namespace pm::fuzz {

void FeedCel(std::string_view bytes) {
  const auto missing = static_cast<uint32_t>(bytes.size() % 3 == 0 ? bytes.size() : 0);
  const std::vector<cel::Bound> facts = cel::FactsForAnyText(missing);
  for (const bool check : {true, false}) {
    bool is_program = false;
    const std::string fault = cel::FaultOfAnswer(bytes, facts, check, &is_program);
    if (!fault.empty()) fmt::print(stderr, "{}\n", fault);
    PM_CHECK(fault.empty());
  }
}

std::vector<std::string> CelSeeds() { return {std::begin(cel::kSeeds), std::end(cel::kSeeds)}; }

}  // namespace pm::fuzz
