// Reps who cannot take what rules give them: a queue that names nobody, and, when the day is known,
// those who have left by it, have not begun, or are on leave.
#include <fmt/format.h>

#include "rules/compile/checks/destinations.h"
#include "rules/compile/checks/prover.h"
#include "rules/compile/checks/takers.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

class PeopleProver {
 public:
  explicit PeopleProver(Prover& prover)
      : prover_(prover),
        book_(*prover.context().builder.operator->()),
        desks_(DesksOfReps(book_)) {}

  void ProvePools() {
    for (const TeamDoc& team : prover_.context().draft.teams) {
      for (const auto& [name, doc] : team.pools) {
        if (doc.members.place.source != nullptr && doc.members.value.empty()) {
          prover_.context().out.Error(
              kPoolNeverTakesCode, doc.members.place,
              fmt::format("queue '{}' names nobody who may claim", name.value),
              "leave `members` out: then every rep of its desk may");
        }
        if (const Pool* pool = PoolNamed(book_, name.value)) ProveMembers(*pool, name.place);
      }
    }
  }

  void ProveBackups() {
    if (!prover_.context().now) return;
    for (const RosterRep& rep : book_.roster) {
      const RosterRep* gone = rep.backup.empty() ? nullptr : WhoLeft(rep.backup);
      const Source* source = prover_.context().sources.Find(rep.origin.file);
      if (gone == nullptr || source == nullptr || WhoLeft(rep.id) != nullptr) continue;
      TellOfRep(
          *gone, PlaceAt(*source, source->LineStart(rep.origin.line)),
          fmt::format("'{}', the backup of '{}', has left on {}", gone->id, rep.id, LastDay(*gone)),
          "name another, or nobody");
    }
  }

  void ProveRoutes(const std::vector<Route>& routes, const std::vector<RouteDoc>& docs,
                   const Condition& above) {
    for (size_t i = 0; i < routes.size(); ++i) {
      const Route& route = routes[i];
      const Condition whole = Both(above, route.when);
      if (docs[i].routes) ProveRoutes(route.nested, *docs[i].routes, whole);
      if (route.to.from == TargetFrom::kSdrOf) ProveSdr(route, *docs[i].to->sdr_of, whole);
      if (!docs[i].to || !docs[i].to->rep) continue;
      if (route.to.from == TargetFrom::kRep) ProveRep(route.to.name, docs[i].to->rep->place);
      if (route.to.from == TargetFrom::kRepColumn && route.table) ProveRows(route);
    }
  }

 private:
  bool HasLeft(const RosterRep& rep) const { return rep.active_to <= *prover_.context().now; }
  bool IsToBegin(const RosterRep& rep) const { return rep.active_from > *prover_.context().now; }

  // The roster's word for it that the rep has left by now.
  const RosterRep* WhoLeft(std::string_view id) const {
    const RosterRep* rep = RosterNamed(book_, id);
    return rep != nullptr && HasLeft(*rep) ? rep : nullptr;
  }

  // When a rep is back who is on leave for a day or longer yet; for others the day of the check.
  Instant BackFromLeave(const RosterRep& rep) const {
    const Instant now = *prover_.context().now;
    if (rep.leave.empty()) return now;
    const std::string_view zone = rep.zone.empty() ? "UTC" : std::string_view(rep.zone);
    const HoursTable& hours = prover_.context().builder.hours();
    const Instant back = hours.Of("", zone, {}, rep.leave).NextOpen(now);
    return back - now < Days(1) ? now : back;
  }
  bool IsOnLeave(const RosterRep& rep) const { return BackFromLeave(rep) > *prover_.context().now; }
  bool IsAbsent(const RosterRep& rep) const {
    return HasLeft(rep) || IsToBegin(rep) || IsOnLeave(rep);
  }
  // Events may describe a backup whom the roster does not know.
  bool HasStandIn(const RosterRep& rep) const {
    const RosterRep* backup = RosterNamed(book_, rep.backup);
    return !rep.backup.empty() && (backup == nullptr || !IsAbsent(*backup));
  }

  static std::string DayOf(const RosterRep& rep, Instant at) {
    const auto zone = FindZone(rep.zone);
    return FormatDate((zone ? **zone : Utc()).DateAt(at));
  }
  static std::string LastDay(const RosterRep& rep) {
    return DayOf(rep, rep.active_to + Milliseconds(-1));
  }

  // Empty: some are known by events alone, or nobody is named and the roster has none of its desk.
  std::vector<const RosterRep*> TakersOf(const Pool& pool) const {
    std::vector<const RosterRep*> takers;
    for (const PoolMember& member : pool.members) {
      takers.push_back(RosterNamed(book_, member.rep));
      if (takers.back() == nullptr) return {};
    }
    if (!pool.members.empty()) return takers;
    for (const RosterRep& rep : book_.roster) {
      if (desks_.at(rep.id) == pool.desk) takers.push_back(&rep);
    }
    return takers;
  }

