#include "app/server/rule_impact.h"

#include <map>
#include <set>

#include "base/text/yaml.h"
#include "engine/stages/desk/records/assignment_row.h"
#include "engine/stages/desk/records/desk_row.h"
#include "engine/stages/desk/records/enrolment.h"
#include "engine/stages/desk/records/sla_run.h"
#include "engine/stages/rows.h"
#include "rules/compile/draft.h"

namespace pm {
namespace {

using Texts = std::map<std::string, std::string>;  // name -> what is written of it

// The rules as written, taken apart into what leads are under.
class Written {
 public:
  explicit Written(const RuleBook& book) : book_(book) {
    for (const RuleFile& file : book.sources()) Read(file);
    for (auto& [name, text] : pools_) text += MembersOf(name);
  }
  const Texts& routes() const { return routes_; }
  const Texts& pools() const { return pools_; }
  const Texts& other() const { return other_; }  // by kind
  const std::set<std::string>& slas() const { return slas_; }
  const std::set<std::string>& cadences() const { return cadences_; }

 private:
  void Read(const RuleFile& file) {
    if (!file.path.ends_with(".yaml") && !file.path.ends_with(".yml")) return;
    const Source source(file.path, file.text);
    Diagnostics ignored;  // they were compiled
    for (const YamlNode& document : ParseYaml(source, ignored)) ReadDocument(document);
  }

  void ReadDocument(const YamlNode& document) {
    const YamlNode* kind = document.Find("kind");
    if (kind == nullptr) return;
    if (kind->text == "routing") {
      if (const YamlNode* routes = document.Find("routes")) ReadRoutes(*routes, "");
      if (const YamlNode* otherwise = document.Find("otherwise"))
        routes_["otherwise"] = TextOf(*otherwise);
      if (const YamlNode* hold = document.Find("hold")) other_["routing: hold"] += TextOf(*hold);
    } else if (kind->text == "team") {
      const YamlNode* pools = document.Find("pools");
      if (pools == nullptr) return;
      for (const YamlEntry& pool : pools->entries) pools_[pool.key.text] = TextOf(pool.value);
    } else if (kind->text == "sla") {
      for (const YamlEntry& policy : document.entries) slas_.insert(policy.key.text);
    } else if (kind->text == "cadence") {
      if (const YamlNode* name = document.Find("name")) cadences_.insert(name->text);
    } else {
      other_[kind->text] += TextOf(document);
    }
  }

  // A route is also what stands around it.
  void ReadRoutes(const YamlNode& routes, const std::string& around) {
    for (const YamlNode& route : routes.items) {
      const std::string text = around + TextOf(route);
      const YamlNode* name = route.Find("name");
      if (name != nullptr) routes_[name->text] = text;
      if (const YamlNode* nested = route.Find("routes")) ReadRoutes(*nested, text);
    }
  }

  // With the files it names: tables, lists, calendars.
  std::string TextOf(const YamlNode& node) const {
    std::string text = CanonicalText(node);
    for (const RuleFile& file : book_.sources()) {
      const bool yaml = file.path.ends_with(".yaml") || file.path.ends_with(".yml");
      if (!yaml && text.contains(file.path)) text += ToText(HashContent(file.text));
    }
    return text;
  }

  std::string MembersOf(const std::string& pool) const {
    std::string text;
    const Pool* known = book_.FindPool(pool);
    if (known == nullptr) return text;
    for (const PoolMember& member : known->members)
      text += fmt::format(" {}:{}", member.rep, member.weight);
    return text;
  }

  const RuleBook& book_;
  Texts routes_, pools_, other_;
  std::set<std::string> slas_, cadences_;  // names
};

// Counts leads by the documents they are under.
class Counter {
 public:
  Counter(const RuleBook& in_force, const RuleBook& next) : in_force_(in_force), next_(next) {
    const Written before(in_force), after(next);
    Compare("route", before.routes(), after.routes());
    Compare("pool", before.pools(), after.pools());
    for (const std::string& name : before.slas()) DiffersSla(name, {});
    for (const std::string& name : before.cadences()) DiffersCadence(name, {});
    for (const auto& [kind, text] : before.other()) {
      const auto other = after.other().find(kind);
      if (other == after.other().end() || other->second != text) impact_.other.push_back(kind);
    }
    for (const auto& [kind, text] : after.other()) {
      if (!before.other().contains(kind)) impact_.other.push_back(kind);
    }
    std::ranges::sort(impact_.other);
  }

