// The rules as a JSON Schema (draft 2020-12) for editors: completion and hover text for every kind,
// key and name of the documents, and for every field in conditions. Made from the descriptions that
// the reader itself uses. Pure; any thread.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "model/fields.h"
#include "rules/book.h"

namespace pm {

// What a rule folder names, to be offered by the editor.
struct RuleNames {
  struct Field {
    std::string name, meaning;
    Type type = Type::kText;
    bool always_present = false;  // so that negative tests need not say what a missing one means
  };
  std::vector<Field> fields;  // its own; the built-in ones are known anyway
  std::vector<std::string> pools, reps, slas, cadences, calendars, lists;
  std::vector<std::string> tables, days_off;  // .csv and .ics files
};

// Of a folder as far as it can be read: what is wrong with it is for `rules check` to say. Reps are
// known when the whole folder compiles.
RuleNames NamesOfRules(std::vector<RuleFile> files);

// With `names` null, custom fields are any names of lead, account, submission and event, and
// nothing of a folder's own is offered. Names of a kind that the folder declares some of are
// required, as `rules check` does: after a new one the schema is to be written anew.
std::string RuleSchema(const RuleNames* names);

// Of each section of the descriptions the keys for which names are offered: `route`, `sla`.
std::vector<std::pair<std::string_view, std::string_view>> KeysWithNames();

}  // namespace pm
