#include <fmt/format.h>

#include <array>
#include <optional>
#include <set>

#include "rules/compile/checks/destinations.h"
#include "rules/compile/checks/judgement.h"
#include "rules/compile/checks/prover.h"
#include "rules/compile/checks/taken_keys.h"
#include "rules/compile/checks/takers.h"
#include "rules/compile/passes.h"

namespace pm {
namespace {

constexpr int kNeverTakes = 224, kNoOpenTime = 227, kUnused = 234;

// A queue takes every lead: nothing comes to what stands behind it.
void CheckBehindQueue(CompileContext& context, const PoolDoc& pool) {
  for (size_t i = 0; i + 1 < pool.overflow.size(); ++i) {
    const Pool* one = PoolNamed(*context.builder.operator->(), pool.overflow[i].value);
    if (one == nullptr || one->strategy != PoolStrategy::kQueue) continue;
    const Located<std::string>& next = pool.overflow[i + 1];
    context.out.Warning(kNeverTakes, next.place,
                        fmt::format("nothing overflows into '{}': '{}' before it is a queue, which "
                                    "takes every lead",
                                    next.value, one->name),
                        "put the queue last, or leave out what stands behind it");
    return;
  }
}

void CheckOverflow(CompileContext& context) {
  for (const TeamDoc& team : context.draft.teams) {
    for (const auto& [name, pool] : team.pools) {
      if (pool.overflow.empty()) continue;
      CheckBehindQueue(context, pool);
      const Located<std::string>& last = pool.overflow.back();
      const RuleBook& book = *context.builder.operator->();
      const bool known = std::ranges::find(book.pools, last.value, &Pool::name) != book.pools.end();
      if (!known || ComesToQueue(last.value, book)) continue;
      context.out.Warning(
          kNeverTakes, last.place,
          fmt::format("the last overflow of '{}' is no queue, so it may be full too", name.value),
          "end with a pool of `strategy: queue`");
    }
  }
}

// Where leads come to that nobody else takes: they wait there, each with an alert.
void CheckFallback(CompileContext& context) {
  const RuleBook& book = *context.builder.operator->();
  const Pool* pool = PoolNamed(book, book.routing.otherwise.to.name);
  if (pool == nullptr || !context.draft.routing) return;
  if (pool->strategy == PoolStrategy::kQueue || pool->caps.empty() || !pool->overflow.empty()) {
    return;
  }
  context.out.Warning(
      kNeverTakes, context.draft.routing->otherwise.place,
      fmt::format("what nobody else takes comes to pool '{}', which has caps and no overflow: when "
                  "all its members are full, leads wait there, with an alert each",
                  pool->name),
      "let its `overflow` end with a pool of `strategy: queue`");
}

// Without a roster reps come by events.
void CheckOpenQueues(CompileContext& context) {
  std::set<std::string_view> at_work;
  for (const auto& [rep, desk] : DesksOfReps(*context.builder.operator->())) at_work.insert(desk);
  if (at_work.empty()) return;
  for (const Pool& pool : context.builder->pools) {
    if (!pool.members.empty() || pool.strategy != PoolStrategy::kQueue) continue;
    if (at_work.contains(pool.desk)) continue;
    for (const TeamDoc& team : context.draft.teams) {
      for (const auto& [name, doc] : team.pools) {
        if (name.value != pool.name) continue;
        context.out.Error(kNeverTakes, name.place,
                          fmt::format("queue '{}' has no members, and no rep works at its desk "
                                      "'{}', so nobody can claim from it",
                                      pool.name, pool.desk),
                          "give it members, or put it at their desk");
      }
    }
  }
}

// What is found out about those who keep the hours of one would only follow from it.
void CheckClosedCalendars(CompileContext& context) {
  for (const Located<std::string>& name : context.closed_calendars) {
    const size_t before = context.out.errors_met();
    context.out.Error(kNoOpenTime, name.place,
                      fmt::format("calendar '{}' has no open time", name.value),
                      "give it hours: `weekly: { mon-fri: 09:00-17:00 }`");
    const bool used = context.names.IsUsed(NameKind::kCalendar, name.value);
    if (used && context.out.errors_met() != before) context.wrong_kinds.insert("calendars");
  }
}

// An empty list is hardly meant: without the key there are six.
void CheckExits(CompileContext& context) {
  for (const auto& [doc, tree] : context.draft.cadences) {
    const YamlNode* exit = tree->Find("exit");
    if (exit == nullptr || !doc.exit.empty()) continue;
    context.out.Warning(
        DeclOf(CheckKind::kNoExit).code, PlaceOf(*exit),
        fmt::format("nothing that a person does ends '{}': after a reply or a booked meeting its "
                    "steps go on",
                    doc.name.value),
        "leave out `exit`: then a reply, a meeting, a refusal and the like end it");
  }
}

constexpr size_t kMostKinds = 8;

// A group of proofs, and the kinds of documents that must have no problem for them.
struct Proofs {
  std::string_view about;  // for people
  std::string_view of;     // without a document of that kind there is nothing to prove
  std::array<std::string_view, kMostKinds> kinds;
  void (*prove)(Prover&);
};
constexpr Proofs kProofs[] = {
    {"conditions", "routing", {}, ProveConditions},
    {"screening", "screening", {"screening"}, ProveScreening},
    {"scoring", "scoring", {"scoring"}, ProveScoring},
    {"thresholds", "lifecycle", {"scoring", "lifecycle"}, ProveLifecycle},
    {"routes and tables", "routing", {"screening", "scoring", "team"}, ProveRoutes},
    {"cadences",
     "cadence",
     {"screening", "scoring", "lifecycle", "calendars", "team", "roster", "routing", "cadence"},
     ProveCadences},
    {"skipped steps",
     "cadence",
     {"screening", "scoring", "lifecycle", "team", "routing", "cadence"},
     ProveSkippedSteps},
    {"defaults of consent",
     "privacy",
     {"screening", "scoring", "lifecycle", "calendars", "team", "routing", "cadence", "privacy"},
     ProveConsent},
    {"who has left", "team", {"team", "roster", "routing"}, ProvePeople},
    {"caps", "team", {"team", "roster"}, ProveCaps},
    {"open time ahead", "team", {"calendars", "team", "roster"}, ProveOpenAhead},
    {"hours of pools", "sla", {"team", "routing", "sla"}, ProvePoolHours}};

bool HasDocument(const Draft& draft, std::string_view kind) {
  return draft.lost_kinds.contains(kind) ||
         std::ranges::any_of(draft.trees, [&](const YamlNode& tree) {
           const YamlNode* written = tree.Find("kind");
           return written != nullptr && written->text == kind;
         });
}

void Prove(CompileContext& context) {
  std::optional<Prover> prover;
  if (context.Sound({"checks", "fields", "lists", "identity"})) prover.emplace(context);
  for (const Proofs& proofs : kProofs) {
    if (prover && context.Sound(proofs.kinds)) {
      proofs.prove(*prover);
    } else if (HasDocument(context.draft, proofs.of)) {
      context.not_checked.emplace_back(proofs.about);
    }
  }
  if (prover && context.draft.whole && context.wrong_kinds.empty()) {
    TellUnusedNames(*prover);
  } else {
    context.not_checked.emplace_back("unused names");
  }
}

}  // namespace

void CheckBook(CompileContext& context) {
  // Without their settings it is not known which findings are wanted.
  const bool judged = context.Sound({"checks"});
  CheckClosedCalendars(context);
  if (judged && context.Sound({"fields"})) CheckTakenKeys(context);
  if (judged && context.Sound({"cadence"})) CheckExits(context);
  if (judged && context.Sound({"team"})) {
    CheckOverflow(context);
    if (context.Sound({"roster"})) CheckOpenQueues(context);
    if (context.Sound({"routing"})) CheckFallback(context);
  }
  if (!context.proofs) return;
  Prove(context);
  if (context.draft.whole && context.wrong_kinds.empty()) {
    context.judgement->ReportAcceptances(context.out);
  }
}

void WarnUnusedFiles(CompileContext& context) {
  if (!context.Sound({"calendars", "team", "roster", "routing"})) return;
  for (const Source& source : context.sources.all()) {
    const std::string& path = source.path();
    const bool data = path.ends_with(".csv") || path.ends_with(".ics");
    if (!data || context.used_files.contains(path)) continue;
    context.out.Warning(kUnused, PlaceOfFile(source), "no rule uses this file");
  }
}

}  // namespace pm
