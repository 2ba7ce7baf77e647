// Reps who cannot take what rules give them: a queue that names nobody, and, when the day is known,
// those who have left by it.
#include <fmt/format.h>

#include "rules/compile/checks/destinations.h"
#include "rules/compile/checks/prover.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

constexpr size_t kMostRowsTold = 50;  // of one table

class PeopleProver {
 public:
  explicit PeopleProver(Prover& prover)
      : prover_(prover), book_(*prover.context().builder.operator->()) {}

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
      prover_.Tell(
          CheckKind::kRepGone, PlaceAt(*source, source->LineStart(rep.origin.line)),
          fmt::format("'{}', the backup of '{}', has left on {}", gone->id, rep.id, LastDay(*gone)),
          "name another, or nobody");
    }
  }

  void ProveRoutes(const std::vector<Route>& routes, const std::vector<RouteDoc>& docs) {
    for (size_t i = 0; i < routes.size(); ++i) {
      const Route& route = routes[i];
      if (docs[i].routes) ProveRoutes(route.nested, *docs[i].routes);
      if (!docs[i].to || !docs[i].to->rep) continue;
      if (route.to.from == TargetFrom::kRep) ProveRep(route.to.name, docs[i].to->rep->place);
      if (route.to.from == TargetFrom::kRepColumn && route.table) ProveRows(route);
    }
  }

 private:
  // The roster's word for it that the rep has left by now.
  const RosterRep* WhoLeft(std::string_view id) const {
    const RosterRep* rep = RosterNamed(book_, id);
    return rep != nullptr && rep->active_to <= *prover_.context().now ? rep : nullptr;
  }

  static std::string LastDay(const RosterRep& rep) {
    const auto zone = FindZone(rep.zone);
    const Zone& place = zone ? **zone : Utc();
    return FormatDate(place.DateAt(rep.active_to + Milliseconds(-1)));
  }

  void ProveMembers(const Pool& pool, const SourcePlace& place) {
    if (!prover_.context().now) return;
    const RosterRep* last = nullptr;
    for (const PoolMember& member : pool.members) {
      const RosterRep* gone = WhoLeft(member.rep);
      if (gone == nullptr) return;
      if (last == nullptr || gone->active_to > last->active_to) last = gone;
    }
    if (last == nullptr) return;  // none are named: all reps of the desk
    prover_.Tell(CheckKind::kRepGone, place,
                 fmt::format("every member of pool '{}' has left, the last on {} ('{}'): nobody of "
                             "it can take a lead",
                             pool.name, LastDay(*last), last->id),
                 "give it other members");
  }

  void ProveRep(std::string_view id, const SourcePlace& place) {
    if (!prover_.context().now) return;
    const RosterRep* gone = WhoLeft(id);
    if (gone == nullptr) return;
    prover_.Tell(CheckKind::kRepGone, place,
                 fmt::format("rep '{}' has left on {}, so no lead goes there", id, LastDay(*gone)),
                 "name another rep, or a pool");
  }

  void ProveRows(const Route& route) {
    const Source* source = prover_.context().sources.Find(route.table->file());
    PM_CHECK(source != nullptr);
    const size_t column = ColumnOf(route);
    std::set<std::string_view> gone;
    for (const RosterRep& rep : book_.roster) {
      if (prover_.context().now && WhoLeft(rep.id) != nullptr) gone.insert(rep.id);
    }
    size_t told = 0;
    for (const RouteTable::Row& row : route.table->rows()) {
      if (!gone.contains(row.outputs[column]) || ++told > kMostRowsTold) continue;
      const auto line = static_cast<int32_t>(row.line);
      ProveRep(row.outputs[column], PlaceAt(*source, source->LineStart(line)));
    }
  }

  Prover& prover_;
  const RuleBook& book_;
};

}  // namespace

void ProvePeople(Prover& prover) {
  PeopleProver people(prover);
  people.ProvePools();
  people.ProveBackups();
  if (!prover.context().draft.routing) return;
  people.ProveRoutes(prover.context().builder->routing.routes,
                     prover.context().draft.routing->routes);
}

}  // namespace pm
