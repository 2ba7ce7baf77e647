// Reference pages made from the declarations that the program itself runs by, so that they cannot
// say anything else. `pointsman docs --out docs/guide` writes them; a test compares.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/event_types.h"

namespace pm {

struct ReferencePage {
  std::string file;  // `events.md`
  std::string text;  // Markdown; the same bytes each time
};
std::vector<ReferencePage> ReferencePages();

// The parts.
std::string EventsPage();         // what comes in and goes out
std::string RulesPage();          // every key of the rule documents
std::string ChecksPage();         // what is checked of rules
std::string ConfigurationPage();  // every key of the file that `run` reads
// A whole event of the type as a publisher sends it, JSON.
std::string ExampleOf(EventType type);

}  // namespace pm
