// What a field may still be, after some demands on it, and a value that is.
#pragma once
#include <string>
#include <vector>

#include "base/time/intervals.h"
#include "model/field_block.h"
#include "rules/prove/find_text.h"
#include "rules/prove/goal.h"

namespace pm {

// A value with the text it stands on.
struct OwnValue {
  Type type = Type::kMissing;
  int64_t number = 0;
  std::string text;  // of a list: its encoded items
  Value value() const { return {type, number, text}; }
};

class Possible {
 public:
  enum class Answer : uint8_t { kYes, kNo, kUnknown };

  // `words`: as FindText says. Everything of the field's declaration is possible at first.
  Possible(const FieldDecl& field, bool may_be_missing, const std::vector<std::string>* words);

  const FieldDecl& field() const { return *field_; }
  bool may_be_missing() const { return missing_; }
  bool may_be_present() const { return present_; }
  const Intervals& numbers() const { return numbers_; }
  const std::vector<TextTest>& texts() const { return texts_; }

  // Keeps only what meets the demand.
  void Narrow(const std::shared_ptr<const ConditionNode>& test, const TestDemand& demand);
  bool Allows(const Value& value, uint64_t* work) const;
  // Of the tests on a text that for which texts can only be tried out: a regular expression, a
  // list; null: none such.
  const ConditionNode* Uncertain() const;
  // A value that is possible: missing if it may be, else the plainest. kUnknown when none was found
  // and none was ruled out either.
  Answer Choose(OwnValue* out, uint64_t* work) const;

 private:
  Answer ChooseText(OwnValue* out, uint64_t* work) const;
  Answer ChooseList(OwnValue* out, uint64_t* work) const;

  const FieldDecl* field_;
  const std::vector<std::string>* words_;
  bool missing_;
  bool present_ = true;
  Intervals numbers_;            // of fields that hold numbers
  std::vector<TextTest> texts_;  // of texts; of lists: some item passes, or none does
};

}  // namespace pm
