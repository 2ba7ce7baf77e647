// `pointsman_fuzz`: feeds targets without libFuzzer, so that every build can.
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/fuzz/mutate.h"
#include "tests/fuzz/targets.h"

namespace {

using pm::fuzz::Mutator;
using pm::fuzz::Target;

constexpr char kUsage[] =
    "usage: pointsman_fuzz TARGET [--runs N] [--from SEED] [--fault FILE] [FILE...]\n"
    "       pointsman_fuzz TARGET --seeds DIR   writes the seeds, a file each\n"
    "       pointsman_fuzz TARGET --words       prints a dictionary for libFuzzer\n"
    "Feeds the target its seeds, the files, and N seeded mutations. Exit 0, or 1 when a text took "
    "too\n"
    "long; a crash or hang leaves its text in the fault file. Run in the repository's folder.\n";
constexpr int kMostSeconds = 10;                 // of CPU, for one text
constexpr unsigned kHangSeconds = 60;            // by the clock
constexpr rlim_t kMostMemory = rlim_t{3} << 30;  // address space, unless a sanitizer needs more

struct Options {
  const Target* target = nullptr;
  uint64_t runs = 0, from = 0;
  std::string fault, seeds;
  bool words = false;
  std::vector<std::string> files;
};

bool Parse(int argc, char** argv, Options* options) {
  for (const Target& target : pm::fuzz::kTargets) {
    if (argc > 1 && target.name == argv[1]) options->target = &target;
  }
  for (int i = 2; i < argc; ++i) {
    const std::string_view name = argv[i];
    const auto number = [&] { return std::strtoull(argv[i], nullptr, 10); };
    if (name == "--words") {
      options->words = true;
    } else if (!name.starts_with("--")) {
      options->files.emplace_back(name);
    } else if (++i == argc) {
      return false;
    } else if (name == "--runs") {
      options->runs = number();
    } else if (name == "--from") {
      options->from = number();
    } else if (name == "--fault") {
      options->fault = argv[i];
    } else if (name == "--seeds") {
      options->seeds = argv[i];
    } else {
      return false;
    }
  }
  return options->target != nullptr;
}

std::string ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  PM_CHECK(file.good());
  return std::move(text).str();
}

// The text being fed, for whoever looks into a crash.
std::string fed;
std::string fault_path;

extern "C" void KeepFault(int signal_number) {
  if (FILE* file = fault_path.empty() ? nullptr : std::fopen(fault_path.c_str(), "wb")) {
    std::fwrite(fed.data(), 1, fed.size(), file);
    std::fclose(file);
  }
  std::signal(signal_number, SIG_DFL);
  std::raise(signal_number);
}

void BoundTheProcess() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const rlimit most = {kMostMemory, kMostMemory};
  PM_CHECK(setrlimit(RLIMIT_AS, &most) == 0);
#endif
  for (const int one : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGALRM}) std::signal(one, KeepFault);
}

class Feeder {
 public:
  explicit Feeder(const Target& target) : target_(target) {}

  void Feed(std::string text, const std::string& name) {
    fed = std::move(text);
    alarm(kHangSeconds);
    const std::clock_t began = std::clock();
    target_.feed(fed);
    const auto seconds = (std::clock() - began) / CLOCKS_PER_SEC;
    alarm(0);
    ++count_;
    if (seconds < kMostSeconds) return;
    ++slow_;
    fmt::print("{} took {} s\n", name, seconds);
  }
  uint64_t count() const { return count_; }
  uint64_t slow() const { return slow_; }

 private:
  const Target& target_;
  uint64_t count_ = 0, slow_ = 0;
};

void WriteSeeds(const Target& target, const std::string& folder) {
  std::filesystem::create_directories(folder);
  size_t number = 0;
  for (const std::string& seed : target.seeds()) {
    std::ofstream file(fmt::format("{}/seed-{:04}", folder, number++), std::ios::binary);
    file << seed;
    PM_CHECK(file.flush().good());
  }
}

void PrintWords(const Target& target) {
  const Mutator mutator(target.seeds());
  for (const std::string& word : mutator.words()) {
    std::string escaped;
    for (const char c : word) escaped += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    fmt::print("\"{}\"\n", escaped);
  }
}

int FeedAll(const Options& options) {
  const Target& target = *options.target;
  const std::vector<std::string> seeds = target.seeds();
  const Mutator mutator(seeds);
  fault_path = options.fault;
  BoundTheProcess();
  Feeder feeder(target);
  for (size_t i = 0; i < seeds.size(); ++i) feeder.Feed(seeds[i], fmt::format("seed {}", i));
  for (const std::string& file : options.files) feeder.Feed(ReadWhole(file), file);
  for (uint64_t i = options.from; i < options.from + options.runs; ++i)
    feeder.Feed(mutator.Text(i, target.most_bytes), fmt::format("mutation {}", i));
  fmt::print("{}: {} texts, {} too slow\n", target.name, feeder.count(), feeder.slow());
  return feeder.slow() == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!Parse(argc, argv, &options)) {
    fmt::print(stderr, "{}", kUsage);
    return 64;
  }
  if (!options.seeds.empty()) {
    WriteSeeds(*options.target, options.seeds);
  } else if (options.words) {
    PrintWords(*options.target);
  } else {
    return FeedAll(options);
  }
  return 0;
}
