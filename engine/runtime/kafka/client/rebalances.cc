#include "engine/runtime/kafka/client/rebalances.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace pm {

namespace {

// `identity 0-3 7, desk 2`; `nothing`.
std::string ListOf(const std::set<TaskId>& tasks) {
  std::string text;
  for (auto it = tasks.begin(); it != tasks.end();) {
    const TaskId first = *it;
    uint32_t last = first.partition;
    for (++it; it != tasks.end() && *it == TaskId{first.stage, last + 1}; ++it) ++last;
    const bool goes_on = !text.empty() && text.ends_with(' ');
    if (!goes_on) text += fmt::format("{}{} ", text.empty() ? "" : ", ", StageName(first.stage));
    text += last == first.partition ? fmt::format("{}", last)
                                    : fmt::format("{}-{}", first.partition, last);
    if (it != tasks.end() && it->stage == first.stage) text += ' ';
  }
  return text.empty() ? "nothing" : text;
}

std::set<TaskId> Without(const std::set<TaskId>& all, const std::set<TaskId>& some) {
  std::set<TaskId> rest;
  std::ranges::set_difference(all, some, std::inserter(rest, rest.end()));
  return rest;
}

}  // namespace

std::string ToText(TaskId task) {
  return fmt::format("{}/{}", StageName(task.stage), task.partition);
}

void Rebalances::Begin(Duration now) {
  if (!since_) since_ = now;
}

void Rebalances::End(Duration now, const std::set<TaskId>& ours) {
  if (!since_) return;
  const Duration took = now - *since_;
  lost_ = lost_ + took;
  since_.reset();
  if (say_)
    say_(fmt::format("rebalanced in {} ms: {} tasks are ours; came {}; went {}", took.ms,
                     ours.size(), ListOf(Without(ours, ours_)), ListOf(Without(ours_, ours))));
  ours_ = ours;
}

}  // namespace pm
