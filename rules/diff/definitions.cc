#include "rules/diff/definitions.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "rules/compile/draft.h"
#include "rules/diff/days_off.h"
#include "rules/diff/particulars.h"
#include "rules/literal.h"

namespace pm {
namespace {

using Texts = std::vector<std::string>;

// Names are all that joins what runs to the rules of now.
constexpr std::string_view kRenamedSla =
    "; what runs by the old name keeps its policy, also when the change propagates";
constexpr std::string_view kRenamedCadence =
    "; if the change propagates, what runs by the old name ends";

std::string Counted(const Texts& texts) { return fmt::format("{}", fmt::join(texts, ", ")); }

// What stands in a rule set's documents under names of their own.
struct Named {
  ParticularsByName fields, slas, cadences, calendars, lists, reps, engagement;
  Particulars identity;
};

Named NamesOf(const RuleBook& book) {
  const SourceSet sources(book.sources());
  Diagnostics ignored;
  const Draft draft = ReadDraft(sources, ignored);
  Named named;
  for (const SlasDoc& doc : draft.slas) {
    for (const auto& [name, tree] : doc.policies) {
      if (const SlaPolicy* sla = book.FindSla(name.value))
        named.slas[name.value] = ParticularsOf(*sla);
    }
  }
  for (const auto& [doc, tree] : draft.cadences) {
    if (const Cadence* cadence = book.FindCadence(doc.name.value))
      named.cadences[doc.name.value] = ParticularsOf(*cadence);
  }
  for (const ListsDoc& doc : draft.lists) {
    for (const auto& [name, items] : doc.lists) {
      std::set<std::string> sorted;
      for (const std::string& item : items) sorted.insert(FoldedItem(item));
      named.lists[name.value] = {
          {.label = "items", .words = Counted({sorted.begin(), sorted.end()})}};
    }
  }
  named.identity = ParticularsOf(book.identity);
  std::set<std::string> not_free;
  if (draft.identity) {
    for (const auto& domain : draft.identity->email.not_free) not_free.insert(domain.value);
  }
  named.identity.push_back(
      {.label = "not_free", .words = Counted({not_free.begin(), not_free.end()})});
  for (const YamlNode& tree : draft.trees) {
    const YamlNode* kind = tree.Find("kind");
    if (kind == nullptr || kind->text != "calendars") continue;
    for (const YamlEntry& entry : tree.entries) {
      if (entry.key.text != "kind") named.calendars[entry.key.text] = ParticularsOf(entry.value);
    }
  }
  for (const RuleFile& file : book.sources()) {
    if (!file.path.ends_with(".ics")) continue;
    named.calendars[file.path] = DaysOff(file.text);
  }
  for (const FieldDecl& field : book.fields().all()) {
    if (field.number >= kFirstCustomField)
      named.fields[std::string(field.name)] = ParticularsOf(field);
  }
  for (const RosterRep& rep : book.roster) named.reps[rep.id] = ParticularsOf(rep);
  for (const ScoringRule& rule : book.scoring.engagement)
    named.engagement[rule.name] = ParticularsOf(rule);
  return named;
}

// A name of `after` that `before` has not, of the same content, for each that is gone: old -> new.
Renames RenamedIn(const ParticularsByName& before, const ParticularsByName& after) {
  Renames renamed;
  std::set<std::string_view> taken;
  for (const auto& [name, is] : before) {
    if (after.contains(name)) continue;
    const auto other = std::ranges::find_if(after, [&](const auto& entry) {
      return !before.contains(entry.first) && !taken.contains(entry.first) &&
             SignatureOf(entry.second) == SignatureOf(is);
    });
    if (other == after.end()) continue;
    renamed[name] = other->first;
    taken.insert(other->first);
  }
  return renamed;
}

class DefinitionDiff {
 public:
  DefinitionDiff(const RuleBook& before, const RuleBook& after, RuleDiff* diff)
      : before_(before), after_(after), diff_(*diff) {}

  // `what`s that are gone, new, changed, or only called otherwise: that has no effect, `but`. How
  // those were called before.
  Renames Compare(std::string_view what, const ParticularsByName& before,
                  const ParticularsByName& after, std::string_view but = "") {
    const Renames renamed = RenamedIn(before, after);
    TellRenames(what, renamed, but, &diff_.without_effect);
    CompareOthers(what, before, after, renamed);
    Renames called_before;
    for (const auto& [was, is] : renamed) called_before[is] = was;
    return called_before;
  }

  // What was given keeps to the names of these rules.
  void CompareEngagement(const ParticularsByName& before, const ParticularsByName& after) {
    const Renames renamed = RenamedIn(before, after);
    TellRenames("rule of engagement", renamed, ": points it gave until then are lost",
                &diff_.definitions);
    CompareOthers("rule of engagement", before, after, renamed);
  }

  // Events and rules know a field by its name alone: one that is called otherwise is another.
  void CompareFields(const ParticularsByName& before, const ParticularsByName& after) {
    CompareOthers("field", before, after, {});
  }

  // A list is only what rules ask of it.
  void CompareLists(const ParticularsByName& before, const ParticularsByName& after) {
    TellRenames("list", RenamedIn(before, after), "", &diff_.without_effect);
  }

