#include "rules/diff/definitions.h"

#include <fmt/ranges.h>

#include <map>
#include <set>

#include "rules/cap_text.h"
#include "rules/compile/draft.h"
#include "rules/diff/signatures.h"

namespace pm {
namespace {

using Texts = std::vector<std::string>;
using ByName = std::map<std::string, std::string, std::less<>>;  // name -> what it is

std::string Counted(const Texts& texts) { return fmt::format("{}", fmt::join(texts, ", ")); }

// What stands in a rule set's documents under names of their own.
struct Named {
  ByName slas, cadences, calendars;
  std::set<std::string> not_free;  // of identity
};

Named NamesOf(const RuleBook& book) {
  const SourceSet sources(book.sources());
  Diagnostics ignored;
  const Draft draft = ReadDraft(sources, ignored);
  Named named;
  for (const SlasDoc& doc : draft.slas) {
    for (const auto& [name, tree] : doc.policies) {
      if (const SlaPolicy* sla = book.FindSla(name.value))
        named.slas[name.value] = SignatureOf(*sla);
    }
  }
  for (const auto& [doc, tree] : draft.cadences) {
    if (const Cadence* cadence = book.FindCadence(doc.name.value))
      named.cadences[doc.name.value] = SignatureOf(*cadence);
  }
  if (draft.identity) {
    for (const auto& domain : draft.identity->email.not_free) named.not_free.insert(domain.value);
  }
  for (const YamlNode& tree : draft.trees) {
    const YamlNode* kind = tree.Find("kind");
    if (kind == nullptr || kind->text != "calendars") continue;
    for (const YamlEntry& entry : tree.entries) {
      if (entry.key.text != "kind") named.calendars[entry.key.text] = CanonicalText(entry.value);
    }
  }
  for (const RuleFile& file : book.sources()) {
    if (file.path.ends_with(".ics")) named.calendars[file.path] = file.text;
  }
  return named;
}

class DefinitionDiff {
 public:
  DefinitionDiff(const RuleBook& before, const RuleBook& after, RuleDiff* diff)
      : before_(before), after_(after), diff_(*diff) {}

  // `what`s that are gone, new, changed, or only called otherwise.
  void Compare(std::string_view what, const ByName& before, const ByName& after) {
    std::set<std::string, std::less<>> renamed;
    for (const auto& [name, is] : before) {
      const auto same = after.find(name);
      if (same != after.end()) {
        if (same->second != is) Say(fmt::format("{} {} is defined otherwise", what, name));
        continue;
      }
      const auto other = std::ranges::find_if(after, [&](const auto& entry) {
        return entry.second == is && !before.contains(entry.first) &&
               !renamed.contains(entry.first);
      });
      if (other == after.end()) {
        Say(fmt::format("{} {} is gone", what, name));
        continue;
      }
      renamed.insert(other->first);
      diff_.without_effect.push_back(
          fmt::format("{} {} is called {} now", what, name, other->first));
    }
    for (const auto& [name, is] : after) {
      if (!before.contains(name) && !renamed.contains(name))
        Say(fmt::format("{} {} is new", what, name));
    }
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

  void CompareSettings(bool free_mail_differs) {
    const IdentityRules &a = before_.identity, &b = after_.identity;
    if (a.strip_plus != b.strip_plus || a.strip_gmail_dots != b.strip_gmail_dots ||
        a.survivorship != b.survivorship || a.stale_after != b.stale_after || free_mail_differs)
      Say("identity is set otherwise");
    if (before_.lifecycle.route_when != after_.lifecycle.route_when) {
      Say(fmt::format("what routes a lead: {} before, {} now",
                      Counted(before_.lifecycle.route_when), Counted(after_.lifecycle.route_when)));
    }
    if (RepeatText(before_.lifecycle) != RepeatText(after_.lifecycle))
      Say("the rules for another submission differ");
    if (EngagementText(before_.scoring) != EngagementText(after_.scoring))
      Say("points for engagement differ");
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
    old_settings.members.clear();
    new_settings.members.clear();
    if (SignatureOf(old_settings) != SignatureOf(new_settings))
      changes.emplace_back("its settings differ");
    if (changes.empty()) {
      diff_.without_effect.push_back(
          fmt::format("pool {} names its members in another order", now.name));
      return;
    }
    Say(fmt::format("pool {}: {}", now.name, Counted(changes)));
  }

  static std::string RepeatText(const LifecycleRules& rules) {
    std::string text;
    for (const RepeatRule& rule : rules.repeat) {
      text += fmt::format("{}|{}|{}|{}|{}|{}|{}\n", fmt::join(rule.stages, ","),
                          fmt::join(rule.reasons, ","), rule.within.ms, rule.same_form,
                          KeyOf(rule.when), static_cast<int>(rule.action), rule.to_previous_rep);
    }
    return text;
  }

  static std::string EngagementText(const ScoringRules& rules) {
    std::multiset<std::string> lines;
    for (const ScoringRule& rule : rules.engagement) {
      lines.insert(fmt::format("{}|{}|{}|{}/{}|{}", static_cast<int>(rule.signal), KeyOf(rule.when),
                               rule.points, rule.at_most.points, rule.at_most.per.ms,
                               rule.account_scope));
    }
    return fmt::format("{}|{}|{}|{}", rules.engagement_cap, rules.half_life.ms, rules.window.ms,
                       fmt::join(lines, "\n"));
  }

  const RuleBook& before_;
  const RuleBook& after_;
  RuleDiff& diff_;
};

ByName RepsOf(const RuleBook& book) {
  ByName reps;
  for (const RosterRep& rep : book.roster) {
    reps[rep.id] = fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", rep.id, rep.email,
                               rep.zone, rep.hours, rep.manager, rep.backup, rep.supports,
                               fmt::join(rep.holidays, ","), fmt::join(rep.leave, ","),
                               fmt::join(rep.skills, ","), fmt::join(rep.external, ","),
                               CapsText(rep.caps), rep.active_from.ms, rep.active_to.ms);
  }
  return reps;
}

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

void DiffDefinitions(const RuleBook& before, const RuleBook& after, const Renames& pools,
                     RuleDiff* diff) {
  DefinitionDiff definitions(before, after, diff);
  const Named old = NamesOf(before), now = NamesOf(after);
  definitions.ComparePools(pools);
  definitions.Compare("rep", RepsOf(before), RepsOf(after));
  definitions.Compare("SLA", old.slas, now.slas);
  definitions.Compare("cadence", old.cadences, now.cadences);
  definitions.Compare("calendar", old.calendars, now.calendars);
  definitions.CompareSettings(old.not_free != now.not_free);
}

}  // namespace pm
