// What definitions of the rules say, part by part and in words: so that two are equal when they do
// the same, whatever they are called, and what is other between them can be told. Pure; any thread.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/text/yaml.h"
#include "rules/book.h"

namespace pm {

struct Particular {
  std::string label;                    // as the rules write it: `half_life`, `step`
  std::string words;                    // for people; empty: not set
  std::string key = {};                 // equal keys mean the same; empty: as `words` say
  bool listed = false;                  // one of several of that label, in order
  std::vector<std::string> items = {};  // of a set: told by what is new and what is gone; sorted
  const std::string& is() const { return key.empty() ? words : key; }
};
using Particulars = std::vector<Particular>;
using ParticularsByName = std::map<std::string, Particulars, std::less<>>;

Particulars ParticularsOf(const Cadence& cadence);
Particulars ParticularsOf(const SlaPolicy& policy);
Particulars ParticularsOf(const Pool& pool);
Particulars ParticularsOf(const RosterRep& rep);
Particulars ParticularsOf(const FieldDecl& own_field);  // all but its name and meaning
Particulars ParticularsOf(const ScoringRule& engagement_rule);
Particulars ParticularsOf(const LifecycleRules& rules);  // for another submission
Particulars ParticularsOf(const IdentityRules& rules);   // without the list of free-mail domains
Particulars ParticularsOf(const YamlNode& calendar);     // its hours day by day

// Equal for definitions that do the same.
std::string SignatureOf(const Particulars& particulars);
template <class T>
std::string SignatureOf(const T& definition) {
  return SignatureOf(ParticularsOf(definition));
}

// What is other, a sentence each: `accept: within 9m (before: within 5m)`, `step 2 is new: ...`.
std::vector<std::string> ChangesOf(const Particulars& before, const Particulars& after);

// All of it in a line: `signal site.visited, points +10`.
std::string InWords(const Particulars& particulars);

}  // namespace pm
