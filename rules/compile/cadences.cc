#include <fmt/format.h>

#include "rules/compile/conditions.h"
#include "rules/compile/passes.h"

namespace pm {
namespace {

struct Channel {
  std::string_view name;
  const std::optional<ContentsDoc> StepDoc::* contents;
  bool has_template;
};
constexpr Channel kChannels[] = {{"email", &StepDoc::email, true},
                                 {"sms", &StepDoc::sms, true},
                                 {"call", &StepDoc::call, false},
                                 {"linkedin", &StepDoc::linkedin, false},
                                 {"task", &StepDoc::task, false}};

void CompileContents(const Channel& channel, const ContentsDoc& contents, CadenceStep* step) {
  step->channel = channel.name;
  const ContentDoc& first = contents.variants.front();
  step->reply_in_thread = first.thread == ThreadDoc::kReply;
  if (first.expires) step->expires = first.expires->value;
  step->expiry_exits = first.on_expiry == OnExpiry::kExit;
  step->action = first.action;
  if (!channel.has_template && step->action.empty() && contents.variants.size() == 1) {
    step->action = first.template_name;  // `linkedin: connect`
    return;
  }
  for (const ContentDoc& variant : contents.variants) {
    if (variant.template_name.empty()) continue;
    const int64_t share = contents.variants.size() == 1 || !variant.share ? 100 : variant.share->of;
    step->variants.push_back({variant.template_name, share});
  }
}

CadenceStep CompileStep(CompileContext& context, const StepDoc& doc) {
  CadenceStep step;
  step.origin = OriginOf(doc.place);
  for (const Channel& channel : kChannels) {
    const std::optional<ContentsDoc>& contents = doc.*channel.contents;
    if (contents && !contents->variants.empty()) CompileContents(channel, *contents, &step);
  }
  const bool sendable = doc.email.has_value() || doc.sms.has_value();
  step.automatic = sendable && doc.mode && doc.mode->value == ModeDoc::kAuto;
  if (doc.whole && sendable && step.variants.empty()) {
    context.out.Error(204, doc.place, "an e-mail or text message needs a template");
  }
  step.after = doc.after;
  step.window = doc.window;
  if (doc.skip_if.source != nullptr) {
    step.skips = true;
    step.skip_if = CompileCondition(context, doc.skip_if, FactScope::kCard,
                                    {"cadence step", step.channel, "skip_if"});
  }
  return step;
}

// The first e-mail has none before it whose thread it could go on with.
void CheckThreads(CompileContext& context, const CadenceDoc& doc) {
  for (const StepDoc& step : doc.steps) {
    if (!step.whole) return;  // it may have been one
    if (!step.email) continue;
    for (const ContentDoc& variant : step.email->variants) {
      if (variant.thread != ThreadDoc::kReply) continue;
      context.out.Error(204, step.email->place, "there is no e-mail before to reply to",
                        "leave out `thread: reply` in the first e-mail");
    }
    return;
  }
}

void CompileCadence(CompileContext& context, const CadenceDoc& doc, const YamlNode& tree) {
  Cadence cadence;
  cadence.name = doc.name.value;
  cadence.origin = OriginOf(doc.place);
  cadence.once = doc.enrol.once;
  cadence.exits = doc.exit;
  cadence.on_reassign = doc.on_reassign;
  cadence.away_longer_than = doc.rep_away.longer_than;
  cadence.away_backup = doc.rep_away.action == AwayDo::kBackup;
  cadence.unknown_zone = doc.unknown_zone == UnknownZone::kRep ? "rep" : "safest";
  if (doc.steps.empty() && doc.whole) {
    context.out.Error(204, doc.place, fmt::format("cadence '{}' has no step", cadence.name));
  }
  CheckThreads(context, doc);
  std::string content = "cadence " + CanonicalText(tree);
  for (const StepDoc& step : doc.steps) {
    cadence.steps.push_back(CompileStep(context, step));
    content += ListsOf(cadence.steps.back().skip_if);
  }
  cadence.hash = HashContent(content);
  if (!cadence.name.empty()) {
    context.builder.AddCadence(std::move(cadence));
  } else if (doc.name.place.source != nullptr) {
    context.out.Error(204, doc.name.place, "a cadence without a name");
  }
}

}  // namespace

void CompileCadences(CompileContext& context) {
  for (const auto& [doc, tree] : context.draft.cadences) CompileCadence(context, doc, *tree);
}

}  // namespace pm
