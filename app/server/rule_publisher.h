// Puts rules in force where an engine runs: what its folder holds at a start and at SIGHUP, what
// comes over HTTP, and versions of before. One change at a time; each compiles beside what runs.
#pragma once
#include <functional>
#include <mutex>
#include <string>

#include "app/server/job_queue.h"
#include "app/server/rule_impact.h"
#include "app/server/rule_library.h"
#include "app/server/rules_keeper.h"

namespace pm {

inline constexpr int kOtherInForce = 738;  // other rules came into force meanwhile
inline constexpr int kNoSuchVersion = 739;

struct PublishOrder {
  std::vector<RuleFile> files;  // sorted by path; or, with none ...
  ContentHash version;          // ... the sources that the store holds of this version
  ContentHash expect;           // refuse unless this is in force; zero: whatever is
  bool dry_run = false;         // only says what would happen
  SwitchNote note;
};

struct PublishAnswer {
  ContentHash version;
  ContentHash previous;    // in force before
  bool published = false;  // false: a dry run, or what is in force already and does not propagate
  std::string warnings;    // rendered; may be empty
  RuleImpact impact;       // of the change
};

class RulePublisher {
 public:
  using Done = std::function<void(const Result<PublishAnswer>&)>;

  // Both outlive it.
  RulePublisher(RulesKeeper& keeper, RuleLibrary& library) : keeper_(keeper), library_(library) {}

  // Returns once the rules are in force, or refused. PM0732, PM0736 and PM0737 as RuleLibrary says,
  // PM0738, PM0739, PM0509 while what is in force is not compiled here, and what the keeper says.
  // Where the keeper shows no rows, reps who have leads are not looked for, and the impact says
  // that nothing was counted. Any thread but the engine's.
  Result<PublishAnswer> Publish(const PublishOrder& order);
  // The same for a folder; its refusal is kept in RuleLibrary::last_refused.
  Result<PublishAnswer> PublishFolder(const std::string& folder);
  // Publish on a thread of its own, in the order of the calls; `done` is called there. False, with
  // nothing taken: too many wait, or it has stopped.
  bool Post(PublishOrder order, Done done);
  // Ends what is under way and refuses what waits (PM0507). The keeper must still work. Twice is
  // harmless.
  void Stop() { jobs_.Stop(); }

 private:
  RulesKeeper& keeper_;
  RuleLibrary& library_;
  std::mutex publishing_;  // one change at a time
  JobQueue jobs_;
};

}  // namespace pm
