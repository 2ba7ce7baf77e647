// Steps of cadences that no minute is right for, for some leads of a route: in their window on the
// clocks these leads may live by and, when a person is to do them, in the hours of a rep who may
// get them from there. See step_minutes.h and prospect_places.h.
#include <fmt/format.h>

#include "rules/compile/checks/destinations.h"
#include "rules/compile/checks/earlier.h"
#include "rules/compile/checks/prospect_places.h"
#include "rules/compile/checks/prover.h"
#include "rules/compile/checks/step_minutes.h"
#include "rules/prove/row_condition.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

constexpr size_t kMostRowsAlike = 50;       // tried for a lead that shows it
constexpr uint64_t kWorkOfCalendar = 4000;  // in looks at tests, by the time it takes

// What starts a cadence: a route, or a row of its table.
struct Use {
  const Route& route;
  Condition whole;  // what the leads are
  const Cadence& cadence;
  const CadenceDoc& doc;
  std::string_view target;  // the pool or rep, where it has a name
  size_t row = SIZE_MAX;    // of the table
};

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

// Rows that are alike here: the same target, the same cells where they tell of places.
std::string LikenessOf(const RouteTable& table, size_t row, std::string_view target) {
  std::string key(target);
  for (size_t i = 0; i < table.inputs().size(); ++i) {
    const std::string& name = table.inputs()[i].name;
    const bool tells =
        name.ends_with("country") || name.ends_with(".region") || name.ends_with(".time_zone");
    if (!tells) continue;
    const TableCell& cell = table.rows()[row].cells[i];
    key += fmt::format("\n{}{}{}", i, cell.negated ? '!' : '=', fmt::join(cell.texts, ","));
  }
  return key;
}

class CadenceProver {
 public:
  explicit CadenceProver(Prover& prover)
      : prover_(prover),
        book_(*prover.context().builder.operator->()),
        desks_(DesksOfReps(book_)),
        minutes_(prover.context().builder.hours()),
        earlier_(prover) {}

  void Walk(const std::vector<Route>& routes, const Condition& above, const std::string& cadence) {
    for (const Route& route : routes) {
      const Condition whole = Both(above, route.when);
      const std::string& name = route.cadence.empty() ? cadence : route.cadence;
      Walk(route.nested, whole, name);
      if (!route.nested.empty()) continue;
      Look(route, whole, name);
      earlier_.Add(route, whole);
    }
  }

  void WalkOtherwise(const Route& route) { Look(route, {}, route.cadence); }

  // Of each step the worst that was found, in the order of the first.
  void TellAll() {
    for (const CadenceStep* step : steps_) worst_.at(step).tell();
  }

 private:
  enum class Grade : uint8_t { kNotProved, kNotAlways, kNever };
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
  void Look(const Route& route, const Condition& whole, const std::string& name) {
    const auto& docs = prover_.context().draft.cadences;
    const auto doc =
        std::ranges::find(docs, name, [](const auto& one) { return one.first.name.value; });
    const Cadence* cadence = book_.FindCadence(name);
    if (cadence == nullptr || doc == docs.end()) return;
    if (std::ranges::none_of(cadence->steps, IsBound)) return;
    if (route.table) return LookAtRows({route, whole, *cadence, doc->first, route.to.name});
    LookAt({route, whole, *cadence, doc->first, route.to.name});
  }

  void LookAtRows(const Use& use) {
    const RouteTable& table = *use.route.table;
    const bool column =
        use.route.to.from == TargetFrom::kPoolColumn || use.route.to.from == TargetFrom::kRepColumn;
    const size_t output = column ? ColumnOf(use.route) : 0;
    std::map<std::string, size_t> alike;
    for (size_t row = 0; row < table.rows().size(); ++row) {
      if (AllTold(use.cadence)) return;
      Use one = use;
      one.row = row;
      if (column) one.target = table.rows()[row].outputs[output];
      size_t& tried = alike[LikenessOf(table, row, one.target)];
      if (tried >= kMostRowsAlike) continue;
      one.whole = Both(use.whole, RowCondition(table, row, prover_.fields()));
      // Where nothing is wrong for one row, nothing is for those alike.
      tried = LookAt(one) ? kMostRowsAlike : tried + 1;
    }
  }

  bool AllTold(const Cadence& cadence) const {
    return std::ranges::all_of(cadence.steps, [&](const CadenceStep& step) {
      return !IsBound(step) || Hides(step, Grade::kNever);
    });
  }

  // True when there is a minute wherever the leads may be.
  bool LookAt(const Use& use) {
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
    const Use* use;
    size_t step;
    const ProspectPlace* place;
    const Doers* who;
    const StepGap* gap;
    const Doers* could;  // others of the route who have minutes there
  };

