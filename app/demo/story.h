// What the demo says: a line for each thing worth telling, a status line on a terminal, and the
// summary. One thread.
#pragma once
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "base/time/instant.h"
#include "model/decode/json_tree.h"

namespace pm {

class DemoStory {
 public:
  DemoStory(std::ostream& out, bool terminal, bool colours)
      : out_(out), terminal_(terminal), colours_(colours) {}

  void Tell(const JsonNode& output);  // one of the engine's outputs
  void Status(Instant now);           // who is waited for next; terminals only
  // `explain` is a command line up to the lead's id.
  void Summary(const std::string& explain, Duration span) const;

 private:
  struct Open {
    std::string rep, milestone;
    Instant due;
  };
  void Line(const JsonNode& output, std::string_view colour, const std::string& text);

  std::ostream& out_;
  const bool terminal_;
  const bool colours_;
  std::map<std::string, int64_t> counts_;     // by type
  std::map<std::string, std::string> names_;  // lead id -> who
  std::map<std::string, Open> open_;          // lead id and milestone -> who is waited for
  std::vector<std::string> routed_;           // lead ids, in order
  std::map<std::string, std::string> why_;    // lead id -> how it was routed
};

}  // namespace pm
