// `pointsman run` as a worker that meets its end where a test says, or has other clocks and bounds;
// nothing of this is in `pointsman`:
//   pointsman_kafka_armed --config FILE FAULT...
// FAULT is one of
//   kill:STEP:NTH, stop:STEP:NTH   SIGKILL or SIGSTOP behind a numbered step of a commit, the NTH
//                                  time it comes there
//   kill:intake:STEP:NTH           the same of intake's commits; stop, too
//                                  (commit_step.h numbers them, also those of other transactions)
//   tick:STAGE                     SIGKILL behind the first commit in which timers of it fired
//   poison:TEXT                    SIGKILL at any message to a task with that text
//   due:TEXT                       SIGKILL at any timer that makes a message or an output with it
//   clock:MILLISECONDS             its clock is ahead by so much, or behind
//   answer:MILLISECONDS            the longest that it waits for a broker's answer
//   rows:COUNT                     within a tick it commits at so many rows
// It ends with SIGTERM, and reads its rules again with SIGHUP. It exits with 1 when it failed.
#include <fmt/format.h>

#include <atomic>
#include <charconv>
#include <csignal>
#include <iostream>

#include "app/commands/run_service.h"
#include "app/server/logging.h"
#include "app/server/signal_queue.h"
#include "net/signals.h"

namespace pm {
namespace {

struct Armed {
  int signal = 0;  // 0: none behind a step
  int64_t step = 0, nth = 1;
  bool of_intake = false;  // the step
  std::string poison, due, tick_of;
  Duration ahead;
  std::optional<Duration> answer;
  std::optional<size_t> rows;
};

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ':')
      words.emplace_back();
    else
      words.back() += c;
  }
  return words;
}

std::optional<int64_t> NumberOf(const std::string& word) {
  int64_t number = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
  return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

// False: there is no such fault.
bool Arm(std::string_view text, Armed* armed) {
  std::vector<std::string> words = Words(text);
  if (words.size() == 4 && words[1] == "intake") {
    armed->of_intake = true;
    words.erase(words.begin() + 1);
  }
  if (words.size() < 2) return false;
  const std::string& what = words[0];
  if (what == "tick") armed->tick_of = words[1];
  if (what == "poison") armed->poison = words[1];
  if (what == "due") armed->due = words[1];
  if (what == "tick" || what == "poison" || what == "due") return true;
  const std::optional<int64_t> number = NumberOf(words[1]);
  if (!number) return false;
  if (what == "kill" || what == "stop") {
    armed->signal = what == "stop" ? SIGSTOP : SIGKILL;
    armed->step = *number;
    armed->nth = words.size() == 3 ? NumberOf(words[2]).value_or(0) : 0;
    return armed->nth > 0;
  }
  if (what == "clock") armed->ahead = Duration{*number};
  if (what == "answer") armed->answer = Duration{*number};
  if (what == "rows") armed->rows = static_cast<size_t>(*number);
  return what == "clock" || what == "answer" || what == "rows";
}

class ClockAhead final : public Clock {
 public:
  explicit ClockAhead(Duration ahead) : ahead_(ahead) {}
  Instant Now() const override { return clock_.Now() + ahead_; }
  int64_t MeasureUs() const override { return clock_.MeasureUs(); }

 private:
  const SystemClock clock_;
  const Duration ahead_;
};

bool Has(const std::string& text, const std::string& part) {
  return !part.empty() && text.find(part) != std::string::npos;
}

bool Tells(const Effects& effects, const std::string& text) {
  const auto in_message = [&](const Message& one) { return Has(one.body, text); };
  const auto in_output = [&](const Output& one) { return Has(one.json, text); };
  return std::ranges::any_of(effects.messages, in_message) ||
         std::ranges::any_of(effects.outputs, in_output);
}

// Of the thread of the stages: in which tick a timer of `tick_of` fired since the last commit.
using Fired = std::shared_ptr<std::optional<std::string>>;

StageTable StagesOf(const Armed& armed, Fired fired) {
  StageTable stages = RealStages();
  stages.run = [armed, fired, run = stages.run](Stage stage, RowReader& rows, const Input& input,
                                                auto&&... more) {
    const auto* message = std::get_if<Message>(&input);
    if (message != nullptr && stage != Stage::kIntake && Has(message->body, armed.poison))
      std::raise(SIGKILL);
    Effects effects = run(stage, rows, input, std::forward<decltype(more)>(more)...);
    const auto* due = std::get_if<RowDue>(&input);
    if (due == nullptr) return effects;
    if (StageName(stage) == armed.tick_of) *fired = fmt::format("{}", due->tick_before.ms);
    if (Tells(effects, armed.due)) std::raise(SIGKILL);
    return effects;
  };
  return stages;
}

FailPoint FailPointOf(const Armed& armed, bool of_intake, Fired fired) {
  const int signal = of_intake == armed.of_intake ? armed.signal : 0;
  return [=, at = armed.step, left = armed.nth](CommitStep step) mutable -> Result<void> {
    if (!of_intake && *fired && step == CommitStep::kCommitted) {
      std::cerr << "dies in the tick behind " << **fired << "\n" << std::flush;
      std::raise(SIGKILL);
    }
    if (signal != 0 && static_cast<int64_t>(step) == at && --left == 0) std::raise(signal);
    return {};
  };
}

WorkerTrial TrialOf(const Armed& armed) {
  const auto fired = std::make_shared<std::optional<std::string>>();
  return {.stages = StagesOf(armed, fired),
          .clock = std::make_shared<ClockAhead>(armed.ahead),
          .change =
              [armed, fired](WorkerSettings* settings) {
                settings->fail_point = FailPointOf(armed, false, fired);
                settings->intake_fail_point = FailPointOf(armed, true, fired);
                settings->answer = armed.answer.value_or(settings->answer);
                settings->tick_rows = armed.rows.value_or(settings->tick_rows);
              },
          .rules_fail_point =
              FailPointOf(armed, false, std::make_shared<std::optional<std::string>>())};
}

int Complain(const Error& error) {
  std::cerr << error.text << "\n";
  return 1;
}

int Main(std::span<char*> words) {
  Armed armed;
  bool known = words.size() >= 4;
  for (const char* word : words.subspan(std::min<size_t>(words.size(), 3)))
    known = known && Arm(word, &armed);
  if (!known) {
    std::cerr << "usage: pointsman_kafka_armed --config FILE FAULT...; tests/kafka/armed.cc names "
                 "them\n";
    return 64;
  }
  StartLogging(false);
  Result<Config> config = ReadConfig(words[2]);
  if (!config) return Complain(config.error());
  const auto number = WorkerNumber("", *config->kafka);
  if (!number) return Complain(number.error());
  SignalQueue signals;
  std::atomic<int> exit_code = 0;
  const auto watch =
      SignalWatch::Start({SIGTERM, SIGHUP}, [&](int signal) { signals.Push(signal); });
  if (!watch) return Complain(watch.error());
  const auto service = MakeWorkerService(
      *std::move(config), *number,
      [&](const Error& error) {
        exit_code = Complain(error);
        signals.Push(0);
      },
      TrialOf(armed));
  if (const Result<void> started = service->Start(); !started) return Complain(started.error());
  std::cout << "listening on http://" << service->address() << "\n" << std::flush;
  while (signals.Next() == SIGHUP) service->Reload();
  service->Stop();
  return exit_code;
}

}  // namespace
}  // namespace pm

int main(int argc, char** argv) { return pm::Main(std::span(argv, static_cast<size_t>(argc))); }
