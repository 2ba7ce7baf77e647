// What the demo says: a line for each thing worth telling, a status line on a terminal, and the
// summary. One thread.
#pragma once
#include <iosfwd>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/time/instant.h"
#include "model/decode/json_tree.h"

namespace pm {

class DemoStory {
 public:
  DemoStory(std::ostream& out, bool terminal, bool colours)
      : out_(out), terminal_(terminal), colours_(colours) {}

  // What a viewer must know beforehand; `speed`: seconds of the day in one second.
  void Introduce(const std::string& rules, Duration span, int64_t speed);
  // What the engine put out since the last call, in any order.
  void Tell(std::vector<JsonNode> outputs);
  void Status(Instant now);  // who is waited for next; terminals only
  // What it came to, and some leads by name.
  void Summary(Duration span);
  // How to look closer at one of those: `program` is a shell's word for this program, `data` for
  // the store; `again`, unless empty, is the command that makes the store first.
  void WhereToLook(const std::string& program, const std::string& data, const std::string& again);

 private:
  struct Open {
    std::string rep, milestone;
    Instant due;
  };
  struct Told {
    std::string who;    // name, title and company
    std::string grade;  // the last that was told
    std::string where;  // how it came to where it is
    int breaches = 0;
  };
  enum class Colour { kPlain, kRed, kGreen, kYellow, kBlue, kCyan };

  void TellOne(const JsonNode& output);
  void TellLead(const JsonNode& output);
  void TellAssignment(const JsonNode& output);
  void TellSla(const JsonNode& output);
  void FollowClock(const JsonNode& output);
  void TellCadence(const JsonNode& output);
  std::string Who(const JsonNode& output) const;
  int64_t Count(std::string_view type) const;
  std::vector<std::string> Examples() const;
  void Line(const JsonNode& output, Colour colour, std::string_view what, const std::string& text);

  std::ostream& out_;
  const bool terminal_;
  const bool colours_;
  std::map<std::string, int64_t, std::less<>> counts_;  // by type
  std::map<std::string, Told, std::less<>> leads_;      // by id
  std::map<std::string, Open> open_;  // lead id and milestone -> who is waited for
  std::vector<std::string> routed_;   // ids of leads that a rep got, in order, each once
  std::set<std::string> queued_;      // ids of leads that waited in a queue
  std::vector<Duration> first_touches_;
};

}  // namespace pm
