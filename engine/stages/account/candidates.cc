#include "engine/stages/account/account.h"
#include "rules/tables/route_table.h"

namespace pm::account {
namespace {

constexpr size_t kMaxCandidates = 32;
constexpr size_t kMaxPassedOver = 64;

struct Inherited {
  std::string sla, cadence, priority;
};

struct Resolved {
  Candidate candidate;
  std::string failure;  // reason code when there is no target
};

class Search {
 public:
  Search(const RuleBook& rules, Facts facts) : rules_(rules), facts_(facts) {}

  CandidateList Run() {
    if (!Try(rules_.routing.routes, rules_.routing.index, {}))
      Add(rules_.routing.otherwise, {}, nullptr);
    return std::move(list_);
  }
  CandidateList Otherwise() {
    Add(rules_.routing.otherwise, {}, nullptr);
    return std::move(list_);
  }

 private:
  // True when the list has ended: its last candidate cannot fall through.
  bool Try(const std::vector<Route>& routes, const RuleIndex& index, const Inherited& above) {
    Holding holding(routes, index, facts_);
    while (const Route* holds = holding.Next()) {
      const Route& route = *holds;
      Inherited own = above;
      if (!route.sla.empty()) own.sla = route.sla;
      if (!route.cadence.empty()) own.cadence = route.cadence;
      if (!route.priority.empty()) own.priority = route.priority;
      if (!route.nested.empty()) {
        if (Try(route.nested, route.nested_index, own)) return true;
        continue;
      }
      std::optional<RouteTableHit> hit;
      if (route.table != nullptr) {
        hit = LookUp(*route.table, facts_);
        if (!hit) continue;
      }
      if (Add(route, own, hit ? &*hit : nullptr)) return true;
      // Otherwise may always be tried last.
      if (list_.candidates.size() + 1 == kMaxCandidates) return false;
    }
    return false;
  }

  bool Add(const Route& route, const Inherited& own, const RouteTableHit* hit) {
    Resolved found = ResolveTarget(route.to, hit);
    Candidate& c = found.candidate;
    if (!found.failure.empty() && !route.to.else_pool.empty()) {
      c.kind = TargetKind::kPool;
      c.target = route.to.else_pool;
      c.via = "else";
      found.failure.clear();
    }
    if (!found.failure.empty()) {
      if (list_.passed_over.size() < kMaxPassedOver)
        list_.passed_over.push_back(route.name + ": " + found.failure);
      return false;
    }
    c.route = route.name;
    c.origin = route.origin.Text();
    if (hit != nullptr) {
      c.origin += ", ";
      c.origin += route.table->file();
      c.origin += ':';
      c.origin += std::to_string(hit->row);
    }
    if (c.via != "else") c.else_pool = route.to.else_pool;
    c.wait_if_away = route.to.wait_if_away;
    c.sla = own.sla.empty() ? route.sla : own.sla;
    c.cadence = own.cadence.empty() ? route.cadence : own.cadence;
    c.priority = own.priority.empty() ? route.priority : own.priority;
    if (c.priority.empty()) c.priority = "normal";
    Pin(&c);
    list_.candidates.push_back(std::move(c));
    return EndsTheList(list_.candidates.back());
  }

  // A queue takes every lead; of another pool, also one of `else`, nobody may be able to.
  bool EndsTheList(const Candidate& c) const {
    return (c.kind == TargetKind::kPool && IsQueue(c.target)) || IsQueue(c.else_pool);
  }
  bool IsQueue(std::string_view name) const {
    const Pool* pool = rules_.FindPool(name);
    return pool != nullptr && pool->strategy == PoolStrategy::kQueue;
  }

  void Pin(Candidate* c) const {
    if (!c->sla.empty()) {
      if (const SlaPolicy* sla = rules_.FindSla(c->sla)) c->sla_hash = sla->hash;
    }
    if (!c->cadence.empty()) {
      if (const Cadence* cadence = rules_.FindCadence(c->cadence)) c->cadence_hash = cadence->hash;
    }
  }

  Resolved ResolveTarget(const Target& target, const RouteTableHit* hit) const {
    switch (target.from) {
      case TargetFrom::kPool:
        return PoolTarget(target.name, "pool");
      case TargetFrom::kRep:
        return RepTarget(target.name, "rep");
      case TargetFrom::kOwner:
        return RepTarget(TextOf(target.field), "owner");
      case TargetFrom::kSdrOf:
        return SdrTarget(TextOf(target.field));
      case TargetFrom::kPoolColumn:
        return PoolTarget(CellOf(hit, target.name), "table");
      case TargetFrom::kRepColumn:
        return RepTarget(CellOf(hit, target.name), "table");
    }
    return {};
  }

  Resolved PoolTarget(std::string_view name, std::string_view via) const {
    Resolved r;
    if (name.empty()) r.failure = "no_target";
    if (r.failure.empty() && rules_.FindPool(name) == nullptr) r.failure = "unknown_pool";
    r.candidate.kind = TargetKind::kPool;
    r.candidate.target = name;
    r.candidate.via = via;
    return r;
  }

  // A rep whom only events know is resolved by the desk, from the text as it stands.
  Resolved RepTarget(std::string_view text, std::string_view via) const {
    Resolved r;
    if (text.empty()) r.failure = "no_target";
    const RosterRep* rep = rules_.FindRepBy(text);
    r.candidate.kind = TargetKind::kRep;
    r.candidate.target = rep != nullptr ? rep->id : std::string(text);
    r.candidate.via = via;
    return r;
  }

  // Events may have changed who supports whom, so the desk looks.
  Resolved SdrTarget(std::string_view text) const {
    Resolved r = RepTarget(text, "sdr_of");
    r.candidate.kind = TargetKind::kSdrOf;
    return r;
  }

  std::string_view TextOf(FieldNumber field) const {
    const uint32_t slot = rules_.slots().Of(field);
    return slot == UINT32_MAX ? std::string_view() : facts_[slot].text;
  }

  static std::string_view CellOf(const RouteTableHit* hit, std::string_view column) {
    if (hit == nullptr) return {};
    for (const auto& [name, text] : hit->cells) {
      if (name == column) return text;
    }
    return {};
  }

  const RuleBook& rules_;
  Facts facts_;
  CandidateList list_;
};

}  // namespace

CandidateList FindCandidates(const RuleBook& rules, Facts facts) {
  return Search(rules, facts).Run();
}

CandidateList OnlyOtherwise(const RuleBook& rules, Facts facts) {
  return Search(rules, facts).Otherwise();
}

}  // namespace pm::account
