#include "rules/prove/find_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/condition_text.h"
#include "rules/pattern_form.h"
#include "rules/prove/sample_pattern.h"
#include "rules/text_form.h"

namespace pm {
namespace {

constexpr uint64_t kMostWork = 30'000;  // in texts that are put together, as WorkOfLook counts
constexpr size_t kMostLengths = 64;     // tries to get past texts that are ruled out one by one
// What stands for anything else, the plainest first.
constexpr std::string_view kFillers[] = {"", "other", "x", "sample", "q7", "zz", "k9", "Other"};
constexpr std::string_view kLetters = "qxzjkvwyuhgfbpdmclnrtsiaoe0123456789";

using Kind = TextAnswer::Kind;

bool IsDomain(const FieldDecl& field) {
  return field.normalise == Normaliser::kDomain ||
         field.number == Field("lead.email_domain").number;
}

// The test asks for the whole text: of a list `contains` does, for an item.
bool IsWhole(const ConditionNode& test) {
  const bool item = test.op == TestOp::kContains && test.type == Type::kTextList;
  return item || test.op == TestOp::kEq || test.op == TestOp::kNe || test.op == TestOp::kIn ||
         test.op == TestOp::kNotIn;
}

bool SameList(const TextList* a, const TextList* b) {
  return a == b || (a != nullptr && b != nullptr && a->items == b->items);
}

// As far as groups go that say nothing.
bool SamePattern(std::string_view a, std::string_view b) {
  return a == b || WithoutIdleGroups(a) == WithoutIdleGroups(b);
}

bool SameTest(const ConditionNode& a, const ConditionNode& b) {
  if (&a == &b) return true;
  return (a.op == b.op || (IsWhole(a) && IsWhole(b))) && SameList(a.list.get(), b.list.get()) &&
         a.operands == b.operands &&
         (a.pattern == b.pattern ||
          (a.pattern && b.pattern &&
           SamePattern(PatternText(*a.pattern), PatternText(*b.pattern))));
}

class TextSearch {
 public:
  TextSearch(const FieldDecl& field, std::span<const TextTest> tests, const TextLimits& limits,
             uint64_t* work)
      : field_(field), tests_(tests), limits_(limits), work_(*work) {}

  TextAnswer Find() {
    if (!TakePieces() || Contradicts()) return {Kind::kNone, {}};
    if (limits_.words != nullptr) {
      for (const std::string& word : *limits_.words) {
        if (PassesAll(word)) return {Kind::kFound, word};
      }
      return {Kind::kNone, {}};
    }
    for (const TextTest& one : tests_) {
      if (one.passes && IsWhole(*one.test)) return OneOf(*one.test);
    }
    return PutTogether();
  }

 private:
  const std::string& Literal(const TextTest& one) const { return one.test->operands[0].text; }

  // What the text must begin and end with and have within; false when none can.
  bool TakePieces() {
    for (const TextTest& one : tests_) {
      if (!one.passes || IsWhole(*one.test)) continue;
      if (one.test->op == TestOp::kMatches) {
        pattern_ = one.test.get();
        continue;
      }
      const std::string& next = Literal(one);
      if (one.test->op == TestOp::kContains) {
        parts_.push_back(next);
        continue;
      }
      const bool begin = one.test->op == TestOp::kStartsWith;
      std::string& so_far = begin ? prefix_ : suffix_;
      const auto fits = [&](const std::string& a, const std::string& b) {
        return begin ? a.starts_with(b) : a.ends_with(b);
      };
      if (!fits(next, so_far) && !fits(so_far, next)) return false;
      if (next.size() > so_far.size()) so_far = next;
    }
    return true;
  }

  // What is ruled out is asked for as well.
  bool Contradicts() const {
    return std::ranges::any_of(tests_, [&](const TextTest& no) {
      return !no.passes && (Implied(no) || std::ranges::any_of(tests_, [&](const TextTest& yes) {
                              ++work_;
                              return yes.passes && SameTest(*yes.test, *no.test);
                            }));
    });
  }
  // Every text that has the pieces passes it.
  bool Implied(const TextTest& no) const {
    if (IsWhole(*no.test) || no.test->op == TestOp::kMatches) return false;
    const std::string& text = Literal(no);
    if (no.test->op == TestOp::kStartsWith) return prefix_.starts_with(text);
    if (no.test->op == TestOp::kEndsWith) return suffix_.ends_with(text);
    const auto has = [&](const std::string& piece) { return piece.contains(text); };
    return has(prefix_) || has(suffix_) || std::ranges::any_of(parts_, has);
  }

  bool PassesAll(std::string_view text) const {
    const bool passes = std::ranges::all_of(tests_, [&](const TextTest& one) {
      work_ += WorkOfLook(*one.test);
      return TextPasses(*one.test, text) == one.passes;
    });
    return passes && (!limits_.also || limits_.also(text));
  }

