// What a condition of an engagement rule asks of an event that such an event never has.
#include <fmt/format.h>

#include <array>

#include "model/decode/closed_words.h"
#include "rules/compile/conditions/syntax.h"

namespace pm {
namespace {

constexpr int kBadLiteral = 210, kOutOfScope = 223;

// Fields that say something of some events only. Any source may send more than is usual, so all
// others may come with anything.
struct Home {
  FieldNumber field;
  std::array<EventType, 4> signals;  // of which some may be kNone
};
constexpr auto kHomes = std::to_array<Home>({
    {Field("event.path"), {EventType::kSiteVisited}},
    {Field("event.referrer"), {EventType::kSiteVisited}},
    {Field("event.url"),
     {EventType::kSiteVisited, EventType::kTouchRecorded, EventType::kTouchMachine,
      EventType::kMeetingBooked}},
    {Field("event.topic"), {EventType::kIntentObserved, EventType::kMeetingBooked}},
    {Field("event.score"), {EventType::kIntentObserved, EventType::kProductUsed}},
    {Field("event.provider"), {EventType::kIntentObserved, EventType::kMeetingBooked}},
    {Field("event.product"), {EventType::kProductUsed, EventType::kIntentObserved}},
    {Field("event.action"), {EventType::kProductUsed, EventType::kSiteVisited}},
    {Field("event.direction"), {EventType::kTouchRecorded, EventType::kTouchMachine}},
    {Field("event.reply"), {EventType::kTouchRecorded, EventType::kTouchMachine}},
    {Field("event.automated"), {EventType::kTouchRecorded, EventType::kTouchMachine}},
});
constexpr auto kSignals = std::to_array<EventType>(
    {EventType::kSiteVisited, EventType::kIntentObserved, EventType::kProductUsed,
     EventType::kTouchRecorded, EventType::kTouchMachine, EventType::kMeetingBooked});

const Home* HomeOf(FieldNumber field) {
  const auto* found = std::ranges::find(kHomes, field, &Home::field);
  return found == kHomes.end() ? nullptr : found;
}

class Checker {
 public:
  Checker(CompileContext& context, EventType signal) : context_(context), signal_(signal) {}

  void Check(const ConditionSyntax& syntax) {
    if (syntax.kind == ConditionSyntax::Kind::kTest) CheckTest(syntax);
    for (const ConditionSyntax& child : syntax.children) Check(child);
  }

 private:
  void CheckTest(const ConditionSyntax& syntax) {
    const ConditionNode& test = *syntax.test.shared_root();
    const Home* home = HomeOf(test.field);
    const bool alien = home != nullptr && std::ranges::find(kSignals, signal_) != kSignals.end() &&
                       std::ranges::find(home->signals, signal_) == home->signals.end();
    if (alien) return TellHome(syntax, *home);
    const bool whole = test.op == TestOp::kEq || test.op == TestOp::kNe || test.op == TestOp::kIn ||
                       test.op == TestOp::kNotIn;
    if (!whole) return;
    for (const Operand& operand : test.operands) CheckWord(syntax, test.field, operand.text);
  }

  void TellHome(const ConditionSyntax& syntax, const Home& home) {
    std::vector<std::string_view> signals;
    for (const EventType type : home.signals) {
      if (type != EventType::kNone) signals.push_back(DeclOf(type).name);
    }
    std::vector<std::string_view> own;
    for (const Home& one : kHomes) {
      if (std::ranges::find(one.signals, signal_) != one.signals.end()) own.push_back(Name(one));
    }
    const std::string_view name = DeclOf(signal_).name;
    const std::string has =
        own.empty() ? "" : fmt::format("; {} has {}", name, fmt::join(own, ", "));
    context_.out.Warning(
        kOutOfScope, syntax.expression == nullptr ? syntax.field_name.place : syntax.place,
        fmt::format("events of type {} have no {}", name, Name(home)),
        fmt::format("{} comes with {}{}", Name(home), fmt::join(signals, ", "), has));
  }

  void CheckWord(const ConditionSyntax& syntax, FieldNumber field, std::string_view text) {
    if (field == Field("event.type")) return CheckType(syntax, text);
    const std::optional<ClosedWord> word = FindClosedWord(signal_, field, text);
    if (!word || word->word == text) return;
    const SourcePlace place = PlaceOfLiteral(syntax, text, context_.builder.fields());
    const std::string_view name = context_.builder.fields().Find(field)->name;
    if (!word->word.empty()) {
      return context_.out.Error(
          kBadLiteral, place,
          fmt::format("{} is kept as '{}', so it is never '{}'", name, word->word, text),
          fmt::format("write {}", word->word));
    }
    // `a, b, c; did you mean 'b'?`
    const std::string_view known = word->known;
    const size_t hint = known.find("; ");
    context_.out.Error(kBadLiteral, place,
                       fmt::format("{} of a {} is never '{}', but one of {}", name,
                                   DeclOf(signal_).name, text, known.substr(0, hint)),
                       std::string(hint == known.npos ? "" : known.substr(hint + 2)));
  }

  void CheckType(const ConditionSyntax& syntax, std::string_view text) {
    if (text == DeclOf(signal_).name) return;
    context_.out.Error(kBadLiteral, PlaceOfLiteral(syntax, text, context_.builder.fields()),
                       fmt::format("this rule counts {} only, so event.type is never '{}'",
                                   DeclOf(signal_).name, text),
                       "a rule counts one signal: write one for each");
  }

  std::string_view Name(const Home& home) const {
    return context_.builder.fields().Find(home.field)->name;
  }

  CompileContext& context_;
  const EventType signal_;
};

}  // namespace

void CheckSignal(CompileContext& context, EventType signal, const ConditionSyntax& syntax) {
  if (signal != EventType::kNone) Checker(context, signal).Check(syntax);
}

}  // namespace pm
