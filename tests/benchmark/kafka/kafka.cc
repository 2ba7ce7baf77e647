// The run of `pointsman_bench kafka`: a broker, and the parts one after the other.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/benchmark/kafka/chain.h"
#include "tests/benchmark/kafka/parts.h"
#include "tests/benchmark/kafka/process.h"
#include "tests/benchmark/kafka/product.h"

namespace pm::bench {

namespace {

struct Part {
  std::string_view name;
  Result<void> (*measure)(const KafkaPlan&, Figures*);
};
constexpr Part kParts[] = {{"rate", MeasureKafkaRate},       {"records", MeasureKafkaRecords},
                           {"streams", MeasureKafkaStreams}, {"latency", MeasureKafkaLatency},
                           {"restore", MeasureKafkaRestore}, {"failover", MeasureKafkaFailOver},
                           {"idle", MeasureKafkaIdle}};
constexpr std::chrono::seconds kMostAPart(2400);

KafkaPlan PlanIn(const std::string& directory, const Words& words) {
  KafkaPlan plan;
  plan.directory = directory;
  plan.address = words.at("address");
  plan.broker = static_cast<pid_t>(NumberOf(words, "broker"));
  plan.results = words.at("results");
  plan.source = words.at("source");
  plan.peers = words.at("peers");
  plan.quick = NumberOf(words, "quick") != 0;
  plan.leads = NumberOf(words, "leads");
  plan.many_leads = NumberOf(words, "many_leads");
  plan.workers = static_cast<int>(NumberOf(words, "workers"));
  return plan;
}

// A figure a line, its members apart by tabs; an absent number is `-`.
std::string LineOf(const Figure& figure) {
  const auto number = [](std::optional<double> value) {
    return value ? fmt::format("{}", *value) : std::string("-");
  };
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", figure.name, figure.value, figure.unit,
                     figure.against, number(figure.ratio), number(figure.wanted));
}

Figure FigureIn(const std::string& line) {
  std::istringstream in(line);
  std::string fields[6];
  for (std::string& field : fields) std::getline(in, field, '\t');
  const auto number = [](const std::string& text) {
    return text == "-" ? std::nullopt : std::optional(std::strtod(text.c_str(), nullptr));
  };
  return {fields[0],         std::strtod(fields[1].c_str(), nullptr),
          fields[2],         fields[3],
          number(fields[4]), number(fields[5])};
}

void TakeFigures(const std::string& path, Figures* figures) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) figures->Add(FigureIn(line));
}

// A row of what could not be measured; it counts as not reached.
void AddFailure(std::string_view part, std::string why, Figures* figures) {
  std::ranges::replace(why, '\n', ' ');
  figures->Add({fmt::format("{}: did not run to its end", part), 0, "", why, 0.0, 1.0});
}

void RunPart(const Part& part, const Words& words, const std::string& directory, Figures* figures) {
  const std::string own = fmt::format("{}/{}", directory, part.name);
  fmt::print(stderr, "-- {}\n", part.name);
  Child child(std::string(part.name), own, words);
  const Result<void> ended = child.Wait(kMostAPart);
  TakeFigures(own + "/figures", figures);
  if (!ended) AddFailure(part.name, ended.error().text, figures);
}

}  // namespace

bool IsKafkaPart(std::string_view part) {
  return std::ranges::any_of(kParts, [&](const Part& one) { return one.name == part; });
}

void MeasureKafka(const Plan& plan, const std::string& part, Figures* figures) {
  const auto broker = Broker::Start(plan.source, plan.directory);
  if (!broker) return AddFailure("kafka", broker.error().text, figures);
  const Words words{{"address", (*broker)->address()},
                    {"broker", fmt::format("{}", (*broker)->pid())},
                    {"results", plan.directory},
                    {"source", plan.source},
                    {"peers", plan.peers},
                    {"quick", plan.quick ? "1" : "0"},
                    {"leads", fmt::format("{}", std::max<int64_t>(1000, plan.many_leads / 10))},
                    {"many_leads", fmt::format("{}", plan.many_leads)},
                    {"workers", fmt::format("{}", plan.workers)}};
  for (const Part& one : kParts) {
    // The rates are what the latency is measured at.
    const bool is_base = part == "latency" && one.name == "rate";
    if (part.empty() || part == one.name || is_base) RunPart(one, words, plan.directory, figures);
  }
}

int RunKafkaChild(const std::string& part, const std::string& directory) {
  if (part == "product") return RunProduct(directory);
  if (part == "chain") return RunChain(directory);
  if (part == "load") return RunLoad(directory);
  for (const Part& one : kParts) {
    if (one.name != part) continue;
    const KafkaPlan plan =
        PlanIn(directory, ReadWords(fmt::format("{}/{}.words", directory, part)));
    std::ofstream file(directory + "/figures");
    Figures figures([&](const Figure& figure) { file << LineOf(figure) << std::flush; });
    const Result<void> measured = one.measure(plan, &figures);
    if (!measured) fmt::print(stderr, "{}\n", measured.error().text);
    return measured ? 0 : 1;
  }
  return 64;
}

}  // namespace pm::bench
