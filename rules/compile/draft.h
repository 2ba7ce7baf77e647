// Pass 1, read: all documents of a rule folder as written. Names are not looked up yet.
#pragma once
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rules/compile/sources.h"
#include "rules/documents/basics.h"
#include "rules/documents/cadence.h"
#include "rules/documents/checks.h"
#include "rules/documents/handoff.h"
#include "rules/documents/judging.h"
#include "rules/documents/people.h"
#include "rules/documents/privacy.h"
#include "rules/documents/routing.h"
#include "rules/documents/sla.h"

namespace pm {

struct Draft {
  // Of each kind that may stand in several documents.
  std::vector<FieldsDoc> fields;
  std::vector<ListsDoc> lists;
  std::vector<TeamDoc> teams;
  std::vector<CalendarsDoc> calendars;
  std::vector<SlasDoc> slas;
  std::vector<std::pair<CadenceDoc, const YamlNode*>> cadences;  // with the tree: its hash
  // Of each kind that exists once.
  std::optional<IdentityDoc> identity;
  std::optional<ScreeningDoc> screening;
  std::optional<ScoringDoc> scoring;
  std::optional<LifecycleDoc> lifecycle;
  std::optional<RoutingDoc> routing;
  std::optional<HandoffDoc> handoff;
  std::optional<PrivacyDoc> privacy;
  std::optional<ChecksDoc> checks;

  std::deque<YamlNode> trees;  // what the documents were read from
  bool whole = true;  // false: a document of a kind that is not known was lost, so names may miss
  std::set<std::string, std::less<>> wrong_kinds;  // of documents with a problem in what they say
  std::set<std::string, std::less<>> lost_kinds;   // of those, what was lost or cut by its syntax

  // There may be more of that kind than could be read.
  bool Lacks(std::string_view kind) const { return !whole || lost_kinds.contains(kind); }
};

// PM0202 unknown or second kinds, PM0203 kinds that have no effect yet, and what the documents say.
Draft ReadDraft(const SourceSet& sources, Diagnostics& out);

// The tree without comments, order of keys kept, quotes and white space gone: equal texts mean
// equal documents.
std::string CanonicalText(const YamlNode& node);

}  // namespace pm
