#include "rules/prove/find_lead.h"

#include <fmt/format.h>

#include <map>

#include "model/normalise/region.h"
#include "rules/condition_program.h"
#include "rules/prove/fit_course.h"
#include "rules/prove/goal.h"
#include "rules/prove/lead_draft.h"
#include "rules/prove/program_tests.h"
#include "rules/prove/sample_program.h"
#include "rules/prove/score_sums.h"

namespace pm {
namespace {

// Names in their texts are whole, but what lists hold does not show there.
bool SameProgram(const ConditionNode& a, const ConditionNode& b) {
  const auto same_list = [](const ProgramInput& one, const ProgramInput& other) {
    return (one.list == nullptr) == (other.list == nullptr) &&
           (!one.list || one.list->list->items == other.list->list->items);
  };
  return a.text == b.text && std::ranges::equal(a.inputs, b.inputs, same_list);
}

// Asks for goals one by one, goes on with a lead that meets them, and splits on what that lead does
// not meet yet: most of what must not hold is met without ever being looked at closely.
class Search {
 public:
  Search(const LeadSpace& space, const LeadQuery& query)
      : space_(space), query_(query), store_(space, &work_) {}

  LeadAnswer Run() {
    LeadAnswer answer;
    const Outcome outcome = !Start()                ? Outcome::kNone
                            : work_ > query_.budget ? Outcome::kSpent
                                                    : Solve();
    if (outcome == Outcome::kFound && query_.least) DropNeedless();
    if (outcome == Outcome::kFound && RegionsAreKept() && Confirmed()) {
      HideTold();
      answer.kind = LeadAnswer::Kind::kFound;
      answer.facts = BlockOf(store_.facts());
    } else if (outcome == Outcome::kNone && store_.exact()) {
      answer.kind = LeadAnswer::Kind::kNone;
    } else {
      answer.why = outcome == Outcome::kSpent ? "the work bound is spent"
                   : !why_.empty()            ? why_
                   : untried_.empty()         ? "a text can only be tried out"
                                              : fmt::format("'{}' can only be tried out", untried_);
    }
    answer.work = work_;
    return answer;
  }

 private:
  enum class Outcome : uint8_t { kFound, kNone, kSpent };
  struct Pending {
    GoalOf goal;
    bool settled = false;  // one of its parts was taken
  };
  struct Mark {
    size_t store, pending, programs, settled, fit;
  };

  bool Start() {
    for (const Condition& one : query_.must) {
      if (!one.always() && !Ask({one.shared_root(), Goal::kTrue})) return false;
    }
    for (const Condition& one : query_.must_not) {
      if (one.always()) return false;
      if (work_ > query_.budget) return true;  // Run sees that it is spent
      if (!Ask({one.shared_root(), Goal::kNotTrue})) return false;
    }
    return true;
  }

  // Notes what the goal needs; false when that cannot be.
  bool Ask(const GoalOf& goal) {
    const ConditionNode& node = *goal.node;
    switch (node.kind) {
      case NodeKind::kTest:
        if (!store_.Narrow(goal.node, goal.goal)) return NoteText(node);
        return true;
      case NodeKind::kProgram:
        return AskProgram(goal);
      case NodeKind::kNot:
        return Ask({node.children.front(), Negated(goal.goal)});
      case NodeKind::kAll:
      case NodeKind::kAny:
        break;
    }
    if (!NeedsAll(node.kind, goal.goal)) {
      pending_.push_back({goal});
      return true;
    }
    return std::ranges::all_of(node.children,
                               [&](const auto& child) { return Ask({child, goal.goal}); });
  }

  bool NoteText(const ConditionNode& node) {
    if (!store_.exact() && untried_.empty()) untried_ = store_.UncertainOf(node).text;
    if (store_.engagement_in_doubt()) why_ = "what signals come to is known only roughly there";
    return false;
  }

  // What a program says in tests; null: it is to be tried out.
  std::shared_ptr<const ConditionNode> AsTests(const std::shared_ptr<const ConditionNode>& node) {
    const auto [known, is_new] = as_tests_.try_emplace(node);
    if (is_new) known->second = TestsOf(*node, space_.fields);
    return known->second;
  }

  bool AskProgram(const GoalOf& goal) {
    ++work_;
    if (const auto tests = AsTests(goal.node)) return Ask({tests, goal.goal});
    const bool constant = std::ranges::all_of(
        goal.node->inputs, [](const ProgramInput& input) { return input.list != nullptr; });
    if (constant) return Meets(goal);
    for (const GoalOf& other : programs_) {
      if (!SameProgram(*other.node, *goal.node)) continue;
      if ((static_cast<int>(other.goal) & static_cast<int>(goal.goal)) == 0) return false;
    }
    programs_.push_back(goal);
    return true;
  }

