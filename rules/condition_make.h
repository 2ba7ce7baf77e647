// Builds conditions: the one place where tests are typed, for YAML, for tables and for C++ alike.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rules/condition_node.h"

namespace pm {

struct TestSpec {
  const FieldDecl* field = nullptr;
  TestOp op = TestOp::kEq;
  std::vector<std::string> literals;  // as written; none for present and missing, two for between
  std::shared_ptr<const TextList> list;  // instead of literals, for in and not_in
  OnMissing on_missing = OnMissing::kUnknown;
  bool guarded = false;   // a negative test that need not say `missing:`: has(x) beside it does
  std::string text = {};  // the test in the writer's words; empty: put together from the above
};

// Why a test could not be made, and which literal is to blame.
struct TestError {
  Error error;
  size_t literal = SIZE_MAX;  // SIZE_MAX: the test as a whole
  size_t offset = 0;          // bytes into the literal
};

// PM0210 a literal that is no value of the field; PM0211 an operator that does not go with the
// field's type, or the wrong count of literals; PM0212 a regular expression that does not compile
// or holds a control character; PM0213 a negative test on a field that may be missing that does not
// say `missing:`, or a test for presence that does.
std::expected<Condition, TestError> MakeTest(const TestSpec& spec, Slots* slots);

// Over the same slots. `all` of nothing holds, `any` of nothing does not. One part is itself; parts
// that always hold are left out of `all`.
Condition AllOf(std::span<const Condition> parts);
Condition AnyOf(std::span<const Condition> parts);
Condition NotOf(const Condition& part);

// Fields that the engine sets on every lead, so that tests on them need no `missing:`.
bool AlwaysPresent(const FieldDecl& field);

std::optional<TestOp> ParseTestOp(std::string_view name);

}  // namespace pm
