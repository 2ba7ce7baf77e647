// Steps of cadences that no minute is right for, for some leads of a route: in their window on the
// clocks these leads may live by and, when a person is to do them, in the hours of a rep who may
// get them from there. See step_minutes.h and prospect_places.h.
#include <fmt/format.h>

#include "rules/compile/checks/cadence_uses.h"
#include "rules/compile/checks/destinations.h"
#include "rules/compile/checks/prospect_places.h"
#include "rules/compile/checks/prover.h"
#include "rules/compile/checks/step_minutes.h"

namespace pm {
namespace {

constexpr uint64_t kWorkOfCalendar = 4000;  // in looks at tests, by the time it takes

bool IsBound(const CadenceStep& step) { return step.window.set || step.after.business_days > 0; }
bool AsksTheProspect(const CadenceStep& step) {
  return (step.window.set && step.window.prospect) || step.after.business_days > 0;
}

bool NamesPool(const Target& to) {
  return to.from == TargetFrom::kPool || to.from == TargetFrom::kPoolColumn;
}
bool NamesRep(const Target& to) {
  return to.from == TargetFrom::kRep || to.from == TargetFrom::kRepColumn;
}

class CadenceProver {
 public:
  explicit CadenceProver(Prover& prover)
      : prover_(prover),
        book_(*prover.context().builder.operator->()),
        desks_(DesksOfReps(book_)),
        minutes_(prover.context().builder.hours(), prover.context().now.value_or(kNever)),
        uses_(prover) {}

  void Walk() {
    uses_.Walk([this](const Cadence& cadence) { return !AllTold(cadence); },
               [this](const CadenceUse& use) { return LookAt(use); });
  }

  // Of each step the worst that was found, in the order of the first.
  void TellAll() {
    for (const CadenceStep* step : steps_) worst_.at(step).tell();
  }

 private:
  enum class Grade : uint8_t { kNotProved, kNotAlways, kNotNow, kNever };
  static Grade GradeOf(const StepGap& gap) {
    return gap.always ? Grade::kNever : gap.now ? Grade::kNotNow : Grade::kNotAlways;
  }
  struct Worst {
    Grade grade;
    std::function<void()> tell;
  };

  // One finding of a step hides those of it that are no worse.
  bool Hides(const CadenceStep& step, Grade grade) const {
    const auto found = worst_.find(&step);
    return found != worst_.end() && found->second.grade >= grade;
  }
  void Note(const CadenceStep& step, Grade grade, std::function<void()> tell) {
    if (!worst_.contains(&step)) steps_.push_back(&step);
    worst_.insert_or_assign(&step, Worst{grade, std::move(tell)});
  }
  bool AllTold(const Cadence& cadence) const {
    return std::ranges::all_of(cadence.steps, [&](const CadenceStep& step) {
      return !IsBound(step) || Hides(step, Grade::kNever);
    });
  }

  // True when there is a minute wherever the leads may be.
  bool LookAt(const CadenceUse& use) {
    const std::vector<ProspectPlace> places =
        ProspectPlacesOf(prover_, use.whole, use.cadence.unknown_zone);
    const std::vector<ProspectPlace> anywhere = {{}};
    const std::vector<const Doers*> doers = DoersOf(use);
    bool good = true;
    for (size_t i = 0; i < use.cadence.steps.size(); ++i) {
      const CadenceStep& step = use.cadence.steps[i];
      if (!IsBound(step) || Hides(step, Grade::kNever)) continue;
      good = LookAtStep(use, i, AsksTheProspect(step) ? places : anywhere, doers) && good;
    }
    return good;
  }

  struct Finding {
    const CadenceUse* use;
    size_t step;
    const ProspectPlace* place;
    const Doers* who;
    const StepGap* gap;
    const Doers* could;  // others of the route who have minutes there
  };

  bool LookAtStep(const CadenceUse& use, size_t step, const std::vector<ProspectPlace>& places,
                  const std::vector<const Doers*>& doers) {
    const CadenceStep& what = use.cadence.steps[step];
    const auto but_skipped = what.skips ? std::vector{what.skip_if} : std::vector<Condition>();
    LeadAnswer unproved;
    const std::vector<Finding> gaps = GapsOf(use, step, places, doers);
    if (prover_.spent()) unproved.why = "the work bound is spent";
    for (const Finding& one : gaps) {
      const Grade grade = GradeOf(*one.gap);
      if (Hides(what, grade)) continue;
      LeadAnswer example = uses_.LeadIn(use, one.place->known, but_skipped);
      if (example.found()) {
        Note(what, grade, Telling(one, std::move(example)));
        return false;
      }
      if (!example.none()) unproved = std::move(example);
    }
    if (!unproved.why.empty() && !Hides(what, Grade::kNotProved)) {
      std::string question =
          fmt::format("whether step {} of '{}' can be done for every lead of route '{}'", step + 1,
                      use.cadence.name, use.route.name);
      Note(what, Grade::kNotProved,
           [this, place = use.doc.steps[step].place, question = std::move(question),
            unproved = std::move(unproved)] { prover_.TellNotProved(place, question, unproved); });
    }
    return gaps.empty();
  }

