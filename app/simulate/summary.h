// What a simulated run came to, counted from its outputs alone. What modes `shadow` and `test` made
// stands beside the live and is counted apart.
#pragma once
#include <map>
#include <string>

#include "model/decode/json_tree.h"
#include "model/outputs/output.h"

namespace pm {

class Summary {
 public:
  using Counts = std::map<std::string, int64_t>;

  void Add(const Output& output);

  const Counts& types() const { return types_; }                // every type of output
  const Counts& dead_letters() const { return dead_letters_; }  // by reason
  // Where each lead was last, as outputs tell: nurture, screened, held, queued, assigned, closed.
  Counts Places() const;
  const Counts& routes() const { return routes_; }  // assignments by route, pool, rep
  const Counts& pools() const { return pools_; }
  const Counts& reps() const { return reps_; }
  const Counts& milestones() const { return milestones_; }  // `accept met`, `accept breached`
  const Counts& steps() const { return steps_; }            // steps due by channel
  const Counts& rehearsed() const { return rehearsed_; }    // `shadow assignment.routed`

  // For people, a few sections; for machines, a JSON object.
  std::string Text() const;
  std::string Json() const;

 private:
  Counts types_, dead_letters_, routes_, pools_, reps_, milestones_, steps_, rehearsed_;
  std::map<std::string, std::string> places_;  // by lead id
};

}  // namespace pm