  Mark Now() const {
    return {store_.Mark(), pending_.size(), programs_.size(), settled_.size(),
            course_ ? course_->Mark() : 0};
  }
  void Undo(const Mark& mark) {
    store_.Undo(mark.store);
    programs_.resize(mark.programs);
    for (; settled_.size() > mark.settled; settled_.pop_back()) {
      if (settled_.back() < pending_.size()) pending_[settled_.back()].settled = false;
    }
    pending_.resize(mark.pending);
    if (course_) course_->Undo(mark.fit);
  }
  void Settle(size_t index) {
    pending_[index].settled = true;
    settled_.push_back(index);
  }

  Outcome Solve() {
    while (true) {
      if (++work_ > query_.budget) return Outcome::kSpent;
      if (!RunPrograms()) return Outcome::kNone;
      const std::optional<size_t> open = FirstOpen();
      if (!open) {
        const std::optional<Condition> blocking =
            query_.blocking ? query_.blocking(store_.facts()) : std::nullopt;
        if (!blocking && FitAgrees()) return Outcome::kFound;
        if (!blocking) return DecideFitRule();
        if (blocking->always() || !Ask({blocking->shared_root(), Goal::kNotTrue})) {
          return Outcome::kNone;
        }
        continue;
      }
      const std::vector<GoalOf> ways = WaysOf(*open);
      if (ways.empty()) return Outcome::kNone;
      Settle(*open);
      if (ways.size() > 1) return Split(ways);
      if (!Ask(ways.front())) return Outcome::kNone;
    }
  }

  // Each way in turn, without what was tried before it.
  Outcome Split(const std::vector<GoalOf>& ways) {
    if (depth_ == kMostDepth) return Outcome::kSpent;
    ++depth_;
    for (size_t i = 0; i < ways.size(); ++i) {
      const Mark mark = Now();
      bool possible = Ask(ways[i]);
      for (size_t before = 0; possible && before < i; ++before) {
        possible = Ask({ways[before].node, Opposite(ways[before].goal)});
      }
      if (possible) {
        const Outcome outcome = Solve();
        if (outcome != Outcome::kNone) return outcome;
      }
      Undo(mark);
    }
    --depth_;
    return Outcome::kNone;
  }

  bool IsFitTied() const {
    return space_.sums != nullptr && !space_.earlier_scores && store_.FitAsked();
  }

  // The score is what the rules give to the lead as it is, or may be set to that.
  bool FitAgrees() {
    if (!IsFitTied()) return true;
    work_ += space_.scoring->fit.size();
    const int64_t fit = FitOf(*space_.scoring, store_.facts(), space_.slots);
    if (fit == store_.fit()) return true;
    const size_t mark = store_.Mark();
    const bool agrees = store_.NarrowFit({OneNumber(fit)}) && !FirstOpen() &&
                        !(query_.blocking && query_.blocking(store_.facts()));
    if (!agrees) store_.Undo(mark);
    return agrees;
  }

  // Goes on with each way that the next rule can go. When all are decided the facts give the score,
  // but for rules that are tied to nothing.
  Outcome DecideFitRule() {
    if (!course_) course_.emplace(space_.sums->fit, FieldsAsked(), &work_);
    if (course_->done()) {
      store_.MarkInexact();
      why_ = "fit rules read what changes between scoring and routing";
      return Outcome::kNone;
    }
    if (depth_ == kMostDepth) return Outcome::kSpent;
    ++depth_;
    const PointsWays& ways = course_->next();
    for (size_t i = 0; i <= ways.size(); ++i) {
      const Mark mark = Now();
      if (TakeWay(ways, i)) {
        const Outcome outcome = Solve();
        if (outcome != Outcome::kNone) return outcome;
      }
      Undo(mark);
    }
    --depth_;
    return Outcome::kNone;
  }

  // The last way is none of them.
  bool TakeWay(const PointsWays& ways, size_t taken) {
    const bool none = taken == ways.size();
    const int64_t points = none ? 0 : ways[taken].points;
    const Intervals left = course_->LeftAfter(points, &work_);
    if (left.empty() || !store_.NarrowFit(Capped(left, space_.scoring->fit_cap))) return false;
    course_->Take(points);
    if (!none) return Ask({ways[taken].when.shared_root(), Goal::kTrue});
    return std::ranges::all_of(
        ways, [&](const PointsWay& way) { return Ask({way.when.shared_root(), Goal::kNotTrue}); });
  }

  std::vector<FieldNumber> FieldsAsked() const {
    std::vector<FieldNumber> fields;
    for (const Condition& one : query_.must) one.CollectFields(space_.slots, &fields);
    return fields;
  }

  // The first goal that the lead as it is does not meet.
  std::optional<size_t> FirstOpen() {
    for (size_t i = 0; i < pending_.size(); ++i) {
      if (pending_[i].settled) continue;
      ++work_;
      const GoalOf& goal = pending_[i].goal;
      if (!Accepts(goal.goal, Condition(goal.node).Eval(store_.facts()))) return i;
    }
    return std::nullopt;
  }

  // The parts that can still reach it, those that are certain to be judged first.
  std::vector<GoalOf> WaysOf(size_t index) {
    const GoalOf goal = pending_[index].goal;
    std::vector<GoalOf> ways;
    for (const auto& child : goal.node->children) {
      const Mark mark = Now();
      const bool possible = Ask({child, goal.goal});
      Undo(mark);
      if (possible) ways.push_back({child, goal.goal});
    }
    std::ranges::stable_partition(
        ways, [](const GoalOf& way) { return way.node->kind != NodeKind::kProgram; });
    return ways;
  }

