// What a rule book holds out of its readers' sight. Filled by RuleBookBuilder, then immutable.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "rules/book.h"
#include "rules/hours.h"
#include "rules/text_list.h"

namespace pm {

struct RuleBook::Parts {
  std::map<std::string, std::shared_ptr<const SlaPolicy>, std::less<>> slas;
  std::map<std::string, std::shared_ptr<const Cadence>, std::less<>> cadences;
  // Own ones and those of earlier versions, which running SLAs and enrolments may still name.
  std::map<ContentHash, std::shared_ptr<const SlaPolicy>> pinned_slas;
  std::map<ContentHash, std::shared_ptr<const Cadence>> pinned_cadences;
  std::map<std::string, std::shared_ptr<const TextList>, std::less<>> lists;
  std::map<std::string, std::string, std::less<>> desk_of_rep;
  std::string common_desk = "main";                             // of reps who are in no pool
  std::map<std::string, std::string, std::less<>> rep_by_name;  // address or external id -> id
  std::map<std::string, std::vector<std::string>, std::less<>> supporters;  // of a rep, sorted
  HoursTable hours;

  // What stages ask for many times a lead. Keys lie in the book, which does not change.
  std::unordered_map<std::string_view, const RosterRep*> rep_by_id;
  std::unordered_map<std::string_view, const Pool*> pool_by_name;
  std::vector<std::string> desks = {"main"};  // sorted
};

}  // namespace pm
