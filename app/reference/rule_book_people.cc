#include "app/reference/rule_book_people.h"

#include <set>

#include "app/reference/markdown_table.h"
#include "app/reference/rule_book_page.h"
#include "rules/cap_text.h"
#include "rules/compile/draft.h"
#include "rules/in_words.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

using Texts = std::vector<std::string>;

std::string Joined(const Texts& texts) { return fmt::format("{}", fmt::join(texts, ", ")); }

// Routes that lead to a pool by name, by a table or when their target cannot take the lead.
class Servants {
 public:
  explicit Servants(const RuleBook& book) {
    Add(book.routing.routes);
    AddOne(book.routing.otherwise);
  }
  std::string Of(const std::string& pool) const {
    const auto found = routes_.find(pool);
    return found == routes_.end() ? "" : Joined(found->second);
  }

 private:
  void Add(const std::vector<Route>& routes) {
    for (const Route& route : routes) {
      if (route.nested.empty()) AddOne(route);
      Add(route.nested);
    }
  }
  void AddOne(const Route& route) {
    std::set<std::string> pools;
    if (route.to.from == TargetFrom::kPool) pools.insert(route.to.name);
    if (!route.to.else_pool.empty()) pools.insert(route.to.else_pool);
    if (route.to.from == TargetFrom::kPoolColumn) {
      const auto column = std::ranges::find(route.table->outputs(), route.to.name);
      const auto number = static_cast<size_t>(column - route.table->outputs().begin());
      for (const RouteTable::Row& row : route.table->rows()) {
        if (!NamesNobody(route, row)) pools.insert(row.outputs[number]);
      }
    }
    for (const std::string& pool : pools) routes_[pool].push_back(route.name);
  }

  std::map<std::string, Texts> routes_;
};

std::string Particulars(const Pool& pool) {
  Texts texts;
  if (pool.desk != "main") texts.push_back("desk " + pool.desk);
  if (!pool.hours.empty()) texts.push_back(fmt::format("hours {} in {}", pool.hours, pool.zone));
  if (pool.strategy == PoolStrategy::kQueue) {
    Texts order;
    for (const QueueOrder by : pool.order) order.push_back(WordOf(by));
    texts.push_back("served by " + Joined(order));
  } else {
    texts.push_back("off hours: " + WordOf(pool.off_hours));
  }
  if (pool.sticky) {
    texts.push_back(fmt::format("one rep an account for {}{}", FormatDuration(pool.sticky_for),
                                pool.sticky_backup ? ", else the backup" : ""));
  }
  if (pool.claim_at_most_open > 0)
    texts.push_back(fmt::format("claims: {} open at most", pool.claim_at_most_open));
  if (pool.claim_return_after.ms > 0)
    texts.push_back("returned untouched after " + FormatDuration(pool.claim_return_after));
  if (pool.keep_when_away) texts.emplace_back("kept when away");
  return Joined(texts);
}

std::string Pools(const RuleBook& book) {
  const Servants servants(book);
  MarkdownTable table(
      {"pool", "serves", "strategy", "members", "caps of each", "overflow", "else"});
  for (const Pool& pool : book.pools) {
    table.Row({pool.name, servants.Of(pool.name), WordOf(pool.strategy), MembersInWords(pool),
               CapsText(pool.caps), Joined(pool.overflow), Particulars(pool)});
  }
  return "\n## Who serves what\n\n" + table.Text();
}

std::string TimeText(int64_t ms) {
  constexpr int64_t kMinute = 60'000, kHour = 60 * kMinute;
  return fmt::format("{:02}:{:02}", ms / kHour, ms % kHour / kMinute);
}
std::string SlotsText(const std::vector<Located<Slot>>& slots) {
  Texts texts;
  for (const auto& [slot, place] : slots) {
    texts.push_back(fmt::format("{}-{}", TimeText(slot.begin_ms), TimeText(slot.end_ms)));
  }
  return texts.empty() ? "closed" : Joined(texts);
}

// Who keeps the hours of a calendar.
std::string UsersOf(const std::string& calendar, const RuleBook& book) {
  Texts users;
  for (const Pool& pool : book.pools) {
    if (pool.hours == calendar) users.push_back("pool " + pool.name);
  }
  for (const RosterRep& rep : book.roster) {
    if (rep.hours == calendar) users.push_back(rep.id);
  }
  return Joined(users);
}

std::string Calendars(const RuleBook& book, const Draft& draft) {
  MarkdownTable table({"calendar", "open", "single dates", "closed on", "kept by"});
  for (const CalendarsDoc& doc : draft.calendars) {
    for (const auto& [name, calendar] : doc.calendars) {
      Texts weekly, shifts, holidays;
      for (const auto& [days, slots] : calendar.weekly) {
        const bool one = days.value.first == days.value.last;
        weekly.push_back(fmt::format("{}{} {}", FormatWeekday(days.value.first),
                                     one ? "" : fmt::format("-{}", FormatWeekday(days.value.last)),
                                     SlotsText(slots)));
      }
      for (const auto& [date, slots] : calendar.shifts) {
        shifts.push_back(fmt::format("{} {}", FormatDate(date), SlotsText(slots)));
      }
      for (const auto& holiday : calendar.holidays) holidays.push_back(holiday.value);
      table.Row({name.value, fmt::format("{}", fmt::join(weekly, "; ")),
                 fmt::format("{}", fmt::join(shifts, "; ")), Joined(holidays),
                 UsersOf(name.value, book)});
    }
  }
  if (table.empty()) return {};
  return "\n## Who works when\n\nOn the wall clock of each rep's zone, or the pool's. A rep "
         "without "
         "hours works always.\n\n" +
         table.Text();
}

