// Makes conditions share what is equal in them. Large rule sets ask the same few things over and
// over (a country, a size band); shared, these stay in the processor's cache while rules are
// verified, and cost their memory once. One thread; what it returns is as immutable as what it was
// given.
#pragma once
#include <string>
#include <unordered_map>

#include "rules/condition_node.h"

namespace pm {

class ConditionSharing {
 public:
  // The same condition, word for word, of parts that all conditions given before share.
  Condition Share(const Condition& condition);

 private:
  std::shared_ptr<const ConditionNode> ShareNode(const std::shared_ptr<const ConditionNode>& node);

  std::unordered_map<std::string, std::shared_ptr<const ConditionNode>> known_;  // by their names
};

}  // namespace pm
