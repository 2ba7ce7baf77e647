#include "tests/benchmark/measure.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "base/result.h"
#include "base/text/json_writer.h"

namespace pm::bench {

namespace {

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string Row(const Figure& figure) {
  std::string value = fmt::format("{:.{}f}", figure.value, figure.value < 100 ? 2 : 0);
  std::string row = fmt::format("{:<44} {:>12} {:<14}", figure.name, value, figure.unit);
  if (figure.ratio) row += fmt::format(" ratio {:>6.2f}", *figure.ratio);
  if (figure.wanted)
    row += fmt::format(" wanted {:.2f} {}", *figure.wanted,
                       *figure.ratio >= *figure.wanted ? "ok " : "NOT");
  if (!figure.against.empty()) row += fmt::format("  against {}", figure.against);
  return row;
}

// Both allocators: jemalloc is not in every build, and libraries may have glibc's.
void GiveBackMemory() {
  using Control = int (*)(const char*, void*, size_t*, void*, size_t);
  const auto control = reinterpret_cast<Control>(dlsym(RTLD_DEFAULT, "mallctl"));
  if (control) control("arena.4096.purge", nullptr, nullptr, nullptr, 0);  // 4096: all of them
  malloc_trim(0);
}

}  // namespace

Stopwatch::Stopwatch() : wall_(std::chrono::steady_clock::now()), cpu_(CpuSeconds()) {}

double Stopwatch::wall() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_).count();
}

double Stopwatch::cpu() const { return CpuSeconds() - cpu_; }

int64_t ResidentBytes() {
  GiveBackMemory();
  std::ifstream file("/proc/self/statm");
  int64_t pages = 0, resident = 0;
  file >> pages >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

int64_t BytesOnDisk(const std::string& directory) {
  int64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) bytes += static_cast<int64_t>(entry.file_size());
  }
  return bytes;
}

double Median(std::vector<double> values) { return Quantile(std::move(values), 0.5); }

double Quantile(std::vector<double> values, double q) {
  PM_CHECK(!values.empty());
  std::ranges::sort(values);
  return values[static_cast<size_t>(q * static_cast<double>(values.size() - 1))];
}

std::vector<double> SyncTimes(const std::string& directory, int times) {
  const std::string path = directory + "/sync-probe";
  const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  PM_CHECK(file >= 0);
  const std::string block(4096, 'x');
  std::vector<double> seconds;
  for (int i = 0; i < times; ++i) {
    PM_CHECK(write(file, block.data(), block.size()) == static_cast<ssize_t>(block.size()));
    const Stopwatch watch;
    PM_CHECK(fdatasync(file) == 0);
    seconds.push_back(watch.wall());
  }
  close(file);
  std::filesystem::remove(path);
  return seconds;
}

void Figures::Add(Figure figure) {
  if (tell_)
    tell_(figure);
  else
    fmt::print(stderr, "{}\n", Row(figure));
  figures_.push_back(std::move(figure));
}

std::string Figures::Table() const {
  std::string table;
  for (const Figure& figure : figures_) table += Row(figure) + "\n";
  return table;
}

std::string Figures::Json() const {
  const auto number = [](double value) { return std::llround(value * 1e6); };
  std::string json;
  JsonWriter w(&json);
  w.BeginArray();
  for (const Figure& figure : figures_) {
    w.BeginObject();
    w.Field("name", figure.name);
    w.Key("value"), w.Micros(number(figure.value));
    w.Field("unit", figure.unit);
    w.Field("against", figure.against);
    w.Key("ratio");
    figure.ratio ? w.Micros(number(*figure.ratio)) : w.Null();
    w.Key("wanted");
    figure.wanted ? w.Micros(number(*figure.wanted)) : w.Null();
    w.EndObject();
  }
  w.EndArray();
  return json + "\n";
}

bool Figures::reached() const {
  return std::ranges::all_of(figures_,
                             [](const Figure& f) { return !f.wanted || *f.ratio >= *f.wanted; });
}

}  // namespace pm::bench
