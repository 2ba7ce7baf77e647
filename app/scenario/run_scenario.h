// Runs scenarios: reads a file, simulates, compares, says what differs and where it is written.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "app/scenario/coverage.h"
#include "app/scenario/scenario.h"
#include "model/outputs/output.h"
#include "rules/book.h"

namespace pm {

struct ScenarioVerdict {
  std::string name;      // empty when the file could not be read
  std::string place;     // file:line
  std::string failures;  // what differs, in lines; empty: passed
};

struct ScenarioSettings {
  std::vector<RuleFile> default_rules;  // for scenarios that name none
  // Reads a rule folder that a scenario names, by its path.
  std::function<Result<std::vector<RuleFile>>(const std::string& folder)> read_folder;
  std::function<void(const Output&)> observe;  // every output of every scenario; may be empty
  Coverage* coverage = nullptr;  // takes what comes of `default_rules`; null: nobody asks
};

// All scenarios of one file (one a YAML document). `path` is shown and resolves relative folders.
std::vector<ScenarioVerdict> RunScenarioFile(const std::string& path, std::string text,
                                             const ScenarioSettings& settings);

}  // namespace pm