  void ComparePools(const Renames& renamed) {
    for (const Pool& now : after_.pools) {
      Pool pool = now;
      for (std::string& next : pool.overflow) {
        if (const auto was = renamed.find(next); was != renamed.end()) next = was->second;
      }
      const auto old_name = renamed.find(pool.name);
      if (old_name != renamed.end()) {
        diff_.without_effect.push_back(
            fmt::format("pool {} is called {} now, with the same members; its rotation, queue and "
                        "counts begin anew",
                        old_name->second, pool.name));
        continue;
      }
      const Pool* old = before_.FindPool(pool.name);
      if (old == nullptr) {
        Say(fmt::format("pool {} is new", pool.name));
      } else if (SignatureOf(*old) != SignatureOf(pool)) {
        SayPool(*old, pool);
      }
    }
    for (const Pool& pool : before_.pools) {
      const bool gone = after_.FindPool(pool.name) == nullptr &&
                        std::ranges::none_of(
                            renamed, [&](const auto& entry) { return entry.second == pool.name; });
      if (gone) Say(fmt::format("pool {} is gone", pool.name));
    }
  }

  void CompareSettings(const Named& old, const Named& now) {
    SayChanges("identity", old.identity, now.identity);
    const LifecycleRules &a = before_.lifecycle, &b = after_.lifecycle;
    if (a.route_when != b.route_when) {
      Say(fmt::format("what routes a lead: {} before, {} now", Counted(a.route_when),
                      Counted(b.route_when)));
    }
    SayChanges("another submission", ParticularsOf(a), ParticularsOf(b));
    SayChanges("engagement", Fading(before_.scoring), Fading(after_.scoring));
  }

 private:
  void Say(std::string line) { diff_.definitions.push_back(std::move(line)); }

  void SayPool(const Pool& old, const Pool& now) {
    std::map<std::string, int64_t> before, after;
    for (const PoolMember& member : old.members) before[member.rep] = member.weight;
    for (const PoolMember& member : now.members) after[member.rep] = member.weight;
    Texts changes;
    for (const auto& [rep, weight] : after) {
      const auto had = before.find(rep);
      if (had == before.end()) {
        changes.push_back(fmt::format("{} joins", rep));
      } else if (had->second != weight) {
        changes.push_back(fmt::format("{} weighs {} instead of {}", rep, weight, had->second));
      }
    }
    for (const auto& [rep, weight] : before) {
      if (!after.contains(rep)) changes.push_back(fmt::format("{} leaves", rep));
    }
    Pool old_settings = old, new_settings = now;
    old_settings.members = new_settings.members = {};
    std::ranges::copy(ChangesOf(ParticularsOf(old_settings), ParticularsOf(new_settings)),
                      std::back_inserter(changes));
    if (changes.empty()) {
      diff_.without_effect.push_back(
          fmt::format("pool {} names its members in another order", now.name));
      return;
    }
    Say(fmt::format("pool {}: {}", now.name, Counted(changes)));
  }

  void SayChanges(std::string_view what, const Particulars& before, const Particulars& after) {
    for (const std::string& change : ChangesOf(before, after))
      Say(fmt::format("{}: {}", what, change));
  }

  static void TellRenames(std::string_view what, const Renames& renamed, std::string_view but,
                          Texts* out) {
    for (const auto& [was, is] : renamed)
      out->push_back(fmt::format("{} {} is called {} now{}", what, was, is, but));
  }

  void CompareOthers(std::string_view what, const ParticularsByName& before,
                     const ParticularsByName& after, const Renames& renamed) {
    std::set<std::string_view> new_names;
    for (const auto& [was, is] : renamed) new_names.insert(is);
    for (const auto& [name, is] : before) {
      const auto same = after.find(name);
      if (same != after.end()) {
        SayChanges(fmt::format("{} {}", what, name), is, same->second);
      } else if (!renamed.contains(name)) {
        Say(fmt::format("{} {} is gone", what, name));
      }
    }
    for (const auto& [name, is] : after) {
      if (before.contains(name) || new_names.contains(name)) continue;
      const std::string all = std::ranges::any_of(is, &Particular::listed) ? "" : InWords(is);
      Say(fmt::format("{} {} is new{}{}", what, name, all.empty() ? "" : ": ", all));
    }
  }

  static Particulars Fading(const ScoringRules& rules) {
    const auto time = [](Duration one) { return one.ms == 0 ? "" : FormatDuration(one); };
    return {{.label = "cap", .words = std::to_string(rules.engagement_cap)},
            {.label = "half_life", .words = time(rules.half_life)},
            {.label = "window", .words = time(rules.window)}};
  }

  const RuleBook& before_;
  const RuleBook& after_;
  RuleDiff& diff_;
};

}  // namespace

Renames RenamedPools(const RuleBook& before, const RuleBook& after) {
  Renames renamed;
  std::set<std::string_view> taken;
  for (const Pool& old : before.pools) {
    if (after.FindPool(old.name) != nullptr) continue;
    for (const Pool& now : after.pools) {
      if (before.FindPool(now.name) != nullptr || taken.contains(now.name)) continue;
      if (SignatureOf(old) != SignatureOf(now)) continue;
      renamed[now.name] = old.name;
      taken.insert(now.name);
      break;
    }
  }
  return renamed;
}

void DiffDefinitions(const RuleBook& before, const RuleBook& after, NamesThere* names,
                     RuleDiff* diff) {
  DefinitionDiff definitions(before, after, diff);
  const Named old = NamesOf(before), now = NamesOf(after);
  definitions.ComparePools(names->pools);
  definitions.Compare("rep", old.reps, now.reps);
  names->slas = definitions.Compare("SLA", old.slas, now.slas, kRenamedSla);
  names->cadences = definitions.Compare("cadence", old.cadences, now.cadences, kRenamedCadence);
  definitions.Compare("calendar", old.calendars, now.calendars);
  definitions.CompareEngagement(old.engagement, now.engagement);
  definitions.CompareLists(old.lists, now.lists);
  definitions.CompareFields(old.fields, now.fields);
  definitions.CompareSettings(old, now);
}

}  // namespace pm
