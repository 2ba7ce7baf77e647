#include "rules/diff/fit_givers.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "rules/diff/condition_key.h"

namespace pm {
namespace {

std::string RuleKey(const ScoringRule& rule) {
  std::string key = fmt::format("{}|{}|{}|", KeyOf(rule.when), rule.points,
                                rule.banded_field ? rule.banded_field->number : 0);
  for (const Band& band : rule.bands) key += fmt::format("{}:{},", band.from, band.points);
  return key;
}

class Collector {
 public:
  Collector(const FieldTable& fields, Slots* slots) : fields_(fields), slots_(*slots) {}

  // Rules of both sets by their texts; what is left differs.
  std::vector<Giver> Collect(const RuleBook& before, const RuleBook& after) {
    std::map<std::string, std::vector<const ScoringRule*>> old;
    for (const ScoringRule& rule : before.scoring.fit) old[RuleKey(rule)].push_back(&rule);
    for (const ScoringRule& rule : after.scoring.fit) {
      std::vector<const ScoringRule*>& same = old[RuleKey(rule)];
      Add(rule, !same.empty(), true);
      if (!same.empty()) same.pop_back();
    }
    for (const ScoringRule& rule : before.scoring.fit) {
      std::vector<const ScoringRule*>& left = old[RuleKey(rule)];
      if (std::erase(left, &rule) > 0) Add(rule, true, false);
    }
    return std::move(givers_);
  }

 private:
  void Add(const ScoringRule& rule, bool of_before, bool of_after) {
    Giver giver{.rule = &rule, .of_before = of_before, .of_after = of_after};
    const Condition when = rule.when.Rebound(&slots_);
    std::vector<FieldNumber> fields;
    if (rule.banded_field) {
      slots_.Add(*rule.banded_field);
      fields.push_back(*rule.banded_field);
    }
    when.CollectFields(slots_, &fields);
    for (const FieldNumber field : fields) giver.fields.insert(field.number);
    giver.ways = WaysOf(rule, when, fields_, slots_);
    givers_.push_back(std::move(giver));
  }

  const FieldTable& fields_;
  Slots& slots_;
  std::vector<Giver> givers_;
};

}  // namespace

std::vector<Giver> GiversOf(const RuleBook& before, const RuleBook& after, const FieldTable& fields,
                            Slots* slots) {
  return Collector(fields, slots).Collect(before, after);
}

std::vector<std::vector<size_t>> GroupsOf(const std::vector<Giver>& givers) {
  std::vector<std::pair<std::set<uint32_t>, std::vector<size_t>>> groups;
  for (size_t g = 0; g < givers.size(); ++g) {
    if (!givers[g].differs()) continue;
    std::set<uint32_t> fields = givers[g].fields;
    // Fields of an address go together.
    for (const FieldNumber part : {Field("lead.email"), Field("lead.free_mail")}) {
      if (fields.contains(part.number)) fields.insert(Field("lead.email_domain").number);
    }
    std::vector<size_t> members = {g};
    std::erase_if(groups, [&](const auto& other) {
      const bool shares =
          std::ranges::any_of(other.first, [&](uint32_t field) { return fields.contains(field); });
      if (!shares) return false;
      fields.insert(other.first.begin(), other.first.end());
      members.insert(members.begin(), other.second.begin(), other.second.end());
      return true;
    });
    groups.emplace_back(std::move(fields), std::move(members));
  }
  std::vector<std::vector<size_t>> lists;
  for (auto& [fields, members] : groups) lists.push_back(std::move(members));
  return lists;
}

}  // namespace pm
