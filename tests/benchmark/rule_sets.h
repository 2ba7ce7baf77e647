// The rule sets that rule engines are compared over (../shared/peers/rules/gen.py), as a folder of
// our rules and as facts.
#pragma once
#include <string>
#include <vector>

#include "rules/book.h"

namespace pm::bench {

// A lead of the sets, as its strings.
struct SetLead {
  std::string domain, country, state, industry, source, postal;
  int64_t employees = 0, score = 0;
};

struct RuleSet {
  std::vector<RuleFile> files;  // routes called `0`, `1`, ... in the order of the set
  std::vector<SetLead> leads;
  std::vector<std::string>
      expected;  // of the first leads: the name of the route that matches first
};

// Runs the generator of `peers` into `folder` for these sizes. False when it cannot.
bool Generate(const std::string& peers, const std::string& folder, const std::vector<int>& sizes);
// PM_CHECKs that the files are there and whole.
RuleSet ReadRuleSet(const std::string& folder, int size);
// Routing by an expression for what celgo measures as `one`, and its lead.
RuleSet OneCondition();

// A table of so many rows, as a folder: accounts by domain, and territories by country and size.
std::vector<RuleFile> TableFolder(int rows);

// The facts of a lead over the book's slots. Borrows its strings.
FactSheet FactsOf(const RuleBook& book, const SetLead& lead);

}  // namespace pm::bench
