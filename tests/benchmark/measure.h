// Measuring: what something took, and figures with what they are compared with.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pm::bench {

// Seconds since it was made; CPU counts every thread of the process, those of RocksDB too.
class Stopwatch {
 public:
  Stopwatch();
  double wall() const;
  double cpu() const;

 private:
  std::chrono::steady_clock::time_point wall_;
  double cpu_;
};

// Memory of the process that is resident now, after giving back what malloc keeps.
int64_t ResidentBytes();
int64_t BytesOnDisk(const std::string& directory);  // of the files in it
double Median(std::vector<double> values);          // of at least one
double Quantile(std::vector<double> values, double q);

// Seconds that writing 4 KiB to a file in `directory` and syncing it takes, `times` times.
std::vector<double> SyncTimes(const std::string& directory, int times);

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  std::string against;           // what the ratio compares with, its value in words; may be empty
  std::optional<double> ratio;   // higher is better
  std::optional<double> wanted;  // of the ratio, at least
};
class Figures {
 public:
  Figures() = default;
  // Also tells of each as it comes, instead of printing it.
  explicit Figures(std::function<void(const Figure&)> tell) : tell_(std::move(tell)) {}
  void Add(Figure figure);  // also prints its row to stderr, as it comes
  std::string Table() const;
  std::string Json() const;  // an array, one object a figure
  bool reached() const;      // each wanted ratio

 private:
  std::function<void(const Figure&)> tell_;
  std::vector<Figure> figures_;
};

}  // namespace pm::bench
