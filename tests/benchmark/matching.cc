// Matching rules: a first-match decision over 100 to 100,000 rules, one condition, loading; beside
// other rule engines where they are installed.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "rules/compile/compile.h"
#include "tests/benchmark/figures.h"
#include "tests/benchmark/rule_sets.h"

namespace pm::bench {
namespace {

constexpr int kCompared = 10'000;  // rules at which others are measured too

std::shared_ptr<const RuleBook> Load(const std::vector<RuleFile>& files,
                                     double* seconds = nullptr) {
  const Stopwatch watch;
  const CompileResult result = Compile(files);
  if (seconds != nullptr) *seconds = watch.cpu();
  if (!result.ok()) fmt::print(stderr, "{}\n", result.diagnostics.Render().substr(0, 2000));
  PM_CHECK(result.ok());
  return result.book;
}

std::string_view Decide(const RuleBook& book, const SetLead& lead) {
  const FactSheet sheet = FactsOf(book, lead);
  const Route* route = Holding(book.routing.routes, book.routing.index, sheet.facts()).Next();
  return route == nullptr ? std::string_view() : route->name;
}

// Microseconds of CPU for a decision over the set's leads, from their strings; the best of some
// rounds.
double MicrosADecision(const RuleBook& book, const RuleSet& set, double seconds) {
  double best = 1e9;
  size_t bytes = 0;
  for (int round = 0; round < 5; ++round) {
    size_t decisions = 0;
    const Stopwatch watch;
    do {
      for (const SetLead& lead : set.leads) bytes += Decide(book, lead).size();
      decisions += set.leads.size();
    } while (watch.cpu() < seconds / 5);
    best = std::min(best, watch.cpu() / static_cast<double>(decisions) * 1e6);
  }
  PM_CHECK(bytes > 0);
  return best;
}

size_t CountWrong(const RuleBook& book, const RuleSet& set) {
  size_t wrong = 0;
  for (size_t i = 0; i < set.expected.size(); ++i) {
    if (Decide(book, set.leads[i]) != set.expected[i]) ++wrong;
  }
  return wrong;
}

double NanosOfOneCondition(const Plan& plan) {
  const RuleSet one = OneCondition();
  const auto book = Load(one.files);
  const FactSheet sheet = FactsOf(*book, one.leads[0]);
  const Condition& condition = book->routing.routes[0].when;
  const int64_t times = plan.quick ? 1'000 : 5'000'000;
  double best = 1e9;
  for (int round = 0; round < 3; ++round) {
    const Stopwatch watch;
    for (int64_t i = 0; i < times; ++i) PM_CHECK(condition.Holds(sheet.facts()));
    best = std::min(best, watch.cpu() / static_cast<double>(times) * 1e9);
  }
  return best;
}

// What other engines were seen to take, by name: microseconds a lead, or nanoseconds a condition.
// Prepared and run by a script that says one line a peer: NAME NUMBER, or NAME and why it is
// absent.
std::map<std::string, double> MeasurePeers(const Plan& plan, const std::string& sets) {
  std::map<std::string, double> measured;
  if (plan.quick) return measured;
  const std::string script = plan.source + "/tests/benchmark/rule_peers.sh";
  const std::string command = fmt::format("'{}' '{}' '{}' '{}' {}", script, plan.peers,
                                          plan.directory + "/peers", sets, kCompared);
  FILE* pipe = popen(command.c_str(), "r");
  PM_CHECK(pipe != nullptr);
  char line[256];
  while (fgets(line, sizeof line, pipe) != nullptr) {
    const std::string text(line);
    const size_t space = text.find(' ');
    char* end = nullptr;
    const double number = std::strtod(text.c_str() + space, &end);
    if (number > 0) {
      measured[text.substr(0, space)] = number;
    } else {
      fmt::print(stderr, "absent: {}", text);
    }
  }
  pclose(pipe);
  return measured;
}

void AddPeers(const std::map<std::string, double>& peers, double decision, double condition,
              Figures* figures) {
  std::pair<std::string, double> fastest;
  for (const auto& [name, micros] : peers) {
    if (name == "one") continue;
    figures->Add(
        {fmt::format("decision over {} rules: {}", kCompared, name), micros, "us", "", {}, {}});
    if (fastest.second == 0 || micros < fastest.second) fastest = {name, micros};
  }
  if (fastest.second > 0) {
    figures->Add({fmt::format("decision over {} rules, rate", kCompared), 1 / decision, "M/s",
                  fmt::format("{}, {:.1f} us", fastest.first, fastest.second),
                  fastest.second / decision, 1000});
  }
  const auto one = peers.find("one");
  figures->Add({"one condition", condition, "ns",
                one == peers.end() ? "" : fmt::format("cel-go, {:.0f} ns", one->second),
                one == peers.end() ? std::optional<double>() : one->second / condition,
                one == peers.end() ? std::optional<double>() : 5});
}

void MeasureLoading(const Plan& plan, Figures* figures) {
  const int rows = plan.quick ? 1'000 : 100'000;
  std::shared_ptr<const RuleBook> book;
  double best = 1e9;
  for (int round = 0; round < plan.rounds(); ++round) {
    double seconds = 0;
    book = Load(TableFolder(rows), &seconds);
    best = std::min(best, seconds);
  }
  figures->Add({fmt::format("loading {} table rows", rows), best, "s", "2 s", 2 / best, 1});
  MeasureSwitch(plan, book, Load(TableFolder(rows + 2)), figures);
}

}  // namespace

void MeasureMatching(const Plan& plan, Figures* figures) {
  const std::vector<int> sizes =
      plan.quick ? std::vector<int>{100, 1'000} : std::vector<int>{100, 1'000, kCompared, 100'000};
  const std::string sets = plan.directory + "/sets";
  if (!Generate(plan.peers, sets, sizes)) {
    fmt::print(stderr, "absent: {}/gen.py, which makes the rule sets\n", plan.peers);
    return;
  }
  std::map<int, double> micros;
  for (const int size : sizes) {
    const RuleSet set = ReadRuleSet(sets, size);
    double seconds = 0;
    const auto book = Load(set.files, &seconds);
    const size_t wrong = CountWrong(*book, set);
    PM_CHECK(wrong == 0);
    micros[size] = MicrosADecision(*book, set, plan.quick ? 0.01 : 3);
    const bool last = size == sizes.back();
    figures->Add({fmt::format("decision over {} rules", size), micros[size], "us",
                  last ? "100 rules" : "",
                  last ? micros[100] / micros[size] : std::optional<double>(),
                  last ? 0.25 : std::optional<double>()});
    figures->Add({fmt::format("loading {} routes", size), seconds, "s", "", {}, {}});
    figures->Add({fmt::format("index of {} rules", size),
                  static_cast<double>(book->routing.index.bytes()) / size,
                  "bytes/rule",
                  "",
                  {},
                  {}});
  }
  const double condition = NanosOfOneCondition(plan);
  AddPeers(MeasurePeers(plan, sets), micros[plan.quick ? 1'000 : kCompared], condition, figures);
  MeasureLoading(plan, figures);
}

}  // namespace pm::bench
