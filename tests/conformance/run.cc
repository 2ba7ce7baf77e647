#include "tests/conformance/run.h"

#include <fmt/format.h>

#include <fstream>
#include <map>
#include <optional>

#include "tests/conformance/forms.h"

namespace pm::conformance {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

// A form is known by the keys its cases have; the first that fits counts.
struct Form {
  const char* name;
  const char* keys[2];
  Outcome (*run)(object);  // null: not supported yet
};
constexpr Form kForms[] = {
    {"cel", {"expr", "bindings"}, RunCel},
    {"assignment", {"strategy", "steps"}, nullptr},
    {"sla_lifecycle", {"timeline", "checkpoints"}, nullptr},
    {"business_hours", {"op", "calendar"}, RunBusinessHours},
    {"interval_algebra", {"op", "a"}, RunIntervalAlgebra},
    {"cadence", {"op", "input"}, nullptr},
};

struct Counts {
  int passed = 0, failed = 0, differs = 0, tagged = 0;
};

bool Has(object test, const char* key) { return test[key].error() == simdjson::SUCCESS; }

const Form* FormOf(object test) {
  for (const Form& form : kForms) {
    if (Has(test, form.keys[0]) && Has(test, form.keys[1])) return &form;
  }
  return nullptr;
}

std::string_view TextOf(object test, const char* key) {
  std::string_view text;
  return test[key].get(text) == simdjson::SUCCESS ? text : "";
}

// `file/section/name` for cases without an id of their own.
std::string IdOf(object test) {
  const std::string_view id = TextOf(test, "id");
  if (!id.empty()) return std::string(id);
  return fmt::format("{}/{}/{}", TextOf(test, "file"), TextOf(test, "section"),
                     TextOf(test, "name"));
}

// The extension of CEL that a case is from, if it is.
std::string_view LibraryOf(object test) {
  simdjson::dom::array features;
  if (test["features"].get(features) != simdjson::SUCCESS) return "";
  for (const element feature : features) {
    const std::string_view name = feature;
    if (name.starts_with("lib:")) return name.substr(4);
  }
  return "";
}

class FileRun {
 public:
  FileRun(std::string path, const Differs& differs) : path_(std::move(path)), differs_(differs) {}

  // What hinders the run, or nothing.
  std::optional<std::string> Run(std::string* report) {
    std::ifstream file(path_);
    std::string line;
    for (; std::getline(file, line); ++line_) {
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      if (auto error = RunLine(line, report)) return error;
    }
    if (file.bad() || !file.eof()) return fmt::format("{}: cannot be read", path_);
    if (form_ == nullptr) return fmt::format("{}: no cases in it", path_);
    *report += fmt::format("{}: {} passed, {} failed, {} differ ({} tagged with a convention)\n",
                           path_, counts_.passed, counts_.failed, counts_.differs, counts_.tagged);
    for (const auto& [tier, counts] : tiers_) {
      *report += fmt::format("  tier {}: {} passed, {} failed, {} differ\n", tier, counts.passed,
                             counts.failed, counts.differs);
    }
    return std::nullopt;
  }

  const Counts& counts() const { return counts_; }

 private:
  std::optional<std::string> RunLine(const std::string& line, std::string* report) {
    object test;
    if (const auto error = parser_.parse(line).get(test); error != simdjson::SUCCESS) {
      return fmt::format("{}:{}: no JSON object: {}", path_, line_, simdjson::error_message(error));
    }
    const Form* form = FormOf(test);
    if (form == nullptr) return fmt::format("{}:{}: unknown form", path_, line_);
    if (form->run == nullptr) return fmt::format("{}: not supported yet: {}", path_, form->name);
    if (form_ == nullptr) form_ = form;
    if (form != form_) {
      return fmt::format("{}:{}: form {} in a file of {}", path_, line_, form->name, form_->name);
    }
    Judge(test, report);
    return std::nullopt;
  }

  void Judge(object test, std::string* report) {
    Outcome outcome;
    try {
      outcome = form_->run(test);
    } catch (const std::exception& e) {
      outcome = {fmt::format("no answer: {}", e.what()), {}};
      if (Has(test, "expected")) outcome.accepted = Accepted(test);
    }
    const std::string_view convention = TextOf(test, "convention");
    if (!convention.empty()) ++counts_.tagged;
    const std::string id = IdOf(test);
    const std::string* reason = differs_.Reason(id, convention, LibraryOf(test));
    Count(TextOf(test, "tier"), outcome.passed()    ? &Counts::passed
                                : reason == nullptr ? &Counts::failed
                                                    : &Counts::differs);
    if (outcome.passed()) return;
    *report += fmt::format("{}:{}: {} {}: expected {}\n    got {}\n", path_, line_, id,
                           TextOf(test, Has(test, "op") ? "op" : "expr"),
                           fmt::join(outcome.accepted, " or "), outcome.got);
    if (!convention.empty()) *report += fmt::format("    convention: {}\n", convention);
    if (reason != nullptr) *report += fmt::format("    differs: {}\n", *reason);
  }

  void Count(std::string_view tier, int Counts::* count) {
    ++(counts_.*count);
    if (!tier.empty()) ++(tiers_[std::string(tier)].*count);
  }

  const std::string path_;
  const Differs& differs_;
  simdjson::dom::parser parser_;
  const Form* form_ = nullptr;
  Counts counts_;
  std::map<std::string, Counts> tiers_;
  int line_ = 1;
};

}  // namespace

Report RunFiles(std::span<const std::string> paths, const Differs& differs) {
  Report report;
  Counts sum;
  for (const std::string& path : paths) {
    FileRun run(path, differs);
    if (const auto error = run.Run(&report.text)) report.errors += *error + "\n";
    sum.passed += run.counts().passed;
    sum.failed += run.counts().failed;
    sum.differs += run.counts().differs;
  }
  if (sum.differs > 0) {
    report.text += fmt::format("{} differ on purpose, see above\n", sum.differs);
  }
  report.text += fmt::format("{} passed, {} failed\n", sum.passed, sum.failed);
  report.exit_code = !report.errors.empty() ? 65 : sum.failed > 0 ? 1 : 0;
  return report;
}

}  // namespace pm::conformance
