// The fewest parts of a lead that would have to be other so that it goes where it is wanted.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "app/simulate/lead_question.h"

namespace pm {

// Smallest sets come first. A set of parts is not asked about when it leaves out all of a core: of
// parts of which one has to be other, as was proved. One thread.
class ChangeSearch {
 public:
  // `confirm`: that the changes do send it there; whoever tells may know more than the rules.
  ChangeSearch(std::unique_ptr<LeadQuestion> question, std::function<bool(const Changes&)> confirm)
      : question_(std::move(question)), confirm_(std::move(confirm)) {}

  // Of exactly so many parts. To be asked for 0, 1, 2, ... in turn.
  std::optional<Changes> Find(size_t count);

 private:
  using Parts = std::set<size_t>;

  std::optional<Changes> Descend(const Parts& parts, size_t more);
  // Changes of these parts that are confirmed; else a core that has none of them.
  std::optional<Changes> Try(const Parts& parts);
  void AddCore(const Parts& parts, bool proved);
  bool IsSpent() const;

  const std::unique_ptr<LeadQuestion> question_;
  const std::function<bool(const Changes&)> confirm_;
  std::vector<Parts> cores_;
  std::set<Parts> known_;  // sets that nothing comes of
  std::vector<Changes> refused_;
  uint64_t asked_ = 0;
};

}  // namespace pm