  // Gives the fields of programs values for which they answer as asked.
  bool RunPrograms() {
    for (int round = 0; round < kProgramRounds; ++round) {
      const auto wrong = std::ranges::find_if(programs_, [&](const GoalOf& goal) {
        ++work_;
        return !Meets(goal);
      });
      if (wrong == programs_.end()) return true;
      if (!SampleProgram(*wrong, &store_, &work_)) {
        store_.MarkInexact();
        untried_ = wrong->node->text;
        return false;
      }
    }
    store_.MarkInexact();
    untried_ = programs_.front().node->text;
    return false;
  }
  bool Meets(const GoalOf& goal) const {
    return Accepts(goal.goal, Condition(goal.node).Eval(store_.facts()));
  }

  // By the naive evaluator.
  bool Confirmed() const {
    const Facts facts = store_.facts();
    const bool scored = !IsFitTied() || FitOf(*space_.scoring, facts, space_.slots) == store_.fit();
    return scored &&
           std::ranges::all_of(query_.must, [&](const auto& one) { return one.Holds(facts); }) &&
           std::ranges::none_of(query_.must_not,
                                [&](const auto& one) { return one.Holds(facts); }) &&
           !(query_.blocking && query_.blocking(facts));
  }

  // What another way of searching left behind, and what no condition looked at.
  void DropNeedless() {
    for (uint32_t slot = 0; slot < store_.facts().size(); ++slot) {
      if (store_.facts()[slot].missing()) continue;
      const size_t mark = store_.Mark();
      if (!store_.TryMissing(slot) || !Confirmed()) store_.Undo(mark);
    }
  }

  // What the address tells of itself and nobody asked about needs no showing.
  void HideTold() {
    for (const FieldNumber field : {Field("lead.email"), Field("lead.email_domain")}) {
      const uint32_t slot = space_.slots.Of(field);
      if (slot != UINT32_MAX && store_.IsOfAddress(slot) && !store_.IsAsked(slot)) HideIfMet(slot);
    }
    const uint32_t free_mail = space_.slots.Of(Field("lead.free_mail"));
    if (free_mail != UINT32_MAX && TellsOfFreeMail(store_.facts()[free_mail])) HideIfMet(free_mail);
  }
  bool TellsOfFreeMail(const Value& free) const {
    std::string address(TextOf(Field("lead.email")));
    if (address.empty()) address = fmt::format("ann@{}", TextOf(Field("lead.email_domain")));
    const Result<Email> email = NormaliseEmail(address, space_.mail);
    return email.has_value() && free == Value::Bool(email->is_free_mail || email->is_disposable);
  }
  void HideIfMet(uint32_t slot) {
    const size_t mark = store_.Mark();
    store_.Hide(slot);
    if (!Confirmed()) store_.Undo(mark);
  }

  // Intake writes a region as its country has it; false when the lead has another form.
  bool RegionsAreKept() {
    return RegionIsKept(Field("lead.country"), Field("lead.region")) &&
           RegionIsKept(Field("account.country"), Field("account.region"));
  }
  bool RegionIsKept(FieldNumber country, FieldNumber region) {
    const std::string_view text = TextOf(region);
    const Region kept = NormaliseRegion(TextOf(country), text);
    if (text.empty() || kept.text == text) return true;
    why_ = fmt::format("{} of {} is kept as '{}', never as '{}'", space_.fields.Find(region)->name,
                       TextOf(country), kept.text, text);
    return false;
  }
  std::string_view TextOf(FieldNumber field) const {
    const uint32_t slot = space_.slots.Of(field);
    return slot == UINT32_MAX ? std::string_view() : store_.facts()[slot].text;
  }

  std::string BlockOf(Facts facts) const {
    BlockBuilder block;
    for (size_t slot = 0; slot < facts.size(); ++slot) {
      if (!facts[slot].missing()) block.Set(space_.slots.fields()[slot], facts[slot]);
    }
    return block.Build();
  }

  static constexpr int kProgramRounds = 8;
  static constexpr int kMostDepth = 2000;  // splits within splits: they take stack

  const LeadSpace& space_;
  const LeadQuery& query_;
  uint64_t work_ = 0;
  int depth_ = 0;
  LeadDraft store_;
  std::optional<FitCourse> course_;  // through the fit rules, once the score matters
  std::vector<Pending> pending_;     // goals that one part of them reaches
  std::vector<size_t> settled_;      // in the order they were
  std::vector<GoalOf> programs_;
  std::map<std::shared_ptr<const ConditionNode>, std::shared_ptr<const ConditionNode>> as_tests_;
  std::string untried_;  // a part that was tried out in vain
  std::string why_;      // another reason that nothing is proved
};

}  // namespace

LeadAnswer FindLead(const LeadSpace& space, const LeadQuery& query) {
  return Search(space, query).Run();
}

}  // namespace pm
