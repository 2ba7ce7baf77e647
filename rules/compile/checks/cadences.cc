// Steps of cadences that no minute is right for: in the window of the prospect and, when a person
// is to do them, in the hours of a rep of the pool. Looked at for the routes that ask for
// countries, at two weeks of the year, one in winter and one in summer.
#include <fmt/format.h>

#include "base/time/country_zones.h"
#include "base/time/text.h"
#include "rules/compile/checks/prover.h"
#include "rules/prove/find_text.h"

namespace pm {
namespace {

constexpr Instant kWeeks[] = {{1'799'625'600'000}, {1'815'350'400'000}};  // 2027-01-11, 2027-07-12
constexpr Duration kStep = Minutes(15);

Condition Both(const Condition& a, const Condition& b) {
  const Condition parts[] = {a, b};
  return AllOf(parts);
}

bool IsInside(const StepWindow& window, const Zone& zone, Instant at) {
  const auto minute = static_cast<int32_t>(zone.ToLocal(at).time.ms / 60'000);
  const bool after = minute >= window.from_minute;
  const bool before = minute < window.to_minute;
  return window.from_minute <= window.to_minute ? after && before : after || before;
}

class CadenceProver {
 public:
  explicit CadenceProver(Prover& prover)
      : prover_(prover), book_(*prover.context().builder.operator->()) {}

  void Walk(const std::vector<Route>& routes, const Condition& above, const std::string& cadence) {
    for (const Route& route : routes) {
      const Condition whole = Both(above, route.when);
      const std::string& name = route.cadence.empty() ? cadence : route.cadence;
      Walk(route.nested, whole, name);
      if (route.nested.empty() && !name.empty() && !route.table) Look(route, whole, name);
    }
  }

 private:
  void Look(const Route& route, const Condition& whole, const std::string& name) {
    const auto& docs = prover_.context().draft.cadences;
    const auto doc =
        std::ranges::find(docs, name, [](const auto& one) { return one.first.name.value; });
    const Cadence* cadence = book_.FindCadence(name);
    if (cadence == nullptr || doc == docs.end()) return;
    const std::vector<std::string> countries = CountriesOf(whole);
    for (size_t i = 0; i < cadence->steps.size(); ++i) {
      const CadenceStep& step = cadence->steps[i];
      if (!step.window.set || !step.window.prospect || told_.contains(&step)) continue;
      LookAtStep({route, whole, *cadence, step, i, doc->first.steps[i].place}, countries);
    }
  }

  // The countries of the leads that a route asks for; none when it does not ask.
  std::vector<std::string> CountriesOf(const Condition& whole) {
    std::vector<std::string> countries;
    const FieldDecl* field = book_.fields().Find(Field("lead.country"));
    RuleBookBuilder& builder = prover_.context().builder;
    const LeadAnswer anywhere =
        prover_.Find({.must = {whole, builder.When("lead.country", TestOp::kMissing)},
                      .must_not = {},
                      .least = false});
    if (!anywhere.none()) return countries;
    for (const std::string& country : *WordsOf(*field)) {
      const LeadAnswer there =
          prover_.Find({.must = {whole, builder.When("lead.country", TestOp::kEq, {country})},
                        .must_not = {},
                        .least = false});
      if (there.found()) countries.push_back(country);
    }
    return countries;
  }

  // A step of a cadence that a route starts.
  struct Use {
    const Route& route;
    const Condition& whole;  // what the route's leads are
    const Cadence& cadence;
    const CadenceStep& step;
    size_t index;
    const SourcePlace& place;
  };

  void LookAtStep(const Use& use, const std::vector<std::string>& countries) {
    for (const std::string& country : countries) {
      std::vector<const Zone*> zones;
      for (const std::string_view name : ZonesOfCountry(country)) {
        if (const auto zone = FindZone(name)) zones.push_back(*zone);
      }
      for (const Zone* zone : zones) {
        if (SomeMinute(use.step, {zone}, MembersOf(use.route))) continue;
        return Tell(use, country, zone, fmt::format("in {}", zone->name()));
      }
      if (use.cadence.unknown_zone != "safest" || zones.size() < 2) continue;
      if (SomeMinute(use.step, zones, MembersOf(use.route))) continue;
      return Tell(use, country, nullptr, fmt::format("in {} whose zone is not known", country));
    }
  }

  // Reps of the pools that the route leads to.
  std::vector<const RosterRep*> MembersOf(const Route& route) const {
    std::vector<const RosterRep*> members;
    const std::string& name =
        route.to.from == TargetFrom::kPool ? route.to.name : route.to.else_pool;
    const auto pool = std::ranges::find(book_.pools, name, &Pool::name);
    if (pool == book_.pools.end()) return members;
    for (const PoolMember& member : pool->members) {
      const auto rep = std::ranges::find(book_.roster, member.rep, &RosterRep::id);
      if (rep != book_.roster.end()) members.push_back(&*rep);
    }
    return members;
  }

  bool SomeMinute(const CadenceStep& step, const std::vector<const Zone*>& zones,
                  const std::vector<const RosterRep*>& members) const {
    std::vector<const Calendar*> hours;
    for (const RosterRep* rep : members) {
      hours.push_back(&prover_.context().builder.hours().Of(
          rep->hours, rep->zone.empty() ? "UTC" : rep->zone, {}, {}));
    }
    for (const Instant week : kWeeks) {
      for (Instant at = week; at < week + Days(7); at = at + kStep) {
        const bool inside = std::ranges::all_of(
            zones, [&](const Zone* zone) { return IsInside(step.window, *zone, at); });
        if (!inside) continue;
        if (step.automatic || hours.empty()) return true;
        if (std::ranges::any_of(hours, [&](const auto* one) { return one->IsOpen(at); })) {
          return true;
        }
      }
    }
    return false;
  }

  void Tell(const Use& use, const std::string& country, const Zone* zone,
            const std::string& where) {
    const auto& [route, whole, cadence, step, index, place] = use;
    told_.insert(&step);
    RuleBookBuilder& builder = prover_.context().builder;
    LeadQuery query{.must = {whole, builder.When("lead.country", TestOp::kEq, {country})},
                    .must_not = {}};
    if (zone != nullptr) {
      query.must.push_back(
          builder.When("lead.time_zone", TestOp::kEq, {std::string(zone->name())}));
    }
    const LeadAnswer example = prover_.Find(std::move(query));
    if (!example.found()) return;
    const bool hours = !step.automatic && !MembersOf(route).empty();
    prover_.Tell(
        CheckKind::kCadenceNeverSends, place,
        fmt::format("step {} of '{}' can never be done for leads of route '{}' {}: its window has "
                    "no minute there{}",
                    index + 1, cadence.name, route.name, where,
                    hours ? " in which a rep of the pool works" : ""),
        hours ? "widen the window, or send these leads to reps who work then" : "widen the window",
        &example);
  }

  Prover& prover_;
  const RuleBook& book_;
  std::set<const CadenceStep*> told_;
};

}  // namespace

void ProveCadences(Prover& prover) {
  CadenceProver(prover).Walk(prover.context().builder->routing.routes, {}, {});
}

}  // namespace pm
