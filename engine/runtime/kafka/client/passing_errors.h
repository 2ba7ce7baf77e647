// What is tried again, for people: nothing is lost by it, but they are to know what it is and how
// long it has gone on. One thread.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/runtime/clock.h"

namespace pm {

class PassingErrors {
 public:
  using Say = std::function<void(std::string_view line)>;
  // A line for each cause once it has gone on for `from` (none: at once), and then every ten
  // seconds. A cause that came no more for `over` is over. The clock outlives it; `say` may be
  // empty.
  PassingErrors(Say say, const Clock& clock, Duration from = Seconds(2), Duration over = Minutes(1))
      : say_(std::move(say)), clock_(clock), from_(from), over_(over) {}

  // It came once more, at the end of a call that took so long. `text` begins with what was tried,
  // and a colon. Texts that differ in parentheses alone, or behind them, are of one cause.
  void Note(std::string_view text, Duration took = {});
  // This was done at last.
  void Over(std::string_view what);
  void AllOver() { causes_.clear(); }
  bool empty() const { return causes_.empty(); }

  struct Longest {
    std::string text;  // as it came last
    Duration time;     // since it came first
  };
  std::optional<Longest> longest() const;

 private:
  struct Cause {
    std::string text;
    Duration since, last;  // as the clock measures
    std::optional<Duration> said;
    uint64_t times = 0;
  };
  void ForgetOld(Duration now);

  const Say say_;
  const Clock& clock_;
  const Duration from_, over_;
  std::map<std::string, Cause, std::less<>> causes_;
};

}  // namespace pm
