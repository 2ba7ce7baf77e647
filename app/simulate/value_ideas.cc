#include "app/simulate/value_ideas.h"

#include <re2/re2.h>

#include <charconv>

#include "base/text/json_writer.h"
#include "base/time/text.h"
#include "rules/prove/sample_pattern.h"
#include "rules/tables/cell.h"

namespace pm {
namespace {

constexpr size_t kMostIdeas = 12, kMostOfAList = 4;

std::string NumberJson(Type type, int64_t number) {
  if (type == Type::kBool) return number != 0 ? "true" : "false";
  if (type == Type::kDecimal) return MicrosText(number);
  if (type == Type::kInstant) return JsonString(FormatInstant(Instant{number}));
  if (type == Type::kDuration) return JsonString(FormatDuration(Duration{number}));
  return std::to_string(number);
}

bool IsText(Type type) { return type == Type::kText || type == Type::kTextList; }

// Collects ideas for one field, through the field they are set by.
class Ideas {
 public:
  explicit Ideas(const FieldDecl& field) : field_(field) {}

  void Text(std::string_view text) {
    if (field_.number == Field("lead.email_domain").number) {
      return Add("lead.email", JsonString(fmt::format("lead@{}", text)));
    }
    if (field_.set_by != SetBy::kPublisher) return;
    const std::string json = JsonString(text);
    Add(field_.name, field_.type == Type::kTextList ? "[" + json + "]" : json);
  }
  void Number(int64_t number) {
    if (field_.number == Field("lead.free_mail").number) {
      return Add("lead.email", number != 0 ? R"("lead@gmail.com")" : R"("lead@company.example")");
    }
    if (field_.set_by != SetBy::kPublisher || number < field_.min || number > field_.max) return;
    Add(field_.name, NumberJson(field_.type, number));
  }
  void LeaveOut() {
    if (field_.set_by == SetBy::kPublisher) Add(field_.name, "");
  }
  // Something else than a test names.
  void Other() {
    if (!IsText(field_.type)) {
      Number(0);
      return Number(1);
    }
    if (field_.normalise == Normaliser::kCountry) {
      for (const std::string_view country : {"US", "DE", "FR", "BR"}) Text(country);
    } else {
      const bool domain =
          field_.normalise == Normaliser::kDomain || field_.normalise == Normaliser::kNone;
      Text(domain ? "other.example" : "other");
    }
  }
  std::vector<ValueIdea> Take() && { return std::move(ideas_); }

 private:
  void Add(std::string_view field, std::string json) {
    if (ideas_.size() < kMostIdeas) ideas_.push_back({std::string(field), std::move(json)});
  }

  const FieldDecl& field_;
  std::vector<ValueIdea> ideas_;
};

void AddOperands(const ConditionNode& test, Ideas* ideas) {
  const bool texts = IsText(test.type);
  for (size_t i = 0; i < test.operands.size() && i < kMostIdeas; ++i) {
    const Operand& operand = test.operands[i];
    texts ? ideas->Text(operand.text) : ideas->Number(operand.number);
  }
  if (test.list == nullptr) return;
  for (size_t i = 0; i < test.list->items.size() && i < kMostOfAList; ++i) {
    ideas->Text(test.list->items[i]);
  }
}

// What makes the test hold.
void Meet(const ConditionNode& test, Ideas* ideas) {
  const TestOp op = test.op;
  if (op == TestOp::kGt) return ideas->Number(test.operands[0].number + 1);
  if (op == TestOp::kLt) return ideas->Number(test.operands[0].number - 1);
  if (op == TestOp::kPresent || op == TestOp::kNe || op == TestOp::kNotIn) ideas->Other();
  if (op == TestOp::kMissing || op == TestOp::kNe || op == TestOp::kNotIn) ideas->LeaveOut();
  if (op == TestOp::kNe || op == TestOp::kNotIn) return;
  if (op != TestOp::kMatches) return AddOperands(test, ideas);
  for (const std::string& text : SamplePattern(PatternText(*test.pattern))) {
    if (RE2::PartialMatch(text, *test.pattern)) ideas->Text(text);
  }
}

// What makes it not hold.
void Miss(const ConditionNode& test, Ideas* ideas) {
  const TestOp op = test.op;
  if (op == TestOp::kMissing) return ideas->Other();
  if (op == TestOp::kNe || op == TestOp::kNotIn) {
    AddOperands(test, ideas);
  } else if (op == TestOp::kGt || op == TestOp::kLt) {
    ideas->Number(test.operands[0].number);
  } else if (op == TestOp::kGte || op == TestOp::kBetween) {
    ideas->Number(test.operands[0].number - 1);
    if (op == TestOp::kBetween) ideas->Number(test.operands[1].number + 1);
  } else if (op == TestOp::kLte) {
    ideas->Number(test.operands[0].number + 1);
  } else if (op != TestOp::kPresent) {
    ideas->Other();
  }
  ideas->LeaveOut();
}

}  // namespace

std::vector<ValueIdea> IdeasForTest(const ConditionNode& test, bool holds,
                                    const FieldTable& fields) {
  const FieldDecl* field = fields.Find(test.field);
  if (field == nullptr) return {};
  Ideas ideas(*field);
  holds ? Meet(test, &ideas) : Miss(test, &ideas);
  return std::move(ideas).Take();
}

std::vector<ValueIdea> IdeasForProgram(const ConditionNode& program, const FieldTable& fields) {
  static const RE2 kConstant(R"re("([^"]*)"|'([^']*)'|(-?\b\d{1,15}\b))re");
  std::vector<std::string> texts;
  std::vector<int64_t> numbers;
  re2::StringPiece rest(program.text);
  std::string in_double, in_single, digits;
  while (RE2::FindAndConsume(&rest, kConstant, &in_double, &in_single, &digits)) {
    if (digits.empty()) {
      texts.push_back(in_double.empty() ? in_single : in_double);
    } else {
      std::from_chars(digits.data(), digits.data() + digits.size(), numbers.emplace_back());
    }
  }
  std::vector<ValueIdea> all;
  for (const ProgramInput& input : program.inputs) {
    const FieldDecl* field = input.list == nullptr ? fields.Find(input.field) : nullptr;
    if (field == nullptr) continue;
    Ideas ideas(*field);
    const bool text = IsText(field->type);
    for (const std::string& constant : texts) {
      if (text) ideas.Text(constant);
    }
    for (const int64_t number : numbers) {
      for (const int64_t near : {number, number + 1, number - 1}) {
        if (!text && field->type != Type::kBool) ideas.Number(near);
      }
    }
    ideas.Other();
    ideas.LeaveOut();
    for (ValueIdea& idea : std::move(ideas).Take()) all.push_back(std::move(idea));
  }
  return all;
}

std::vector<ValueIdea> IdeasForCell(const TableCell& cell, bool matches, const FieldDecl& field) {
  Ideas ideas(field);
  if (cell.kind == TableCell::Kind::kAny) return {};
  if (cell.kind == TableCell::Kind::kTexts) {
    if (cell.negated != matches) {
      for (size_t i = 0; i < cell.texts.size() && i < kMostOfAList; ++i) ideas.Text(cell.texts[i]);
    } else {
      ideas.Other();
    }
  } else {
    for (const Interval& range : cell.numbers) {
      if (matches) {
        ideas.Number(range.begin > field.min ? range.begin : range.end - 1);
      } else {
        ideas.Number(range.begin - 1);
        ideas.Number(range.end);
      }
    }
  }
  if (!matches) ideas.LeaveOut();
  return std::move(ideas).Take();
}

}  // namespace pm
