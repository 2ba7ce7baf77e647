// From rule files to the rules in force. Pure: the same files give the same book on every machine
// with the same time zone database. Passes, each in its file: read (YAML to documents), declare
// (what names there are), compile (each kind, over those names), check (what would go wrong),
// build.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/diagnostic.h"
#include "rules/book.h"

namespace pm {

// Part of every bundle's version: raised when the same rules would decide differently.
inline constexpr int kEngineSemantics = 3;

// Keeps the texts that diagnostics point into.
class SourceSet;

struct CompileResult {
  std::shared_ptr<const RuleBook> book;  // null when there is an error
  std::shared_ptr<const SourceSet> sources;
  Diagnostics diagnostics;  // lives no longer than `sources`
  // What could not be looked at because of errors: `routes and tables`, `cadences`.
  std::vector<std::string> not_checked;

  bool ok() const { return book != nullptr; }
};

// Files as ReadRuleFolder gives them: YAML by its ending (.yaml, .yml), tables, rosters (.csv) and
// calendars (.ics) as the documents name them; files under `tests/` are passed over. All problems
// at once, but for what takes proofs: those are made by Check. Policies and cadences of
// `previous` stay to be found by their hash.
CompileResult Compile(std::vector<RuleFile> files, const RuleBook* previous = nullptr);
// With the proofs: what is to come into force.
CompileResult CompileProved(std::vector<RuleFile> files, const RuleBook* previous = nullptr);

// What conditions go through, in this order.
enum class ConditionPass : uint8_t { kParse, kResolve, kCheck, kNormalise, kPlan };
std::string_view PassName(ConditionPass pass);
std::optional<ConditionPass> ParsePass(std::string_view name);

// What `rules dump` prints: each condition of the folder, in the order they are compiled, as the
// pass leaves it, and with the last pass how each table and each list of rules is searched; of
// rules that are wrong, what could be read.
struct DumpReport {
  bool ok = false;
  std::string text;
  std::string problems;  // as `rules check` tells them
};
DumpReport Dump(std::vector<RuleFile> files, ConditionPass pass);

// What `rules check` answers.
struct CheckReport {
  bool ok = false;  // no error; warnings may stand
  size_t errors = 0;
  size_t warnings = 0;
  size_t notes = 0;
  std::string text;         // for people, a summary line last
  std::string not_checked;  // a line about what errors kept from being looked at; or empty
  std::string annotations;  // see base/text/annotations.h; last what was not checked
  // {"ok":..,"version":..,"errors":..,"warnings":..,"notes":..,"not_checked":[..],
  // "diagnostics":[...]}
  std::string json;
};
// With all proofs. `folder` is where the files are, for annotations; `progress` is called now and
// then with how many routes and parts of tables have been looked at; `now` tells who has left,
// which is not looked at without it.
using CheckProgress = std::function<void(size_t done)>;
CheckReport Check(std::vector<RuleFile> files, bool colours = false, std::string_view folder = {},
                  CheckProgress progress = nullptr, std::optional<Instant> now = std::nullopt);

}  // namespace pm
