#include "rules/diff/particulars.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "model/value_text.h"
#include "rules/cap_text.h"
#include "rules/compile/draft.h"
#include "rules/diff/condition_key.h"
#include "rules/diff/days_off.h"
#include "rules/in_words.h"

namespace pm {
namespace {

using Texts = std::vector<std::string>;

std::string Joined(const Texts& texts) { return fmt::format("{}", fmt::join(texts, ", ")); }
std::string Time(Duration length) { return length.ms == 0 ? "" : FormatDuration(length); }
std::string YesNo(bool yes) { return yes ? "true" : "false"; }
std::string Words(const std::string& text) { return text.empty() ? "none" : text; }

// What a condition adds to the words and to the key of what it belongs to.
void AddCondition(std::string_view before, const Condition& condition, Particular* part) {
  if (part->key.empty()) part->key = part->words;
  if (condition.always()) return;
  part->words += fmt::format("{}{}", before, ConditionInWords(condition));
  part->key += fmt::format("{}{}", before, KeyOf(condition));
}

Particular StepOf(const CadenceStep& step) {
  Particular part{.label = "step", .words = StepInWords(step), .listed = true};
  if (step.automatic) part.words += ", by a tool";
  if (step.reply_in_thread) part.words += ", in the thread";
  if (step.after != Span{}) part.words += ", after " + FormatSpan(step.after);
  if (step.window.set) part.words += ", window " + WindowInWords(step.window);
  if (step.expires) part.words += ", expires after " + ExpiryInWords(step);
  if (step.skips) AddCondition(", left out when ", step.skip_if, &part);
  return part;
}

Particular RepeatOf(const RepeatRule& rule) {
  RepeatRule plain = rule;
  plain.when = {};
  Particular part{.label = "rule", .words = RepeatInWords(plain), .listed = true};
  AddCondition(", ", rule.when, &part);
  const std::string then =
      fmt::format(": {}{}", WordOf(rule.action), rule.to_previous_rep ? " to previous_rep" : "");
  part.words += then;
  part.key += then;
  return part;
}

// Hours of a day by their begin, one where the next begins when it ends: `09:00-12:00`.
Texts JoinedHours(Texts hours) {
  const auto is_hours = [](std::string_view text) {
    return text.contains(':') && std::ranges::count(text, '-') == 1;
  };
  if (!std::ranges::all_of(hours, is_hours)) return hours;
  std::ranges::sort(hours);
  Texts joined;
  for (const std::string& next : hours) {
    const size_t dash = next.find('-');
    if (!joined.empty() && joined.back().ends_with("-" + next.substr(0, dash))) {
      joined.back().replace(joined.back().find('-'), std::string::npos, next.substr(dash));
    } else {
      joined.push_back(next);
    }
  }
  return joined;
}

// A list as `a, b`, a map as `key a, b; key c`.
std::string InWords(const YamlNode& node) {
  Texts parts;
  for (const YamlNode& item : node.items) parts.push_back(InWords(item));
  parts = JoinedHours(std::move(parts));
  for (const YamlEntry& entry : node.entries) {
    const std::string value = InWords(entry.value);
    parts.push_back(fmt::format("{} {}", entry.key.text, value.empty() ? "closed" : value));
  }
  const bool map = node.kind == YamlNode::Kind::kMap;
  return parts.empty() ? node.text : fmt::format("{}", fmt::join(parts, map ? "; " : ", "));
}

// `mon-thu 09:00-12:00, 13:00-18:00; fri 09:00-15:00`, in however many lines it is written.
std::string WeekInWords(const YamlNode& weekly) {
  constexpr size_t kDays = 7;
  std::array<std::string, kDays> hours;
  for (const YamlEntry& line : weekly.entries) {
    const auto range = ParseWeekdayRange(line.key.text);
    if (!range) return InWords(weekly);
    for (auto day = static_cast<size_t>(range->first);; day = (day + 1) % kDays) {
      hours[day] = InWords(line.value);
      if (day == static_cast<size_t>(range->last)) break;
    }
  }
  Texts parts;
  const auto name = [](size_t day) { return FormatWeekday(static_cast<Weekday>(day)); };
  for (size_t day = 0; day < kDays; ++day) {
    const size_t first = day;
    while (day + 1 < kDays && hours[day + 1] == hours[first]) ++day;
    if (hours[first].empty()) continue;
    parts.push_back(first == day ? fmt::format("{} {}", name(first), hours[first])
                                 : fmt::format("{}-{} {}", name(first), name(day), hours[first]));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string Change(const Particular* old, const Particular* now);

std::string ChangeOfSets(const Particular* old, const Particular* now) {
  const std::string change =
      old == nullptr || now == nullptr ? "" : SetChangeInWords(old->items, now->items);
  return change.empty() ? Change(old, now) : change;
}

using Groups = std::vector<std::pair<std::string, std::vector<const Particular*>>>;

Groups GroupsOf(const Particulars& before, const Particulars& after, bool of_after) {
  Groups groups;
  for (const Particulars* side : {&after, &before}) {
    for (const Particular& part : *side) {
      auto group = std::ranges::find(groups, part.label, &Groups::value_type::first);
      if (group == groups.end()) group = groups.insert(groups.end(), {part.label, {}});
      if ((side == &after) == of_after) group->second.push_back(&part);
    }
  }
  return groups;
}

std::string Change(const Particular* old, const Particular* now) {
  const std::string before = old == nullptr ? "" : old->words;
  const std::string after = now == nullptr ? "" : now->words;
  if (before == after) return fmt::format("{}, as defined now", Words(after));
  return fmt::format("{} (before: {})", Words(after), Words(before));
}

// Of things in order: what both begin and end with is left out.
void ListChanges(const std::string& label, const std::vector<const Particular*>& before,
                 const std::vector<const Particular*>& after, Texts* out) {
  const auto same = [](const Particular* a, const Particular* b) { return a->is() == b->is(); };
  size_t first = 0, end = 0;
  const size_t shorter = std::min(before.size(), after.size());
  while (first < shorter && same(before[first], after[first])) ++first;
  while (end < shorter - first &&
         same(before[before.size() - 1 - end], after[after.size() - 1 - end])) {
    ++end;
  }
  const size_t old_end = before.size() - end, new_end = after.size() - end;
  for (size_t i = first; i < std::max(old_end, new_end); ++i) {
    if (i >= new_end) {
      out->push_back(fmt::format("{} {} is gone: {}", label, i + 1, before[i]->words));
    } else if (i >= old_end) {
      out->push_back(fmt::format("{} {} is new: {}", label, i + 1, after[i]->words));
    } else if (!same(before[i], after[i])) {
      out->push_back(fmt::format("{} {}: {}", label, i + 1, Change(before[i], after[i])));
    }
  }
}

}  // namespace

Particulars ParticularsOf(const Cadence& cadence) {
  Texts exits;
  for (const ExitEvent event : cadence.exits) exits.push_back(WordOf(event));
  Particulars all = {{.label = "once", .words = YesNo(cadence.once)},
                     {.label = "exit", .words = Joined(exits)},
                     {.label = "on_reassign", .words = WordOf(cadence.on_reassign)},
                     {.label = "rep_away",
                      .words = fmt::format("{} after {}", cadence.away_backup ? "backup" : "pause",
                                           FormatSpan(cadence.away_longer_than))},
                     {.label = "unknown_zone", .words = cadence.unknown_zone}};
  for (const CadenceStep& step : cadence.steps) all.push_back(StepOf(step));
  return all;
}

Particulars ParticularsOf(const SlaPolicy& policy) {
  Particulars all = {{.label = "hours", .words = HoursInWords(policy)},
                     {.label = "grace", .words = Time(policy.grace)}};
  Particular pause{.label = "pause while", .words = ""};
  if (policy.pauses) AddCondition("", policy.pause_while, &pause);
  all.push_back(std::move(pause));
  for (int m = 0; m < kMilestones; ++m) {
    const MilestoneRule& rule = policy.milestones[m];
    const std::string name(MilestoneName(static_cast<Milestone>(m)));
    if (rule.on) {
      all.push_back({.label = name,
                     .words = fmt::format("within {} from {}, per {}", FormatDuration(rule.within),
                                          rule.from_assigned ? "assigned" : "routed",
                                          rule.per_assignment ? "assignment" : "lead")});
    }
    for (const Rung& rung : policy.ladders[m]) {
      const std::string key =
          fmt::format("{}/{}/{}/{}/{}/{}/{}", rung.percent, rung.percent_of, rung.after_due.ms,
                      static_cast<int>(rung.action), fmt::join(rung.notify, ","),
                      rung.reassign_at_most, rung.else_queue);
      all.push_back(
          {.label = "rung of " + name, .words = RungInWords(rung), .key = key, .listed = true});
    }
  }
  return all;
}

Particulars ParticularsOf(const Pool& pool) {
  Texts members, order;
  for (const PoolMember& member : pool.members) {
    members.push_back(fmt::format("{}:{}", member.rep, member.weight));
  }
  for (const QueueOrder by : pool.order) order.push_back(WordOf(by));
  const std::string sticky =
      pool.sticky ? fmt::format("by account for {}{}", FormatDuration(pool.sticky_for),
                                pool.sticky_backup ? ", else the backup" : "")
                  : "";
  const std::string claims =
      pool.claim_at_most_open == 0 ? "" : fmt::format("{} open", pool.claim_at_most_open);
  return {{.label = "desk", .words = pool.desk},
          {.label = "strategy", .words = WordOf(pool.strategy)},
          {.label = "members", .words = MembersInWords(pool), .key = "members " + Joined(members)},
          {.label = "caps", .words = CapsText(pool.caps)},
          {.label = "off_hours", .words = WordOf(pool.off_hours)},
          {.label = "on_away", .words = pool.keep_when_away ? "keep" : "release"},
          {.label = "sticky", .words = sticky},
          {.label = "overflow", .words = Joined(pool.overflow)},
          {.label = "order", .words = Joined(order)},
          {.label = "claim at_most", .words = claims},
          {.label = "claim return_after", .words = Time(pool.claim_return_after)},
          {.label = "hours", .words = pool.hours},
          {.label = "zone", .words = pool.zone}};
}

Particulars ParticularsOf(const RosterRep& rep) {
  const auto day = [](Instant at, Instant never) { return at == never ? "" : FormatInstant(at); };
  return {{.label = "id", .words = rep.id},
          {.label = "email", .words = rep.email},
          {.label = "zone", .words = rep.zone},
          {.label = "hours", .words = rep.hours},
          {.label = "manager", .words = rep.manager},
          {.label = "backup", .words = rep.backup},
          {.label = "supports", .words = rep.supports},
          {.label = "holidays", .words = Joined(rep.holidays)},
          {.label = "leave", .words = Joined(rep.leave)},
          {.label = "skills", .words = Joined(rep.skills)},
          {.label = "external ids", .words = Joined(rep.external)},
          {.label = "caps", .words = CapsText(rep.caps)},
          {.label = "active_from", .words = day(rep.active_from, Instant{INT64_MIN})},
          {.label = "active_to", .words = day(rep.active_to, kNever)}};
}

Particulars ParticularsOf(const FieldDecl& own_field) {
  const FieldDecl& field = own_field;
  const bool counted = field.type == Type::kText || field.type == Type::kTextList;
  const auto bound = [&](int64_t value, int64_t none) {
    if (value == none || field.type == Type::kBool) return std::string();
    return ValueText({.type = counted ? Type::kInt : field.type, .number = value, .text = {}});
  };
  return {{.label = "type", .words = WordOf(field.type)},
          {.label = "min", .words = bound(field.min, counted ? 0 : INT64_MIN)},
          {.label = "max", .words = bound(field.max, INT64_MAX)},
          {.label = "normalise", .words = counted ? WordOf(field.normalise) : ""},
          {.label = "personal", .words = YesNo(field.personal)}};
}

Particulars ParticularsOf(const ScoringRule& engagement_rule) {
  const ScoringRule& rule = engagement_rule;
  Particular when{.label = "when", .words = ""};
  AddCondition("", rule.when, &when);
  return {{.label = "signal", .words = std::string(DeclOf(rule.signal).name)},
          {.label = "points", .words = fmt::format("{:+}", rule.points)},
          std::move(when),
          {.label = "at_most", .words = LimitInWords(rule.at_most)},
          {.label = "scope", .words = rule.account_scope ? "account" : "person"}};
}

Particulars ParticularsOf(const LifecycleRules& rules) {
  Particulars all;
  for (const RepeatRule& rule : rules.repeat) all.push_back(RepeatOf(rule));
  return all;
}

Particulars ParticularsOf(const IdentityRules& rules) {
  return {{.label = "plus addressing stripped", .words = YesNo(rules.strip_plus)},
          {.label = "dots of gmail stripped", .words = YesNo(rules.strip_gmail_dots)},
          {.label = "survivorship", .words = Joined(rules.survivorship)},
          {.label = "stale_after", .words = Time(rules.stale_after)}};
}

Particulars ParticularsOf(const YamlNode& calendar) {
  Particulars all;
  for (const YamlEntry& entry : calendar.entries) {
    const bool weekly = entry.key.text == "weekly";
    all.push_back({.label = entry.key.text,
                   .words = weekly ? WeekInWords(entry.value) : InWords(entry.value)});
  }
  return all;
}

std::string SignatureOf(const Particulars& particulars) {
  std::string text;
  for (const Particular& part : particulars) {
    text += fmt::format("{}={}:{};", part.label, part.is().size(), part.is());
  }
  return text;
}

std::vector<std::string> ChangesOf(const Particulars& before, const Particulars& after) {
  const Groups old = GroupsOf(before, after, false), now = GroupsOf(before, after, true);
  Texts changes;
  for (size_t g = 0; g < now.size(); ++g) {
    const auto& [label, parts] = now[g];
    const auto& was = old[g].second;
    const bool listed = (parts.empty() ? was : parts).front()->listed;
    if (listed) {
      ListChanges(label, was, parts, &changes);
      continue;
    }
    const Particular* a = was.empty() ? nullptr : was.front();
    const Particular* b = parts.empty() ? nullptr : parts.front();
    if ((a == nullptr ? "" : a->is()) == (b == nullptr ? "" : b->is())) continue;
    changes.push_back(fmt::format("{}: {}", label, ChangeOfSets(a, b)));
  }
  return changes;
}

std::string InWords(const Particulars& particulars) {
  Texts texts;
  for (const Particular& part : particulars) {
    if (!part.words.empty()) texts.push_back(part.label + " " + part.words);
  }
  return Joined(texts);
}

}  // namespace pm