  void ProveMembers(const Pool& pool, const SourcePlace& place) {
    if (!prover_.context().now) return;
    const RosterRep* last = nullptr;  // of those who have left
    Coming first;
    bool never_back = false;
    for (const RosterRep* rep : TakersOf(pool)) {
      if (HasLeft(*rep)) {
        if (last == nullptr || rep->active_to > last->active_to) last = rep;
        continue;
      }
      const Coming coming = WhenThere(*rep, pool);
      if (coming.at <= *prover_.context().now) return;
      never_back = never_back || coming.at >= rep->active_to;
      if (coming.at < first.at && coming.at < rep->active_to) first = coming;
    }
    if (first.rep != nullptr) return TellBefore(pool, place, first, last);
    if (last == nullptr || never_back) return;  // who has no open time again is told elsewhere
    const bool open = pool.members.empty();
    prover_.Tell(
        CheckKind::kRepGone, place,
        fmt::format("every {} '{}' has left, the last on {} ('{}'): nobody {}",
                    open ? "rep of the desk of queue" : "member of pool", pool.name, LastDay(*last),
                    last->id, open ? "can claim from it" : "of it can take a lead"),
        "give it other members");
  }

  // Who is not there yet, or not again.
  struct Coming {
    const RosterRep* rep = nullptr;
    Instant at = kNever;
    std::string_view how = "begins";
  };
  // A queue waits for who is on leave.
  Coming WhenThere(const RosterRep& rep, const Pool& pool) const {
    if (IsToBegin(rep) || pool.strategy == PoolStrategy::kQueue) return {&rep, rep.active_from};
    return {&rep, BackFromLeave(rep), "is back from leave"};
  }

  void TellBefore(const Pool& pool, const SourcePlace& place, const Coming& first,
                  const RosterRep* last) {
    std::string message =
        fmt::format("nobody of pool '{}' can take a lead before {}, when '{}' {}", pool.name,
                    DayOf(*first.rep, first.at), first.rep->id, first.how);
    if (last != nullptr) {
      message +=
          fmt::format(": the others have left, the last on {} ('{}')", LastDay(*last), last->id);
    }
    prover_.Tell(CheckKind::kRepGone, place, std::move(message),
                 "give it a member who is there until then");
  }

  void ProveRep(std::string_view id, const SourcePlace& place) {
    const RosterRep* rep = prover_.context().now ? RosterNamed(book_, id) : nullptr;
    if (rep == nullptr) return;
    if (!HasLeft(*rep) && !IsToBegin(*rep)) {
      if (IsOnLeave(*rep) && !HasStandIn(*rep)) TellOfLeave(*rep, place);
      return;
    }
    TellOfRep(*rep, place,
              HasLeft(*rep)
                  ? fmt::format("rep '{}' has left on {}, so no lead goes there", id, LastDay(*rep))
                  : fmt::format("rep '{}' begins on {}: no lead goes there before", id,
                                DayOf(*rep, rep->active_from)),
              "name another rep, or a pool");
  }

  // That a rep is not there is one cause, wherever rules name him.
  void TellOfRep(const RosterRep& rep, const SourcePlace& place, std::string message,
                 std::string hint) {
    const CheckDecl& decl = DeclOf(CheckKind::kRepGone);
    prover_.context().out.AddOf(fmt::format("rep '{}' is not there", rep.id),
                                {.severity = static_cast<Severity>(*decl.gravity),
                                 .code = decl.code,
                                 .place = place,
                                 .message = std::move(message),
                                 .hint = std::move(hint)});
  }

  void TellOfLeave(const RosterRep& rep, const SourcePlace& place) {
    const Instant back = BackFromLeave(rep);
    const std::string until =
        back == kNever ? "for years" : fmt::format("until {}", DayOf(rep, back + Milliseconds(-1)));
    TellOfRep(rep, place,
              fmt::format("rep '{}' is on leave {}, and no backup is there", rep.id, until),
              "name a backup in the roster, another rep, or a pool");
  }

  // Without a roster reps, and whom they support, come by events.
  void ProveSdr(const Route& route, const Located<std::string>& of, const Condition& whole) {
    const auto supports = [](const RosterRep& rep) { return !rep.supports.empty(); };
    if (book_.roster.empty() || std::ranges::any_of(book_.roster, supports)) return;
    const std::string_view field = prover_.fields().Find(route.to.field)->name;
    const Condition there = prover_.context().builder.When(field, TestOp::kPresent);
    const LeadAnswer example = prover_.Find({.must = {whole, there}, .must_not = {}});
    if (!example.found()) return;  // no lead of the route names anybody, as was told
    prover_.Tell(CheckKind::kRepGone, of.place,
                 fmt::format("nobody of the roster supports anybody, so that `sdr_of: {}` leads to "
                             "no rep",
                             of.value),
                 "name in the roster's column `supports` the AE for whom each SDR works", &example);
  }

  void ProveRows(const Route& route) {
    const Source* source = prover_.context().sources.Find(route.table->file());
    PM_CHECK(source != nullptr);
    const size_t column = ColumnOf(route);
    std::set<std::string_view> absent;
    for (const RosterRep& rep : book_.roster) {
      if (prover_.context().now && IsAbsent(rep)) absent.insert(rep.id);
    }
    for (const RouteTable::Row& row : route.table->rows()) {
      if (!absent.contains(row.outputs[column])) continue;
      const auto line = static_cast<int32_t>(row.line);
      ProveRep(row.outputs[column], PlaceAt(*source, source->LineStart(line)));
    }
  }

  Prover& prover_;
  const RuleBook& book_;
  const std::map<std::string_view, std::string_view> desks_;
};

}  // namespace

void ProvePeople(Prover& prover) {
  PeopleProver people(prover);
  people.ProvePools();
  if (prover.context().draft.routing) {
    people.ProveRoutes(prover.context().builder->routing.routes,
                       prover.context().draft.routing->routes, {});
  }
  people.ProveBackups();
}

}  // namespace pm