  void Take(const AssignmentRow& row) {
    if (row.place == Place::kNone || row.place == Place::kReturned) return;
    ++*impact_.open_leads;
    const bool by_route = TakeUnder("route", row.route);
    const bool by_pool = TakeUnder("pool", row.pool);
    const bool by_sla = DiffersSla(row.sla, row.sla_hash) && TakeUnder("sla", row.sla);
    const bool by_cadence =
        DiffersCadence(row.cadence, row.cadence_hash) && TakeUnder("cadence", row.cadence);
    *impact_.touched_leads += by_route || by_pool || by_sla || by_cadence ? 1 : 0;
  }
  void Take(const SlaRun& run) {
    ++*impact_.running_slas;
    const SlaPolicy* policy = in_force_.FindSla(run.policy);
    if (policy == nullptr) return;
    *impact_.touched_slas += DiffersSla(policy->name, run.policy) ? 1 : 0;
    const SlaPolicy* now = next_.FindSla(std::string_view(policy->name));
    *impact_.moved_slas += now != nullptr && now->hash != run.policy ? 1 : 0;
  }
  void Take(const Enrolment& enrolment) {
    if (!enrolment.running()) return;
    ++*impact_.running_enrolments;
    *impact_.touched_enrolments += DiffersCadence(enrolment.cadence, enrolment.hash) ? 1 : 0;
    const Cadence* now = next_.FindCadence(std::string_view(enrolment.cadence));
    *impact_.ended_enrolments += now == nullptr ? 1 : 0;
    *impact_.moved_enrolments += now != nullptr && now->hash != enrolment.hash ? 1 : 0;
  }

  void Take(const DeskRow& desk) {
    if (desk.propagates) impact_.propagating = true;
  }

  RuleImpact Done(bool counted_all) {
    impact_.counted_all = counted_all;
    for (auto& [key, document] : documents_) impact_.documents.push_back(std::move(document));
    return std::move(impact_);
  }
  // When none was taken, since there was none to be had.
  RuleImpact Uncounted() {
    for (std::optional<int64_t>* count :
         {&impact_.open_leads, &impact_.touched_leads, &impact_.running_slas, &impact_.touched_slas,
          &impact_.running_enrolments, &impact_.touched_enrolments, &impact_.moved_slas,
          &impact_.moved_enrolments, &impact_.ended_enrolments})
      count->reset();
    for (auto& [key, document] : documents_) document.leads.reset();
    impact_.propagating.reset();
    return Done(false);
  }

 private:
  void Compare(const std::string& kind, const Texts& before, const Texts& after) {
    for (const auto& [name, text] : before) {
      const auto other = after.find(name);
      if (other == after.end()) {
        documents_[{kind, name}] = {kind, name, "gone", 0};
      } else if (other->second != text) {
        documents_[{kind, name}] = {kind, name, "changed", 0};
      }
    }
  }

  // Named policies and cadences carry the hash of their content. `runs_by`: that of what is under
  // way, which may never have left the content that comes back.
  template <class T>
  bool Differs(const std::string& kind, const std::string& name, ContentHash runs_by,
               const T* before, const T* after) {
    if (before == nullptr) return false;
    if (after != nullptr && before->hash == after->hash) return false;
    documents_.try_emplace({kind, name},
                           ChangedDocument{kind, name, after == nullptr ? "gone" : "changed", 0});
    return after == nullptr || after->hash != runs_by;
  }
  bool DiffersSla(const std::string& name, ContentHash runs_by) {
    const std::string_view sla = name;
    return !name.empty() &&
           Differs("sla", name, runs_by, in_force_.FindSla(sla), next_.FindSla(sla));
  }
  bool DiffersCadence(const std::string& name, ContentHash runs_by) {
    const std::string_view cadence = name;
    return !name.empty() && Differs("cadence", name, runs_by, in_force_.FindCadence(cadence),
                                    next_.FindCadence(cadence));
  }

  bool TakeUnder(const std::string& kind, const std::string& name) {
    const auto document = documents_.find({kind, name});
    if (document == documents_.end()) return false;
    ++*document->second.leads;
    return true;
  }

  const RuleBook& in_force_;
  const RuleBook& next_;
  std::map<std::pair<std::string, std::string>, ChangedDocument> documents_;
  RuleImpact impact_;
};

// False when there are more than `*left` rows.
template <class R>
bool TakeRows(const StoreView& store, size_t* left, Counter& counter) {
  const std::string prefix(1, R::kPrefix);
  std::string after = prefix;
  while (const std::optional<std::string> key = store.NextKey(prefix, after)) {
    if ((*left)-- == 0) return false;
    R row;
    PM_CHECK(Decode(store.Get(*key).value_or(""), &row));
    counter.Take(row);
    after = *key;
  }
  return true;
}

}  // namespace

std::optional<int64_t> RuleImpact::Most() const {
  return std::max({touched_leads, touched_slas, touched_enrolments});
}

RuleImpact ImpactOf(const StoreView& store, const RuleBook& in_force, const RuleBook& next,
                    size_t most) {
  Counter counter(in_force, next);
  const bool all =
      TakeRows<DeskRow>(store, &most, counter) && TakeRows<AssignmentRow>(store, &most, counter) &&
      TakeRows<SlaRun>(store, &most, counter) && TakeRows<Enrolment>(store, &most, counter);
  return counter.Done(all);
}

RuleImpact UncountedImpact(const RuleBook& in_force, const RuleBook& next) {
  RuleImpact impact = Counter(in_force, next).Uncounted();
  for (const RosterRep& rep : in_force.roster) {
    if (next.FindRep(rep.id) == nullptr || next.DeskOfRep(rep.id) != in_force.DeskOfRep(rep.id))
      impact.unasked_reps.push_back(rep.id);
  }
  return impact;
}

}  // namespace pm
