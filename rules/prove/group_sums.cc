#include "rules/prove/group_sums.h"

#include <algorithm>
#include <optional>
#include <set>

#include "rules/condition_node.h"
#include "rules/condition_text.h"
#include "rules/text_list.h"

namespace pm {
namespace {

constexpr uint64_t kWorkOfQuery = 20'000;
constexpr uint64_t kMostLooks = 2'000'000;  // at rules, where every value of a field is tried

int64_t PointsFor(const FitGroup& group, Facts facts) {
  int64_t sum = 0;
  for (const PointsWays& ways : group.rules) {
    const auto way =
        std::ranges::find_if(ways, [&](const PointsWay& one) { return one.when.Holds(facts); });
    if (way != ways.end()) sum += way->points;
  }
  return sum;
}

// Values of one field that stand for all there are: every set of tests on it that some value
// passes is passed by one of them.
class ValuesOfField {
 public:
  explicit ValuesOfField(const FieldDecl& field) : field_(field) {
    // Besides those that tests name.
    if (IsText()) texts_.insert("\x01");
    if (field.type == Type::kBool) numbers_ = {0, 1};
    if (!IsText() && field.type != Type::kBool) numbers_.insert(field.min);
  }

  // False when the condition holds something of which that cannot be said.
  bool Add(const ConditionNode& node) {
    if (node.kind == NodeKind::kProgram) return false;
    if (node.kind != NodeKind::kTest) {
      return std::ranges::all_of(node.children, [&](const auto& child) { return Add(*child); });
    }
    if (node.op == TestOp::kPresent || node.op == TestOp::kMissing) return true;
    return IsText() ? AddTexts(node) : AddNumbers(node);
  }

  template <class F>
  void Each(const F& visit) const {
    visit(Value{});
    for (const std::string& text : texts_) visit(Value::Text(text));
    for (const int64_t number : numbers_) visit(Value{field_.type, number, {}});
  }
  size_t size() const { return 1 + texts_.size() + numbers_.size(); }

 private:
  bool IsText() const { return field_.type == Type::kText; }

  bool AddTexts(const ConditionNode& test) {
    if (test.op != TestOp::kEq && test.op != TestOp::kNe && test.op != TestOp::kIn &&
        test.op != TestOp::kNotIn) {
      return false;
    }
    for (const Operand& operand : test.operands) texts_.insert(operand.text);
    if (test.list) texts_.insert(test.list->items.begin(), test.list->items.end());
    return true;
  }

  bool AddNumbers(const ConditionNode& test) {
    if (field_.type == Type::kBool) return true;
    for (const Interval& one : PassingNumbers(test)) {
      for (const int64_t number : {one.begin, one.end}) {
        if (number >= field_.min && number <= field_.max) numbers_.insert(number);
      }
    }
    return true;
  }

  const FieldDecl& field_;
  std::set<std::string> texts_;
  std::set<int64_t> numbers_;
};

// Of rules that all read one field and no other.
std::optional<Intervals> SumsOfField(const LeadSpace& space, const FitGroup& group,
                                     uint64_t* work) {
  const FieldDecl* field = space.fields.Find(group.fields.front());
  const uint32_t slot = space.slots.Of(group.fields.front());
  if (group.fields.size() != 1 || field == nullptr || slot == UINT32_MAX ||
      field->type == Type::kTextList) {
    return std::nullopt;
  }
  ValuesOfField values(*field);
  for (const PointsWays& ways : group.rules) {
    for (const PointsWay& way : ways) {
      if (!values.Add(*way.when.shared_root())) return std::nullopt;
    }
  }
  if (values.size() * group.rules.size() > kMostLooks) return std::nullopt;
  *work += values.size() * group.rules.size() / 4;
  Intervals sums;
  std::vector<Value> facts(space.slots.size());
  values.Each([&](const Value& value) {
    facts[slot] = value;
    sums.push_back(OneNumber(PointsFor(group, facts)));
  });
  return Coarsened(Normalised(std::move(sums)));
}

// Decides rule after rule, with a lead at hand for which what was decided holds.
class GroupSearch {
 public:
  GroupSearch(const LeadSpace& space, const FitGroup& group, uint64_t budget, uint64_t* work)
      : space_{.fields = space.fields, .slots = space.slots, .mail = space.mail},
        group_(group),
        end_(*work + budget),
        work_(*work) {}

  Intervals Run() {
    const LeadAnswer any = FindLead(space_, {.must = {}, .must_not = {}, .least = false});
    Visit(0, 0, any.facts);
    return Coarsened(std::move(sums_));
  }

 private:
  void Visit(size_t rule, int64_t sum, const std::string& facts) {
    const Intervals rest = Shifted(group_.rest[rule], sum);
    if (Covers(sums_, rest)) return;
    if (rule == group_.rules.size()) return Add(rest);
    if (work_ >= end_) return Add(rest);
    work_ += 1 + space_.slots.size() / 8;
    const PointsWays& ways = group_.rules[rule];
    FactSheet sheet(space_.slots);
    sheet.Add(FieldBlock(facts));
    bool held = false;
    for (const PointsWay& way : ways) {
      const bool holds = way.when.Holds(sheet.facts());
      held = held || holds;
      query_.must.push_back(way.when);
      Take(rule, sum + way.points, holds ? &facts : nullptr);
      query_.must.pop_back();
    }
    for (const PointsWay& way : ways) query_.must_not.push_back(way.when);
    Take(rule, sum, held ? nullptr : &facts);
    query_.must_not.resize(query_.must_not.size() - ways.size());
  }

  // Goes on behind a rule that was decided: with the lead at hand, or with another.
  void Take(size_t rule, int64_t sum, const std::string* facts) {
    if (facts != nullptr) return Visit(rule + 1, sum, *facts);
    const Intervals rest = Shifted(group_.rest[rule + 1], sum);
    if (Covers(sums_, rest)) return;
    if (work_ >= end_) return Add(rest);
    query_.budget = kWorkOfQuery;
    const LeadAnswer answer = FindLead(space_, query_);
    work_ += answer.work + 1;
    if (answer.found()) return Visit(rule + 1, sum, answer.facts);
    if (!answer.none()) Add(rest);
  }

  void Add(const Intervals& sums) { sums_ = Coarsened(Union(sums_, sums)); }

  const LeadSpace space_;
  const FitGroup& group_;
  const uint64_t end_;
  uint64_t& work_;
  LeadQuery query_{.must = {}, .must_not = {}, .least = false};
  Intervals sums_;
};

}  // namespace

Intervals SumsOfGroup(const LeadSpace& space, const FitGroup& group, uint64_t budget,
                      uint64_t* work) {
  if (auto sums = SumsOfField(space, group, work)) return std::move(*sums);
  return GroupSearch(space, group, budget, work).Run();
}

}  // namespace pm
