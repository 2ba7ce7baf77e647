#include "engine/runtime/state_move.h"

#include <fmt/format.h>

#include "engine/runtime/rules_document.h"

namespace pm {

namespace {

Result<void> At(const MoveSettings& settings, MoveStep step) {
  return settings.at_step ? settings.at_step(step) : Result<void>{};
}

Result<void> CheckMayGo(const Generation& generation, const std::string& to) {
  if (generation.half_made || (!generation.gone_to.empty() && generation.gone_to != to))
    return CheckMayWork(generation);
  return {};
}

// The source has been left already: another place will not do.
Result<Generation> Unhindered(Result<Generation> found, StateSource& from, const StateTarget& to) {
  if (found || found.error().code != kNotEmpty) return found;
  PM_TRY(const Generation here, from.generation());
  if (here.gone_to != to.name()) return found;
  return Fail(kStateGone,
              fmt::format("the state of {} was on its way to {}, and something else is there ({}): "
                          "{}",
                          from.name(), to.name(), found.error().text, kHowToGoOn));
}

Result<void> CheckReadBack(StateTarget& to, const ReshapeCounts& counts,
                           const std::vector<std::string>& desks) {
  PM_TRY(const auto stores, to.ReadBack());
  PM_TRY(const auto found, DigestsOf(stores, desks));
  for (const Stage stage : {Stage::kIntake, Stage::kIdentity, Stage::kAccount, Stage::kDesk}) {
    const auto of = [&](const auto& all) {
      const auto one = all.find(stage);
      return one == all.end() ? StageDigest{} : one->second;
    };
    if (of(found) != of(counts.stages))
      return Fail(kDigestMismatch,
                  fmt::format("what is read back of {} is not what was there: {} "
                              "rows, {} were",
                              StageName(stage), of(found).rows, of(counts.stages).rows));
  }
  return {};
}

}  // namespace

StateRules ReadStateRules(const StoreView& store) {
  StateRules rules{ReadTaskMeta(store).rules, ReadRulesHistory(store), {}};
  if (!rules.in_force && !rules.history.switches.empty())
    rules.in_force = rules.history.switches.back().rules;
  std::vector<ContentHash> all = {rules.in_force};
  for (const RulesSwitch& one : rules.history.switches) all.push_back(one.rules);
  for (const ContentHash hash : all) {
    if (!hash || rules.documents.contains(hash)) continue;
    if (std::optional<std::string> document = ReadRulesDocument(store, hash))
      rules.documents[hash] = *std::move(document);
  }
  return rules;
}

void EndHistory(const TaskMeta& meta, RulesHistory* history) {
  const bool is_last = !history->switches.empty() && history->switches.back().rules == meta.rules;
  if (!is_last) AddSwitch({.at = meta.at, .rules = meta.rules, .how = "folder"}, history);
}

Result<MoveReport> MoveState(StateSource& from, StateTarget& to, const MoveSettings& settings) {
  MoveReport report;
  PM_TRY(const Generation there, Unhindered(to.Look(from.name()), from, to));
  if (!there.came_from.empty() && !there.half_made) {
    report.was_done = true;
    return report;
  }
  PM_TRY(const Generation here, from.generation());
  PM_TRY_VOID(CheckMayGo(here, to.name()));
  PM_TRY(const StillState state, from.Read());
  PM_TRY_VOID(At(settings, MoveStep::kRead));
  PM_TRY_VOID(to.Begin(from.name()));
  PM_TRY_VOID(At(settings, MoveStep::kBegun));
  ReshapeLayout layout = to.layout();
  PM_TRY(layout.desks, settings.desks(state.rules));
  PM_TRY(report.counts, Reshape(state.tasks, layout, [&](TaskId task) { return to.Open(task); }));
  PM_TRY_VOID(At(settings, MoveStep::kDivided));
  PM_TRY_VOID(to.Write(state.rules));
  PM_TRY_VOID(At(settings, MoveStep::kWritten));
  PM_TRY_VOID(CheckReadBack(to, report.counts, layout.desks));
  PM_TRY_VOID(At(settings, MoveStep::kReadBack));
  PM_TRY_VOID(to.MayFinish());
  PM_TRY_VOID(from.Leave(to.name()));
  PM_TRY_VOID(At(settings, MoveStep::kLeft));
  PM_TRY_VOID(to.Finish());
  PM_TRY_VOID(At(settings, MoveStep::kFinished));
  return report;
}

Result<bool> CancelMove(StateSource& from, StateTarget& to) {
  PM_TRY(const Generation there, Unhindered(to.FindMark(from.name()), from, to));
  if (!there.came_from.empty() && !there.half_made)
    return Fail(kNotEmpty, fmt::format("the state is at {} already: take it back from there by "
                                       "another reshape",
                                       to.name()));
  PM_TRY(const Generation here, from.generation());
  if (here.gone_to.empty()) return there.half_made;
  PM_TRY_VOID(CheckMayGo(here, to.name()));
  // Where the mark is gone, nothing else may be left of the state either: it would be there twice.
  if (there.came_from.empty()) PM_TRY_VOID(to.Look(from.name()));
  PM_TRY_VOID(from.TakeBack());
  return true;
}

}  // namespace pm