  // The worst first.
  std::vector<Finding> GapsOf(const CadenceUse& use, size_t step,
                              const std::vector<ProspectPlace>& places,
                              const std::vector<const Doers*>& doers) {
    const CadenceStep& what = use.cadence.steps[step];
    const auto has_minutes = [&](const Doers* who, const ProspectPlace& place) {
      return !who->reps.empty() && !prover_.spent() && !GapOf(what, place, *who).any;
    };
    std::vector<Finding> gaps;
    for (const Doers* who : doers) {
      for (const ProspectPlace& place : places) {
        if (prover_.spent()) return gaps;
        const StepGap& gap = GapOf(what, place, *who);
        if (!gap.any) continue;
        const auto could = std::ranges::find_if(
            doers, [&](const Doers* other) { return has_minutes(other, place); });
        gaps.push_back({&use, step, &place, who, &gap, could == doers.end() ? nullptr : *could});
      }
    }
    std::ranges::stable_sort(gaps, std::greater<>(), [](const Finding& one) {
      return std::tuple(GradeOf(*one.gap), one.could == nullptr,
                        one.gap->always ? Duration() : one.gap->to - one.gap->from);
    });
    return gaps;
  }

  const StepGap& GapOf(const CadenceStep& step, const ProspectPlace& place, const Doers& who) {
    const size_t before = minutes_.calendars();
    const StepGap& gap = minutes_.GapOf(step, place.zones, who);
    prover_.Spend((minutes_.calendars() - before) * kWorkOfCalendar);
    return gap;
  }

  // Who may do the steps, each for leads of their own: whom the route is for, its `else`, what the
  // pools overflow into.
  std::vector<const Doers*> DoersOf(const CadenceUse& use) {
    std::vector<const Doers*> doers;
    const Target& to = use.route.to;
    const auto add_pools = [&](std::string_view name, bool is_target) {
      for (const Pool* pool : PoolsFrom(book_, name)) {
        const bool first = is_target && doers.empty();
        doers.push_back(&MembersOf(*pool, first));
      }
    };
    if (NamesPool(to)) add_pools(use.target, true);
    if (NamesRep(to)) {
      const RosterRep* rep = RosterNamed(book_, use.target);
      if (rep != nullptr && IsThere(*rep))
        doers.push_back(&Of(fmt::format("'{}'", rep->id), {rep}));
    }
    if (to.from == TargetFrom::kOwner || to.from == TargetFrom::kSdrOf) {
      std::vector<const RosterRep*> all;
      for (const RosterRep& rep : book_.roster) {
        if (IsThere(rep)) all.push_back(&rep);
      }
      doers.push_back(&Of("a rep of the roster", std::move(all)));
    }
    add_pools(to.else_pool, false);
    return doers;
  }

  // Or will be.
  bool IsThere(const RosterRep& rep) const {
    const std::optional<Instant>& now = prover_.context().now;
    return !now || rep.active_to > *now;
  }

  const Doers& MembersOf(const Pool& pool, bool is_target) {
    std::vector<const RosterRep*> reps;
    for (const PoolMember& member : pool.members) {
      const RosterRep* rep = RosterNamed(book_, member.rep);
      if (rep == nullptr) return Of("", {});
      if (IsThere(*rep)) reps.push_back(rep);
    }
    for (const RosterRep& rep : book_.roster) {
      if (pool.members.empty() && IsThere(rep) && desks_.at(rep.id) == pool.desk)
        reps.push_back(&rep);
    }
    return Of(is_target ? "a rep of the pool" : fmt::format("a rep of pool '{}'", pool.name),
              std::move(reps));
  }

  const Doers& Of(std::string text, std::vector<const RosterRep*> reps) {
    const auto key = std::pair(text, reps);
    return doers_.try_emplace(key, Doers{std::move(text), std::move(reps)}).first->second;
  }

  std::function<void()> Telling(const Finding& found, LeadAnswer example) {
    const CadenceUse& use = *found.use;
    const ProspectPlace& place = *found.place;
    const StepGap& gap = *found.gap;
    const Doers& who = *found.who;
    const CadenceStep& step = use.cadence.steps[found.step];
    const bool hours = !step.automatic && !who.reps.empty();
    const std::string to = gap.to == kNever ? "the end" : FormatDate(Utc().DateAt(gap.to));
    const std::string when =
        gap.always ? ""
                   : fmt::format("from {} to {} ",
                                 gap.now ? "today" : FormatDate(Utc().DateAt(gap.from)), to);
    const bool others = hours && found.could != nullptr;
    std::string hint = "widen the window";
    if (hours) hint += ", or send these leads to reps who work then";
    if (others) hint += fmt::format("; {} does", found.could->text);
    std::string message = fmt::format(
        "step {} of '{}' {} be done {}for leads of route '{}'{}{}{}: {}{} no "
        "minute{}{}{}{}",
        found.step + 1, use.cadence.name,
        gap.always ? "can never"
        : gap.now  ? "cannot now"
                   : "cannot always",
        others ? fmt::format("by {} ", who.text) : "", use.route.name, RowText(use),
        place.where.empty() ? "" : " ", place.where, when,
        step.window.set ? "its window has" : "there is",
        step.after.business_days > 0 ? " from Monday to Friday" : "",
        place.where.empty() ? "" : " there",
        hours ? fmt::format(" in which {} works", who.text) : "",
        gap.always ? "" : ", and a step waits for 60 days at most");
    return [this, place = use.doc.steps[found.step].place, message = std::move(message),
            hint = std::move(hint), example = std::move(example)] {
      prover_.Tell(CheckKind::kCadenceNeverSends, place, message, hint, &example);
    };
  }

  Prover& prover_;
  const RuleBook& book_;
  const std::map<std::string_view, std::string_view> desks_;
  StepMinutes minutes_;
  std::map<std::pair<std::string, std::vector<const RosterRep*>>, Doers> doers_;
  CadenceUses uses_;
  std::map<const CadenceStep*, Worst> worst_;
  std::vector<const CadenceStep*> steps_;  // of these
};

}  // namespace

void ProveCadences(Prover& prover) {
  CadenceProver cadences(prover);
  cadences.Walk();
  cadences.TellAll();
}

}  // namespace pm
