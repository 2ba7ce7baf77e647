// What the passes share while a rule folder is compiled. One thread.
#pragma once
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "rules/book_builder.h"
#include "rules/compile/compile.h"
#include "rules/compile/conditions/consequence.h"
#include "rules/compile/draft.h"
#include "rules/compile/names.h"

namespace pm {

struct ExpressionNames;
class Judgement;

// Asks for the text of each condition after one pass.
struct ConditionDump {
  ConditionPass pass = ConditionPass::kParse;
  std::string text;
};

// A condition and what it is written in.
struct WrittenCondition {
  Condition condition;
  SourcePlace place;
  // It reads scores that were made of what was known of the lead before.
  bool earlier_scores = false;
  Consequence consequence = {};
};

struct CompileContext {
  const SourceSet& sources;
  const Draft& draft;
  Diagnostics& out;
  Names names;
  RuleBookBuilder builder;
  std::set<std::string, std::less<>> used_files;
  ConditionDump* dump = nullptr;  // null: none is wanted
  // Names of fields whose declaration is wrong: what reads them is not told of, too.
  std::set<std::string, std::less<>> wrong_fields = {};
  // Of which it is not known what leads they take; what is found out about others is true.
  std::set<const RouteDoc*> wrong_routes = {};
  // Called as one before: mostly a copy, of which nothing else is worth telling.
  std::set<const RouteDoc*> double_routes = {};
  // What was not looked at because of errors, for people: `routes`, `cadences`.
  std::vector<std::string> not_checked = {};
  // Without open time.
  std::vector<Located<std::string>> closed_calendars = {};
  // Where the tests of conditions are written, for what is found out about them later.
  std::map<const ConditionNode*, SourcePlace> places_of_tests = {};
  std::vector<WrittenCondition> conditions = {};  // every one, for the same
  bool proofs = false;                            // prove what can be proved about the rules
  CheckProgress progress = nullptr;
  std::optional<Instant> now = std::nullopt;  // of the check; unknown when rules are loaded
  const Judgement* judgement = nullptr;       // of what checks find; set before the passes

  // One more of the questions that take long, routes and parts of tables, is about to be answered.
  void TellProgress() {
    if (progress) progress(++questions_answered);
  }
  size_t questions_answered = 0;

  // Kinds of documents that have a problem: what is found out about them would only follow from it.
  // `roster` is who there is: what the roster and the members of pools name, which says nothing of
  // where pools lead.
  std::set<std::string, std::less<>> wrong_kinds = {};
  bool Sound(std::initializer_list<std::string_view> kinds) const {
    return Sound(std::span(kinds.begin(), kinds.size()));
  }
  bool Sound(std::span<const std::string_view> kinds) const {
    const auto wrong = [&](std::string_view kind) { return wrong_kinds.contains(kind); };
    return draft.whole && std::ranges::none_of(kinds, wrong);
  }

  // Made when it is first asked for: fields and lists must be there by then.
  const ExpressionNames& expression_names();
  std::shared_ptr<const ExpressionNames> known_expression_names = nullptr;

  // False once no more errors are kept: a hint is a search through all names.
  bool WantsHints() const { return out.error_count() < Diagnostics::kMaxKept; }

  // The file a rule names, marked as used. PM0206 at the place that names it, with a hint, when the
  // folder does not hold it; null also for a path that could not be read, which was told.
  const Source* UseFile(const Located<std::string>& path);
};

inline Origin OriginOf(const SourcePlace& place) {
  return {.file = place.source != nullptr ? place.source->path() : "", .line = place.position.line};
}

}  // namespace pm
