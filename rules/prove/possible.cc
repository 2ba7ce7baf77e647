#include "rules/prove/possible.h"

#include <algorithm>

#include "base/time/text.h"
#include "rules/condition_text.h"

namespace pm {
namespace {

constexpr int64_t kPlainInstantMs = 1'767'225'600'000;  // 2026-01-01

Intervals RangeOf(const FieldDecl& field) {
  if (field.type == Type::kBool) return {{0, 2}};
  if (field.type == Type::kInstant) {
    return {{std::max(field.min, kFirstInstant.ms), std::min(field.max, kLastInstant.ms) + 1}};
  }
  return {{field.min, field.max == INT64_MAX ? field.max : field.max + 1}};
}

// The number in them that reads best: a bound somebody wrote rather than the end of the type.
int64_t PlainNumber(const FieldDecl& field, const Intervals& numbers) {
  const auto has = [&](int64_t number) {
    return std::ranges::any_of(
        numbers, [&](const Interval& one) { return number >= one.begin && number < one.end; });
  };
  if (field.type == Type::kInstant && has(kPlainInstantMs)) return kPlainInstantMs;
  const Interval range = RangeOf(field).front();
  for (const Interval& one : numbers) {
    if (one.begin > range.begin || range.begin == 0) return one.begin;
    if (one.end < range.end) return one.end - 1;
  }
  return has(0) ? 0 : numbers.front().begin;
}

bool ItemPasses(const TextTest& one, std::string_view encoded) {
  return std::ranges::any_of(ListItems(encoded),
                             [&](std::string_view item) { return TextPasses(*one.test, item); });
}

}  // namespace

Possible::Possible(const FieldDecl& field, bool may_be_missing,
                   const std::vector<std::string>* words)
    : field_(&field), words_(words), missing_(may_be_missing) {
  if (field.type != Type::kText && field.type != Type::kTextList) numbers_ = RangeOf(field);
}

void Possible::Narrow(const std::shared_ptr<const ConditionNode>& test, const TestDemand& demand) {
  missing_ = missing_ && demand.missing;
  present_ = present_ && demand.present;
  if (!demand.passes) return;
  if (field_->type == Type::kText || field_->type == Type::kTextList) {
    texts_.push_back({test, *demand.passes});
    return;
  }
  const Intervals passing = PassingNumbers(*test);
  numbers_ = *demand.passes ? Intersection(numbers_, passing) : Difference(numbers_, passing);
}

bool Possible::Allows(const Value& value, uint64_t* work) const {
  if (value.missing()) return missing_;
  if (!present_) return false;
  if (field_->type == Type::kText || field_->type == Type::kTextList) {
    return std::ranges::all_of(texts_, [&](const TextTest& one) {
      *work += WorkOfLook(*one.test);
      const bool passes = field_->type == Type::kText ? TextPasses(*one.test, value.text)
                                                      : ItemPasses(one, value.text);
      return passes == one.passes;
    });
  }
  ++*work;
  return std::ranges::any_of(numbers_, [&](const Interval& one) {
    return value.number >= one.begin && value.number < one.end;
  });
}

const ConditionNode* Possible::Uncertain() const {
  const ConditionNode* of_list = nullptr;
  for (const TextTest& one : texts_) {
    if (one.test->op == TestOp::kMatches) return one.test.get();
    if (one.test->list && of_list == nullptr) of_list = one.test.get();
  }
  return of_list;
}

Possible::Answer Possible::Choose(OwnValue* out, uint64_t* work) const {
  *out = {};
  if (missing_) return Answer::kYes;
  if (!present_) return Answer::kNo;
  out->type = field_->type;
  if (field_->type == Type::kText) return ChooseText(out, work);
  if (field_->type == Type::kTextList) return ChooseList(out, work);
  if (numbers_.empty()) return Answer::kNo;
  out->number = PlainNumber(*field_, numbers_);
  return Answer::kYes;
}

Possible::Answer Possible::ChooseText(OwnValue* out, uint64_t* work) const {
  const TextAnswer found = FindText(*field_, texts_, {.words = words_}, work);
  out->text = found.text;
  if (found.kind == TextAnswer::Kind::kFound) return Answer::kYes;
  return found.kind == TextAnswer::Kind::kNone ? Answer::kNo : Answer::kUnknown;
}

// An item for each test that some item is to pass; none of them may pass what none is to.
Possible::Answer Possible::ChooseList(OwnValue* out, uint64_t* work) const {
  std::vector<TextTest> none;
  std::ranges::copy_if(texts_, std::back_inserter(none),
                       [](const TextTest& one) { return !one.passes; });
  const bool any = none.size() < texts_.size();
  std::vector<std::string> items;
  for (const TextTest& one : texts_) {
    if (any && !one.passes) continue;
    const auto passes = [&](const std::string& item) { return TextPasses(*one.test, item); };
    if (std::ranges::any_of(items, passes)) continue;
    std::vector<TextTest> tests = none;
    if (any) tests.push_back(one);
    const TextAnswer found = FindText(*field_, tests, {}, work);
    if (found.kind == TextAnswer::Kind::kNone) return Answer::kNo;
    if (found.kind == TextAnswer::Kind::kUnknown) return Answer::kUnknown;
    items.push_back(found.text);
    if (!any) break;
  }
  if (items.empty()) items.emplace_back("other");
  if (static_cast<int64_t>(items.size()) > field_->max) return Answer::kUnknown;
  for (const std::string& item : items) AppendListItem(&out->text, item);
  return Answer::kYes;
}

}  // namespace pm
