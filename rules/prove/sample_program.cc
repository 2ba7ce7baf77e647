#include "rules/prove/sample_program.h"

#include <algorithm>
#include <charconv>

#include "base/time/text.h"
#include "rules/condition_program.h"
#include "rules/literal.h"
#include "rules/prove/find_text.h"
#include "rules/prove/sample_pattern.h"
#include "rules/text_form.h"

namespace pm {
namespace {

constexpr size_t kMostTries = 4096, kMostTexts = 24, kMostNumbers = 64;
constexpr int64_t kMicros = 1'000'000;

// What is written in a program: quoted texts and numbers.
struct Literals {
  explicit Literals(std::string_view program) {
    for (size_t at = 0; at < program.size(); ++at) {
      const char c = program[at];
      if (c == '"' || c == '\'') {
        const size_t end = std::min(program.find(c, at + 1), program.size() - 1);
        if (texts.size() < kMostTexts) texts.emplace_back(program.substr(at + 1, end - at - 1));
        at = end;
      } else if (c >= '0' && c <= '9') {
        const size_t end = std::min(program.find_first_not_of("0123456789.", at), program.size());
        std::string_view digits = program.substr(at, end - at);
        while (digits.ends_with('.')) digits.remove_suffix(1);
        const auto micros = ReadDecimal(digits);
        if (micros && numbers.size() < kMostNumbers) numbers.push_back(*micros);
        at = end - 1;
      }
    }
  }
  std::vector<std::string> texts;
  std::vector<int64_t> numbers;  // in 10^-6
};

class Candidates {
 public:
  Candidates(const Literals& literals, const FieldDecl& field)
      : literals_(literals), field_(field), type_(field.type) {
    values_.emplace_back();  // missing
    switch (type_) {
      case Type::kBool:
        Number(1), Number(0);
        break;
      case Type::kInt:
        Numbers(1, kMicros);
        break;
      case Type::kDecimal:
        Numbers(kMicros, 1);
        break;
      case Type::kDuration:
        Durations();
        break;
      case Type::kInstant:
        Instants();
        break;
      case Type::kText:
        for (std::string& text : Texts()) values_.push_back({type_, 0, std::move(text)});
        break;
      case Type::kTextList:
        Lists();
        break;
      case Type::kMissing:
        break;
    }
  }
  const std::vector<OwnValue>& values() const { return values_; }

 private:
  void Number(int64_t number) { values_.push_back({type_, number, {}}); }

  // Around each number, its double and its half; `divisor` brings millionths to the field's unit.
  void Numbers(int64_t one, int64_t divisor) {
    for (const int64_t number : {int64_t{0}, one, 10 * one, 1000 * one, 1'000'000 * one, -one}) {
      Number(number);
    }
    for (const int64_t micros : literals_.numbers) {
      const int64_t number = micros / divisor;
      if (std::abs(number) > INT64_MAX / 4) continue;
      for (const int64_t near : {number, number + one, number - one, 2 * number, 2 * number + one,
                                 number / 2, -number, number * 2 - one}) {
        Number(near);
      }
    }
  }

  void Durations() {
    for (const Duration length :
         {Seconds(0), Seconds(1), Minutes(1), Hours(1), Days(1), Days(400)}) {
      Number(length.ms);
    }
    for (const std::string& text : literals_.texts) {
      const auto length = ParseDuration(text);
      if (!length) continue;
      for (const int64_t near : {0, 1, -1}) Number(length->ms + near);
    }
  }

  void Instants() {
    for (const std::string_view text : {"2026-01-01T09:00:00Z", "2020-06-15T12:00:00Z",
                                        "1990-01-07T00:00:00Z", "2050-12-31T23:59:59Z"}) {
      Number(ParseInstant(text)->ms);
    }
    for (const std::string& text : literals_.texts) {
      const auto instant = ParseInstant(text);
      if (!instant) continue;
      for (const int64_t near : {0, 1, -1}) Number(instant->ms + near);
    }
    for (const int64_t micros : literals_.numbers) {  // years
      const int64_t year = micros / kMicros;
      if (year < 1900 || year > 2200) continue;
      Number(ParseInstant(std::to_string(year) + "-06-15T12:00:00Z")->ms);
    }
  }

  // In the form rules see; what the field cannot hold is left out.
  std::vector<std::string> Texts() const {
    std::vector<std::string> texts;
    const auto add = [&](const std::string& text) {
      const auto form = WholeTextForm(field_, text);
      if (form && IsKept(field_, *form)) texts.push_back(*form);
    };
    if (const std::vector<std::string>* words = WordsOf(field_)) {
      texts.assign(words->begin(), words->begin() + std::min(words->size(), kMostTexts));
    }
    for (const char* text : {"other", "a", "acme.com", "ann@example.com", "+493012345678",
                             "a text of some length that most bounds will let through"}) {
      add(text);
    }
    for (const std::string& text : literals_.texts) {
      add(text);
      add(FoldedItem(text));
      add("a" + text);
      add(text + "a");
      for (const std::string& sample : SamplePattern(text)) add(sample);
    }
    return texts;
  }

  void Lists() {
    const std::vector<std::string> texts = Texts();
    OwnValue all{type_, 0, {}};
    for (const std::string& text : texts) {
      OwnValue one{type_, 0, {}};
      AppendListItem(&one.text, text);
      AppendListItem(&all.text, text);
      values_.push_back(std::move(one));
    }
    values_.push_back(std::move(all));
  }

  const Literals& literals_;
  const FieldDecl& field_;
  const Type type_;
  std::vector<OwnValue> values_;
};

class Sampling {
 public:
  Sampling(const GoalOf& goal, LeadDraft* store, uint64_t* work)
      : goal_(goal), store_(*store), work_(*work) {
    const Literals literals(goal.node->text);
    for (const ProgramInput& input : goal.node->inputs) {
      if (input.list) {
        for (const std::string& item : input.list->list->items) {
          if (extra_.texts.size() < kMostTexts) extra_.texts.push_back(item);
        }
      }
    }
    for (const ProgramInput& input : goal.node->inputs) {
      if (input.list) continue;
      Literals known = literals;
      known.texts.insert(known.texts.end(), extra_.texts.begin(), extra_.texts.end());
      slots_.push_back(input.slot);
      values_.push_back(Candidates(known, store_.FieldOf(input.slot)).values());
    }
  }

  // The field `index` and those after it.
  bool TryFrom(size_t index) {
    if (index == slots_.size()) {
      ++work_;
      ++tries_;
      return Accepts(goal_.goal, Condition(goal_.node).Eval(store_.facts()));
    }
    const size_t mark = store_.Mark();
    if (TryFrom(index + 1)) return true;  // as it is
    for (const OwnValue& value : values_[index]) {
      if (tries_ > kMostTries) return false;
      if (store_.Try(slots_[index], value) && TryFrom(index + 1)) return true;
      store_.Undo(mark);
    }
    return false;
  }

 private:
  const GoalOf& goal_;
  LeadDraft& store_;
  uint64_t& work_;
  Literals extra_{{}};
  std::vector<uint32_t> slots_;
  std::vector<std::vector<OwnValue>> values_;
  size_t tries_ = 0;
};

}  // namespace

bool SampleProgram(const GoalOf& goal, LeadDraft* store, uint64_t* work) {
  return Sampling(goal, store, work).TryFrom(0);
}

}  // namespace pm