// From the first day on and up to the last.
std::string ActiveText(const RosterRep& rep) {
  const bool begins = rep.active_from != RosterRep().active_from;
  const bool ends = rep.active_to != RosterRep().active_to;
  return fmt::format("{}{}{}", begins ? "from " + FormatInstant(rep.active_from) : "",
                     begins && ends ? " " : "",
                     ends ? "until " + FormatInstant(rep.active_to) : "");
}

std::string Reps(const RuleBook& book) {
  if (book.roster.empty()) return {};
  MarkdownTable table({"rep", "name", "role", "zone", "hours", "holidays", "leave", "active",
                       "pools", "backup", "manager", "caps"});
  for (const RosterRep& rep : book.roster) {
    Texts pools;
    for (const Pool& pool : book.pools) {
      if (std::ranges::any_of(pool.members,
                              [&rep](const PoolMember& m) { return m.rep == rep.id; })) {
        pools.push_back(pool.name);
      }
    }
    table.Row({rep.id, rep.name, rep.role, rep.zone, rep.hours, Joined(rep.holidays),
               Joined(rep.leave), ActiveText(rep), Joined(pools), rep.backup, rep.manager,
               CapsText(rep.caps)});
  }
  return "\n## Reps\n\n" + table.Text();
}

std::string SlaText(const SlaPolicy& sla) {
  MarkdownTable table({"milestone", "within", "from", "per", "ladder"});
  for (int m = 0; m < kMilestones; ++m) {
    const MilestoneRule& rule = sla.milestones[m];
    if (!rule.on) continue;
    Texts rungs;
    for (const Rung& rung : sla.ladders[m]) rungs.push_back(RungInWords(rung));
    table.Row({std::string(MilestoneName(static_cast<Milestone>(m))), FormatDuration(rule.within),
               rule.from_assigned ? "assigned" : "routed",
               rule.per_assignment ? "assignment" : "lead",
               fmt::format("{}", fmt::join(rungs, "; "))});
  }
  return fmt::format("\n### {}\n\nCounted in {}{}{}.\n\n{}", sla.name, HoursInWords(sla),
                     sla.grace.ms > 0 ? ", grace " + FormatDuration(sla.grace) : "",
                     sla.pauses ? ", paused while " + ConditionInWords(sla.pause_while) : "",
                     table.Text());
}

std::string CadenceText(const Cadence& cadence) {
  MarkdownTable table(
      {"step", "what", "by", "after the one before", "window", "left out when", "expires"});
  int number = 0;
  for (const CadenceStep& step : cadence.steps) {
    table.Row({std::to_string(++number), StepInWords(step), step.automatic ? "a tool" : "the rep",
               FormatSpan(step.after), WindowInWords(step.window),
               step.skips ? ConditionInWords(step.skip_if) : "", ExpiryInWords(step)});
  }
  Texts exits;
  for (const ExitEvent event : cadence.exits) exits.push_back(WordOf(event));
  return fmt::format(
      "\n### {}\n\nEnds when {}. Another rep: {}. A rep away for more than {}: {}.{}\n\n{}",
      cadence.name, Joined(exits), WordOf(cadence.on_reassign),
      FormatSpan(cadence.away_longer_than),
      cadence.away_backup ? "the backup goes on" : "it pauses",
      cadence.once ? " A lead goes through it once." : "", table.Text());
}

}  // namespace

std::string PeopleSections(const RuleBook& book) {
  const SourceSet sources(book.sources());
  Diagnostics ignored;
  const Draft draft = ReadDraft(sources, ignored);
  std::string slas, cadences;
  for (const SlasDoc& doc : draft.slas) {
    for (const auto& [name, tree] : doc.policies) {
      if (const SlaPolicy* sla = book.FindSla(name.value)) slas += SlaText(*sla);
    }
  }
  for (const auto& [doc, tree] : draft.cadences) {
    if (const Cadence* cadence = book.FindCadence(doc.name.value))
      cadences += CadenceText(*cadence);
  }
  return Pools(book) + Calendars(book, draft) + Reps(book) +
         (slas.empty() ? "" : "\n## SLAs\n" + slas) +
         (cadences.empty() ? "" : "\n## Cadences\n" + cadences);
}

std::string TargetInWords(const Target& target, const FieldTable& fields) {
  const FieldDecl* field = fields.Find(target.field);
  const std::string_view name = field == nullptr ? "?" : field->name;
  std::string text;
  switch (target.from) {
    case TargetFrom::kPool:
      text = "pool " + target.name;
      break;
    case TargetFrom::kRep:
      text = "rep " + target.name;
      break;
    case TargetFrom::kOwner:
      text = fmt::format("the rep named by {}", name);
      break;
    case TargetFrom::kSdrOf:
      text = fmt::format("the SDR of {}", name);
      break;
    case TargetFrom::kPoolColumn:
      text = fmt::format("the pool in column {}", target.name);
      break;
    case TargetFrom::kRepColumn:
      text = fmt::format("the rep in column {}", target.name);
      break;
  }
  if (!target.else_pool.empty()) text += ", else pool " + target.else_pool;
  if (target.wait_if_away) text += "; waits when away";
  return text;
}

}  // namespace pm
