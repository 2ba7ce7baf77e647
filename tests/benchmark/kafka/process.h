// Processes of the benchmark on Kafka: each end of a comparison runs in one of its own, so that its
// CPU time can be told from the broker's and from the load's.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace pm::bench {

inline constexpr int kNoFigure = 70;  // a benchmark's own code; its text says the rest

// What a child is told and what it answers: names and values, a line each.
using Words = std::map<std::string, std::string>;
Words ReadWords(const std::string& path);  // empty when it is not there
void WriteWords(const std::string& path, const Words& words);
int64_t NumberOf(const Words& words, const std::string& name);  // 0 when it is not there

// CPU seconds that a process has had so far; 0 once it is gone.
double CpuOf(pid_t pid);

// For pacing and for looking again; nothing is asserted on time.
void Pass(std::chrono::microseconds span);

// A program that ends with this one. Its output goes to a file.
class Child {
 public:
  Child(const std::vector<std::string>& command, const std::string& output);
  // This program, as the child `part` of `directory`, where `words` lie.
  Child(const std::string& part, const std::string& directory, const Words& words);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();  // Kill

  pid_t pid() const { return pid_; }
  bool IsRunning();  // else it has ended by itself
  // SIGTERM, then SIGKILL after `patience`; the last lines of its output when it did not end well.
  Result<void> Stop(std::chrono::seconds patience);
  Result<void> Wait(std::chrono::seconds patience);  // the same without the SIGTERM
  void Kill();
  std::string LastLines() const;

 private:
  void Start(const std::vector<std::string>& command);

  std::string output_;
  pid_t pid_ = -1;
  int status_ = 0;
};

// A fresh broker of one node on a free port, by tests/support/kafka/serve.py; gone at the end.
class Broker {
 public:
  // Why there is none: no Java, no jars.
  static Result<std::unique_ptr<Broker>> Start(const std::string& source,
                                               const std::string& directory);
  ~Broker();
  const std::string& address() const { return address_; }
  pid_t pid() const { return pid_; }

 private:
  Broker() = default;

  int input_ = -1;  // closing it ends the script
  pid_t script_ = -1;
  std::string address_;
  pid_t pid_ = -1;
};

}  // namespace pm::bench
