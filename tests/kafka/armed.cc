// `pointsman run` as a worker that meets its end where a test says; nothing of this is in
// `pointsman`:
//   pointsman_kafka_armed --config FILE FAULT
// FAULT is `kill:STEP:NTH` or `stop:STEP:NTH`: it gets SIGKILL or SIGSTOP behind a numbered step of
// a commit, the NTH time it comes there; or `poison:TEXT`: SIGKILL at any message to a task with
// that text. It ends with SIGTERM.
#include <charconv>
#include <csignal>
#include <iostream>

#include "app/commands/run_service.h"
#include "app/server/logging.h"
#include "app/server/signal_queue.h"
#include "net/signals.h"

namespace pm {
namespace {

struct Fault {
  int signal = SIGKILL;
  int step = 0;
  int nth = 1;
  std::string poison;
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

std::optional<Fault> FaultOf(std::string_view text) {
  const std::vector<std::string> words = Words(text);
  if (words.size() == 2 && words[0] == "poison") return Fault{.poison = words[1]};
  if (words.size() != 3 || (words[0] != "kill" && words[0] != "stop")) return std::nullopt;
  Fault fault{.signal = words[0] == "kill" ? SIGKILL : SIGSTOP, .poison = {}};
  const auto read = [](const std::string& word, int* out) {
    return std::from_chars(word.data(), word.data() + word.size(), *out).ec == std::errc();
  };
  if (!read(words[1], &fault.step) || !read(words[2], &fault.nth)) return std::nullopt;
  return fault;
}

FailPoint FailPointOf(const Fault& fault) {
  return [fault, left = fault.nth](CommitStep step) mutable -> Result<void> {
    if (static_cast<int>(step) == fault.step && --left == 0) std::raise(fault.signal);
    return {};
  };
}

StageTable Poisoned(const std::string& text) {
  StageTable stages = RealStages();
  if (text.empty()) return stages;
  stages.run = [text, run = stages.run](Stage stage, RowReader& rows, const Input& input,
                                        auto&&... more) {
    const auto* message = std::get_if<Message>(&input);
    const bool kills = stage != Stage::kIntake && message != nullptr &&
                       message->body.find(text) != std::string::npos;
    if (kills) std::raise(SIGKILL);
    return run(stage, rows, input, std::forward<decltype(more)>(more)...);
  };
  return stages;
}

int Complain(const Error& error) {
  std::cerr << error.text << "\n";
  return 1;
}

int Main(std::span<char*> words) {
  const auto fault = words.size() == 4 ? FaultOf(words[3]) : std::nullopt;
  if (!fault) {
    std::cerr << "usage: pointsman_kafka_armed --config FILE kill|stop:STEP:NTH or poison:TEXT\n";
    return 64;
  }
  StartLogging(false);
  Result<Config> config = ReadConfig(words[2]);
  if (!config) return Complain(config.error());
  const auto number = WorkerNumber("", *config->kafka);
  if (!number) return Complain(number.error());
  SignalQueue signals;
  const auto watch = SignalWatch::Start({SIGTERM}, [&](int signal) { signals.Push(signal); });
  if (!watch) return Complain(watch.error());
  const auto service = MakeWorkerService(
      *std::move(config), *number, [&](const Error& error) { signals.Push(Complain(error)); },
      Poisoned(fault->poison), FailPointOf(*fault));
  if (const Result<void> started = service->Start(); !started) return Complain(started.error());
  std::cout << "listening on http://" << service->address() << "\n" << std::flush;
  signals.Next();
  service->Stop();
  return 0;
}

}  // namespace
}  // namespace pm

int main(int argc, char** argv) { return pm::Main(std::span(argv, static_cast<size_t>(argc))); }
