#include "tests/benchmark/kafka/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace pm::bench {

namespace {

constexpr size_t kLastBytes = 1500;
constexpr std::chrono::milliseconds kLook(5);

std::string TextOf(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<char*> Arguments(const std::vector<std::string>& command) {
  std::vector<char*> all;
  for (const std::string& one : command) all.push_back(const_cast<char*>(one.c_str()));
  all.push_back(nullptr);
  return all;
}

[[noreturn]] void Become(const std::vector<std::string>& command, int in, int out) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  std::vector<char*> arguments = Arguments(command);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

Words ReadWords(const std::string& path) {
  Words words;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t space = line.find(' ');
    if (space != std::string::npos) words[line.substr(0, space)] = line.substr(space + 1);
  }
  return words;
}

void WriteWords(const std::string& path, const Words& words) {
  // Whoever looks for it finds all of it or nothing.
  const std::string making = path + ".new";
  {
    std::ofstream file(making);
    for (const auto& [name, value] : words) file << name << " " << value << "\n";
    PM_CHECK(file.flush().good());
  }
  std::filesystem::rename(making, path);
}

int64_t NumberOf(const Words& words, const std::string& name) {
  const auto found = words.find(name);
  return found == words.end() ? 0 : std::strtoll(found->second.c_str(), nullptr, 10);
}

double CpuOf(pid_t pid) {
  const std::string text = TextOf(fmt::format("/proc/{}/stat", pid));
  const size_t behind_name = text.rfind(") ");
  if (behind_name == std::string::npos) return 0;
  std::istringstream fields(text.substr(behind_name + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  int64_t user = 0, system = 0;
  fields >> user >> system;
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

void Pass(std::chrono::microseconds span) { std::this_thread::sleep_for(span); }

Child::Child(const std::vector<std::string>& command, const std::string& output) : output_(output) {
  Start(command);
}

Child::Child(const std::string& part, const std::string& directory, const Words& words)
    : output_(directory + "/" + part + ".log") {
  std::filesystem::create_directories(directory);
  WriteWords(directory + "/" + part + ".words", words);
  Start({"/proc/self/exe", "kafka", "--child", part, "--dir", directory});
}

void Child::Start(const std::vector<std::string>& command) {
  const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int out = open(output_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  PM_CHECK(in >= 0);
  PM_CHECK(out >= 0);
  pid_ = fork();
  PM_CHECK(pid_ >= 0);
  if (pid_ == 0) Become(command, in, out);
  close(in);
  close(out);
}

Child::~Child() { Kill(); }

bool Child::IsRunning() {
  if (pid_ > 0 && waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = -1;
  return pid_ > 0;
}

void Child::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, &status_, 0);
  pid_ = -1;
}

Result<void> Child::Stop(std::chrono::seconds patience) {
  if (IsRunning()) kill(pid_, SIGTERM);
  return Wait(patience);
}

Result<void> Child::Wait(std::chrono::seconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (IsRunning() && std::chrono::steady_clock::now() < end) Pass(kLook);
  if (IsRunning()) {
    Kill();
    return Fail(kNoFigure, fmt::format("did not end within {} s", patience.count()));
  }
  if (WIFEXITED(status_) && WEXITSTATUS(status_) == 0) return {};
  return Fail(kNoFigure, fmt::format("ended with status {}: {}", status_, LastLines()));
}

std::string Child::LastLines() const {
  std::string text = TextOf(output_);
  if (text.size() > kLastBytes) text.erase(0, text.size() - kLastBytes);
  return text;
}

Result<std::unique_ptr<Broker>> Broker::Start(const std::string& source,
                                              const std::string& directory) {
  const std::vector<std::string> command = {"python3", source + "/tests/support/kafka/serve.py"};
  std::unique_ptr<Broker> broker(new Broker);
  int input[2];
  PM_CHECK(pipe2(input, O_CLOEXEC) == 0);
  const std::string told = directory + "/broker.log";
  const int out = open(told.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  PM_CHECK(out >= 0);
  broker->script_ = fork();
  PM_CHECK(broker->script_ >= 0);
  if (broker->script_ == 0) Become(command, input[0], out);
  close(input[0]);
  close(out);
  broker->input_ = input[1];
  // The script gives up by itself: on Maven after ten minutes, on the broker after one.
  for (std::string text = TextOf(told);; text = TextOf(told)) {
    if (text.ends_with('\n')) {
      std::istringstream words(text);
      if (words >> broker->address_ >> broker->pid_) return broker;
    }
    if (waitpid(broker->script_, nullptr, WNOHANG) == broker->script_) {
      broker->script_ = -1;
      return Fail(kNoFigure, fmt::format("no broker: {}", TextOf(told)));
    }
    Pass(kLook);
  }
}

Broker::~Broker() {
  close(input_);
  if (script_ > 0) waitpid(script_, nullptr, 0);
}

}  // namespace pm::bench
