// The commands of `pointsman`: what each takes and which function carries it out. main.cc turns the
// table into a command line; functions see parsed arguments and streams, so tests call them as is.
#pragma once
#include <iosfwd>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace pm {

// What a command returns to the shell.
inline constexpr int kExitFine = 0;
inline constexpr int kExitFailed = 1;        // a check or test failed
inline constexpr int kExitDifferences = 2;   // only with --detailed-exitcode
inline constexpr int kExitUsage = 64;        // wrong arguments
inline constexpr int kExitBadData = 65;      // an input file cannot be read as what it should be
inline constexpr int kExitUnavailable = 69;  // a file, a data directory or an engine is not there
inline constexpr int kExitStopped = 130;     // by the user, before it was done
inline constexpr int kExitConfig = 78;       // rules or configuration are refused

// Results go to `out`, progress and problems to `err`.
struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool colours = false;  // of `err`; never with NO_COLOR
};

// Values by option name without dashes; a flag that was given has the value "true".
class Arguments {
 public:
  void Set(std::string_view name, std::string value) {
    values_[std::string(name)] = std::move(value);
  }
  bool Has(std::string_view name) const { return values_.contains(name); }
  // Empty when it was not given.
  std::string Text(std::string_view name) const;
  // `fallback` when it was not given. PM0701 when it is no number of low..high.
  Result<int64_t> Number(std::string_view name, int64_t fallback, int64_t low, int64_t high) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

struct OptionDecl {
  std::string_view name;   // `--rules`; `FILE`, without dashes, is a positional argument
  std::string_view value;  // what stands for its value in the help; empty: a flag or positional
  std::string_view help;
  bool required = false;
  // Names without dashes, `split|kafka`: it has a meaning only beside one of these, ...
  std::string_view needs = {};
  // ... and none beside any of these.
  std::string_view not_with = {};
};

struct CommandDecl {
  std::string_view name;  // `rules check`: words nest
  std::string_view help;
  std::vector<OptionDecl> options;
  int (*run)(const Arguments&, Streams&) = nullptr;
};

// The first word of several commands.
struct GroupDecl {
  std::string_view name, help;
};

// In the order that the help shows.
std::span<const CommandDecl> Commands();
std::span<const GroupDecl> Groups();
// What each command of a group does, a line each; empty: there is no such group.
std::string HelpOfGroup(std::string_view group);

// PM0752 with the nearest name when the words before the first option name no command, or only the
// first half of one. Nothing without words.
Result<void> ExpectCommand(std::span<const std::string_view> words);
// Carries it out; PM0706 for options that would be passed over in silence.
int RunCommand(const CommandDecl& command, const Arguments& arguments, Streams& streams);

// Prints `pointsman: text (PM####)`, or lines of findings as they are before the code, and, when
// not empty, the next step; returns `exit_code`.
int Complain(Streams& streams, int exit_code, const Error& error, std::string_view next_step = {});

// One file a command.
int RunVersion(const Arguments& arguments, Streams& streams);
int RunSimulate(const Arguments& arguments, Streams& streams);
int RunInit(const Arguments& arguments, Streams& streams);
int RunRulesCheck(const Arguments& arguments, Streams& streams);
int RunRulesDump(const Arguments& arguments, Streams& streams);
int RunRulesDiff(const Arguments& arguments, Streams& streams);
int RunRulesDocs(const Arguments& arguments, Streams& streams);
int RunRulesExplain(const Arguments& arguments, Streams& streams);
int RunRulesSchema(const Arguments& arguments, Streams& streams);
int RunRulesTest(const Arguments& arguments, Streams& streams);
int RunRulesPublish(const Arguments& arguments, Streams& streams);
int RunRulesVersions(const Arguments& arguments, Streams& streams);
int RunRulesRollback(const Arguments& arguments, Streams& streams);
int RunImport(const Arguments& arguments, Streams& streams);
int RunLeadShow(const Arguments& arguments, Streams& streams);
int RunExplain(const Arguments& arguments, Streams& streams);
int RunParkedList(const Arguments& arguments, Streams& streams);
int RunParkedRetry(const Arguments& arguments, Streams& streams);
int RunTopicsPlan(const Arguments& arguments, Streams& streams);
int RunTopicsCreate(const Arguments& arguments, Streams& streams);
int RunTopicsCheck(const Arguments& arguments, Streams& streams);
int RunWorkers(const Arguments& arguments, Streams& streams);
int RunReshape(const Arguments& arguments, Streams& streams);
int RunSchema(const Arguments& arguments, Streams& streams);
int RunDocs(const Arguments& arguments, Streams& streams);
int RunRun(const Arguments& arguments, Streams& streams);
int RunDemo(const Arguments& arguments, Streams& streams);

}  // namespace pm
