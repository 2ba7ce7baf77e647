// `pointsman_bench`: measurements beside what they are compared with. See `--help` and
// docs/PERFORMANCE.md.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/benchmark/figures.h"
#include "tests/benchmark/kafka/parts.h"
#include "tests/benchmark/rules.h"

namespace {

constexpr char kUsage[] =
    "usage: pointsman_bench [engine|rules|kafka] [--part PART] [--json FILE] [--quick]\n"
    "                       [--leads N] [--seed N] [--workers N] [--dir DIR] [--peers DIR]\n"
    "  --part    only this part: rate, latency, many of `engine`; rate, records, streams, "
    "latency,\n"
    "            restore, failover, idle of `kafka`\n"
    "  --json    an array of figures: name, value, unit, against, ratio, wanted\n"
    "  --quick   small sizes: the program is tried, nothing is measured\n"
    "  --leads   of the large directory (1000000); the rate takes a 25th of them\n"
    "  --workers that share the rates of `kafka` (1)\n"
    "  --dir     a folder on the disk to measure (a temporary one)\n"
    "  --peers   of `rules`: other rule engines to run beside (../shared/peers/rules); of `kafka`: "
    "Kafka Streams (../shared/peers/streams)\n"
    "Exit 0, or 1 when a ratio is below what is wanted (never with --quick).\n";

struct Options {
  pm::bench::Plan plan;
  std::string part, json;
  std::string child;  // see RunChild
  bool help = false;
  bool of_rules = false, of_kafka = false;  // the group, else `engine`
};

bool Parse(int argc, char** argv, Options* options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "engine") continue;
    if (name == "rules") {
      options->of_rules = true;
      continue;
    }
    if (name == "kafka") {
      options->of_kafka = true;
      continue;
    }
    if (name == "--help" || name == "help") return options->help = true;
    if (name == "--quick") {
      options->plan.quick = true;
      options->plan.many_leads = 5'000;
      continue;
    }
    if (i + 1 == argc) return false;
    const std::string value = argv[++i];
    if (name == "--part") {
      options->part = value;
    } else if (name == "--json") {
      options->json = value;
    } else if (name == "--seed") {
      options->plan.seed = std::strtoull(value.c_str(), nullptr, 10);
    } else if (name == "--workers") {
      options->plan.workers = std::max(1, std::atoi(value.c_str()));
    } else if (name == "--dir") {
      options->plan.directory = value;
    } else if (name == "--peers") {
      options->plan.peers = value;
    } else if (name == "--child") {
      options->child = value;
    } else if (name == "--leads") {
      options->plan.many_leads = std::strtoll(value.c_str(), nullptr, 10);
    } else {
      return false;
    }
  }
  if (options->of_kafka) return options->part.empty() || pm::bench::IsKafkaPart(options->part);
  return options->part.empty() || options->part == "rate" || options->part == "latency" ||
         options->part == "many";
}

// A folder of our own in `--dir` or the temporary directory; gone at the end.
class Folder {
 public:
  explicit Folder(std::string below) {
    if (below.empty()) below = std::filesystem::temp_directory_path().string();
    path_ = below + "/pointsman-bench-XXXXXX";
    PM_CHECK(mkdtemp(path_.data()) != nullptr);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

int Run(Options options) {
  pm::bench::Plan& plan = options.plan;
  if (options.of_kafka && !options.child.empty())
    return pm::bench::RunKafkaChild(options.child, plan.directory);
  plan.source = pm::bench::SourceFolder();
  if (plan.peers.empty())
    plan.peers = plan.source + "/../shared/peers/" + (options.of_kafka ? "streams" : "rules");
  if (!options.of_rules && !options.of_kafka) plan.rules = pm::bench::BenchRules();
  if (!options.child.empty()) return RunChild(plan, options.child, plan.many_leads);
  const Folder folder(plan.directory);
  plan.directory = folder.path();
  pm::bench::Figures figures;
  const auto wanted = [&](std::string_view part) {
    return !options.of_rules && !options.of_kafka && (options.part.empty() || options.part == part);
  };
  if (options.of_kafka) MeasureKafka(plan, options.part, &figures);
  if (options.of_rules) {
    MeasureMatching(plan, &figures);
    MeasureChecking(&figures);
  }
  if (wanted("rate")) MeasureRate(plan, &figures);
  if (wanted("latency")) MeasureLatency(plan, &figures);
  if (wanted("many")) MeasureMany(plan, &figures);
  fmt::print("{}", figures.Table());
  if (!options.json.empty()) {
    std::ofstream file(options.json);
    file << figures.Json();
    if (!file.flush()) {
      fmt::print(stderr, "pointsman_bench: cannot write {}\n", options.json);
      return 73;
    }
  }
  return figures.reached() || plan.quick ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!Parse(argc, argv, &options)) {
    fmt::print(stderr, "{}", kUsage);
    return 64;
  }
  if (options.help) {
    fmt::print("{}", kUsage);
    return 0;
  }
  return Run(std::move(options));
}