  // The texts that a test lists. A list of the rules takes them in any case: exact for fields
  // without case, and where nothing but such lists is asked about.
  TextAnswer OneOf(const ConditionNode& test) const {
    for (const Operand& operand : test.operands) {
      if (PassesAll(operand.text)) return {Kind::kFound, operand.text};
    }
    if (!test.list) return {Kind::kNone, {}};
    bool any = false;  // that passes, kept by intake or not
    for (const std::string& item : test.list->items) {
      any |= PassesAll(item);
      const auto form = WholeTextForm(field_, item);
      if (form && PassesAll(*form)) return {Kind::kFound, *form};
    }
    const bool lists_only =
        std::ranges::all_of(tests_, [](const TextTest& one) { return one.test->list != nullptr; });
    if (IsInSmallLetters(field_) || (lists_only && !any)) return {Kind::kNone, {}};
    for (const TextTest& other : tests_) {  // `eq` beside it: exact again
      if (other.passes && IsWhole(*other.test) && !other.test->list) return OneOf(*other.test);
    }
    return {Kind::kUnknown, {}};
  }

  TextAnswer PutTogether() const {
    const uint64_t end = work_ + kMostWork;
    std::vector<std::string> within = {""};
    if (pattern_ != nullptr) within = SamplePattern(PatternText(*pattern_->pattern));
    for (const std::string& sample : within) {
      for (const std::string_view filler : kFillers) {
        if (work_ > end) return {Kind::kUnknown, {}};
        for (const std::string& text : Shapes(sample, filler)) {
          if (IsKept(field_, text) && PassesAll(text)) return {Kind::kFound, text};
        }
      }
    }
    const std::string fresh(1, FreshLetter());
    std::string filler;
    for (size_t length = 1; length <= kMostLengths && work_ <= end; ++length) {
      filler += fresh;
      for (const std::string& text : Shapes(within.front(), filler)) {
        if (IsKept(field_, text) && PassesAll(text)) return {Kind::kFound, text};
      }
    }
    return {Kind::kUnknown, {}};
  }

  // A number with the pieces in it; a filler is no more than a length there.
  std::vector<std::string> PhoneShapes(std::string_view filler) const {
    std::vector<std::string> shapes;
    for (const std::string_view digits : {"2345678", "23", ""}) {
      std::string text = prefix_.empty() ? "+4930" : prefix_;
      for (const std::string& part : parts_) {
        if (!text.contains(part) && !suffix_.contains(part)) text += part;
      }
      text.append(digits).append(filler.size(), '5').append(suffix_);
      shapes.push_back(std::move(text));
    }
    return shapes;
  }

  // The pieces with the filler between them, as the field's form asks.
  std::vector<std::string> Shapes(const std::string& sample, std::string_view filler) const {
    if (field_.normalise == Normaliser::kPhone) return PhoneShapes(filler);
    std::string text = prefix_;
    const auto add = [&](const std::string& piece) {
      if (piece.empty() || text.contains(piece)) return;
      if (!text.empty()) text += filler;
      text += piece;
    };
    add(sample);
    for (const std::string& part : parts_) {
      if (!suffix_.contains(part)) add(part);
    }
    const bool ends = text.ends_with(suffix_);
    std::string whole = text;
    whole += filler;
    whole += suffix_;
    std::vector<std::string> shapes;
    if (ends && !text.empty()) shapes.push_back(text);
    if (!whole.empty()) shapes.push_back(whole);
    if (prefix_.empty() && !parts_.empty()) shapes.push_back(std::string(filler) + whole);
    if (IsDomain(field_)) {
      if (suffix_.empty()) shapes.push_back(whole + ".com");
      shapes.push_back(text + std::string(filler) + ".example" + suffix_);
    } else if (field_.normalise == Normaliser::kEmail) {
      for (const std::string& host : limits_.hosts) {
        if (text.ends_with('@')) shapes.push_back(text + host);
        const std::string local = text + std::string(filler);
        shapes.push_back(fmt::format("{}@{}", local.empty() ? "ann" : local, host));
      }
      shapes.push_back(whole + "@example.com");
      shapes.push_back((text.empty() ? "ann" : text) + std::string(filler) + suffix_);
      shapes.push_back((text.empty() ? "ann" : text) + std::string(filler) + "@example" + suffix_);
    }
    return shapes;
  }

  // A letter that none of what is ruled out holds, so that nothing comes about across pieces.
  char FreshLetter() const {
    for (const char letter : kLetters) {
      const bool used = std::ranges::any_of(tests_, [&](const TextTest& one) {
        return !one.passes && !IsWhole(*one.test) && one.test->op != TestOp::kMatches &&
               Literal(one).contains(letter);
      });
      if (!used) return letter;
    }
    return kLetters.front();
  }

  const FieldDecl& field_;
  const std::span<const TextTest> tests_;
  const TextLimits& limits_;
  uint64_t& work_;
  std::string prefix_, suffix_;
  std::vector<std::string> parts_;
  const ConditionNode* pattern_ = nullptr;
};

}  // namespace

bool IsKept(const FieldDecl& field, std::string_view text) {
  if (const std::vector<std::string>* words = WordsOf(field)) {
    return std::ranges::find(*words, text) != words->end();
  }
  const auto form = WholeTextForm(field, text);
  return form && *form == text;
}

TextAnswer FindText(const FieldDecl& field, std::span<const TextTest> tests,
                    const TextLimits& limits, uint64_t* work) {
  return TextSearch(field, tests, limits, work).Find();
}

}  // namespace pm