  bool LookAtStep(const Use& use, size_t step, const std::vector<ProspectPlace>& places,
                  const std::vector<const Doers*>& doers) {
    LeadAnswer unproved;
    const std::vector<Finding> gaps = GapsOf(use, step, places, doers);
    if (prover_.spent()) unproved.why = "the work bound is spent";
    for (const Finding& one : gaps) {
      const Grade grade = one.gap->always ? Grade::kNever : Grade::kNotAlways;
      if (Hides(use.cadence.steps[step], grade)) continue;
      LeadAnswer example = LeadIn(use, *one.place);
      if (example.found()) {
        Note(use.cadence.steps[step], grade, Telling(one, std::move(example)));
        return false;
      }
      if (!example.none()) unproved = std::move(example);
    }
    if (!unproved.why.empty() && !Hides(use.cadence.steps[step], Grade::kNotProved)) {
      std::string what = fmt::format(
          "whether step {} of '{}' can be done for every lead of "
          "route '{}'",
          step + 1, use.cadence.name, use.route.name);
      Note(use.cadence.steps[step], Grade::kNotProved,
           [this, place = use.doc.steps[step].place, what = std::move(what),
            unproved = std::move(unproved)] { prover_.TellNotProved(place, what, unproved); });
    }
    return gaps.empty();
  }

  // The worst first.
  std::vector<Finding> GapsOf(const Use& use, size_t step, const std::vector<ProspectPlace>& places,
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
      return std::tuple(one.gap->always, one.could == nullptr,
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
  std::vector<const Doers*> DoersOf(const Use& use) {
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
      if (rep != nullptr) doers.push_back(&Of(fmt::format("'{}'", rep->id), {rep}));
    }
    if (to.from == TargetFrom::kOwner || to.from == TargetFrom::kSdrOf) {
      std::vector<const RosterRep*> all;
      for (const RosterRep& rep : book_.roster) all.push_back(&rep);
      doers.push_back(&Of("a rep of the roster", std::move(all)));
    }
    add_pools(to.else_pool, false);
    return doers;
  }

  const Doers& MembersOf(const Pool& pool, bool is_target) {
    std::vector<const RosterRep*> reps;
    for (const PoolMember& member : pool.members) {
      const RosterRep* rep = RosterNamed(book_, member.rep);
      if (rep == nullptr) return Of("", {});
      reps.push_back(rep);
    }
    for (const RosterRep& rep : book_.roster) {
      if (pool.members.empty() && desks_.at(rep.id) == pool.desk) reps.push_back(&rep);
    }
    return Of(is_target ? "a rep of the pool" : fmt::format("a rep of pool '{}'", pool.name),
              std::move(reps));
  }

  const Doers& Of(std::string text, std::vector<const RosterRep*> reps) {
    const auto key = std::pair(text, reps);
    return doers_.try_emplace(key, Doers{std::move(text), std::move(reps)}).first->second;
  }

  // One that neither screening keeps nor a route before, or a row, takes.
  LeadAnswer LeadIn(const Use& use, const ProspectPlace& place) {
    LeadQuery query{.must = {use.whole, place.known}, .must_not = {}};
    for (const ScreeningRule* rule : KeepingRules(book_)) query.must_not.push_back(rule->when);
    query.blocking = earlier_.Before({&use.route, use.row});
    return prover_.Find(std::move(query));
  }

  std::function<void()> Telling(const Finding& found, LeadAnswer example) {
    const Use& use = *found.use;
    const ProspectPlace& place = *found.place;
    const StepGap& gap = *found.gap;
    const Doers& who = *found.who;
    const CadenceStep& step = use.cadence.steps[found.step];
    const bool hours = !step.automatic && !who.reps.empty();
    const std::string when =
        gap.always ? ""
                   : fmt::format("from {} to {} ", FormatDate(Utc().DateAt(gap.from)),
                                 gap.to == kNever ? "the end" : FormatDate(Utc().DateAt(gap.to)));
    const bool others = hours && found.could != nullptr;
    std::string hint = "widen the window";
    if (hours) hint += ", or send these leads to reps who work then";
    if (others) hint += fmt::format("; {} does", found.could->text);
    std::string message = fmt::format(
        "step {} of '{}' {} be done {}for leads of route '{}'{}{}{}: {}{} no "
        "minute{}{}{}{}",
        found.step + 1, use.cadence.name, gap.always ? "can never" : "cannot always",
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

  static std::string RowText(const Use& use) {
    if (use.row == SIZE_MAX) return {};
    const RouteTable& table = *use.route.table;
    return fmt::format(" ({} line {})", table.file(), table.rows()[use.row].line);
  }

  Prover& prover_;
  const RuleBook& book_;
  const std::map<std::string_view, std::string_view> desks_;
  StepMinutes minutes_;
  std::map<std::pair<std::string, std::vector<const RosterRep*>>, Doers> doers_;
  Earlier earlier_;
  std::map<const CadenceStep*, Worst> worst_;
  std::vector<const CadenceStep*> steps_;  // of these
};

}  // namespace

void ProveCadences(Prover& prover) {
  const RoutingRules& routing = prover.context().builder->routing;
  CadenceProver cadences(prover);
  cadences.Walk(routing.routes, {}, {});
  cadences.WalkOtherwise(routing.otherwise);
  cadences.TellAll();
}

}  // namespace pm
