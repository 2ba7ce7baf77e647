#include "rules/compile/compile.h"

#include <fmt/format.h>

#include "base/text/annotations.h"
#include "base/text/json_writer.h"
#include "rules/compile/checks/judgement.h"
#include "rules/compile/conditions/expression_names.h"
#include "rules/compile/context.h"
#include "rules/compile/index_plans.h"
#include "rules/compile/passes.h"

namespace pm {
namespace {

constexpr int kNoSuchFile = 206, kMissingDocument = 220;

bool IsTest(const RuleFile& file) { return file.path.starts_with("tests/"); }

// Hash over all sources, the time zone database and the engine's own semantics.
ContentHash VersionOf(const std::vector<RuleFile>& files) {
  std::string all = fmt::format("engine {}\n", kEngineSemantics);
  if (const auto zones = TimeZoneVersion()) all += "zones " + *zones + '\n';
  for (const RuleFile& file : files) {
    all += fmt::format("{}:{}{}:{}", file.path.size(), file.path, file.text.size(), file.text);
  }
  return HashContent(all);
}

struct KindPass {
  std::string_view kind;
  void (*compile)(CompileContext&);
};
constexpr KindPass kKindPasses[] = {
    {"fields", CompileFields},    {"lists", CompileLists},         {"calendars", CompileCalendars},
    {"roster", CompileRoster},    {"team", DeclareNames},          {"team", CompilePools},
    {"roster", CompileMembers},   {"identity", CompileIdentity},   {"screening", CompileScreening},
    {"scoring", CompileScoring},  {"lifecycle", CompileLifecycle}, {"sla", CompileSlas},
    {"cadence", CompileCadences}, {"routing", CompileRouting},     {"handoff", CompileHandoff},
    {"privacy", CompilePrivacy}};

constexpr std::pair<std::string_view, NameKind> kNamesOfKinds[] = {
    {"team", NameKind::kPool},         {"team", NameKind::kRep},   {"sla", NameKind::kSla},
    {"cadence", NameKind::kCadence},   {"lists", NameKind::kList}, {"fields", NameKind::kField},
    {"calendars", NameKind::kCalendar}};

void RunPasses(CompileContext& context) {
  // A document lost to its syntax may hold any name: what refers to it is not wrong.
  for (const auto& [kind, names] : kNamesOfKinds) {
    if (context.draft.Lacks(kind)) context.names.ForgiveUnknown(names);
  }
  for (const auto& [kind, compile] : kKindPasses) {
    const size_t before = context.out.errors_met();
    compile(context);
    if (context.out.errors_met() != before) context.wrong_kinds.insert(std::string(kind));
  }
  const size_t before = context.out.errors_met();
  CheckListItems(context);
  if (context.out.errors_met() != before) context.wrong_kinds.insert("lists");
  CheckBook(context);
  WarnUnusedFiles(context);
}

constexpr std::string_view kPasses[] = {"parse", "resolve", "check", "normalise", "plan"};

std::string Summary(const CompileResult& result) {
  const auto count = [](size_t n, std::string_view what) {
    return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
  };
  const Diagnostics& found = result.diagnostics;
  std::string faults = count(found.warning_count(), "warning");
  if (found.note_count() > 0) faults += ", " + count(found.note_count(), "note");
  if (!result.ok()) return fmt::format("{}, {}\n", count(found.error_count(), "error"), faults);
  return fmt::format(
      "fine: {}, {}, {}, {}; version {}\n", count(result.book->routing.routes.size(), "route"),
      count(result.book->pools.size(), "pool"), count(result.book->roster.size(), "rep"), faults,
      ToText(result.book->version()));
}

// One line, or empty.
std::string NotChecked(const CompileResult& result) {
  if (result.not_checked.empty()) return {};
  return fmt::format("not checked until that is mended: {}\n", fmt::join(result.not_checked, ", "));
}

std::string JsonOf(const CheckReport& report, const CompileResult& result) {
  std::string text;
  JsonWriter json(&text);
  json.BeginObject();
  json.Field("ok", report.ok);
  json.Field("errors", static_cast<int64_t>(report.errors));
  json.Field("warnings", static_cast<int64_t>(report.warnings));
  json.Field("notes", static_cast<int64_t>(report.notes));
  json.Key("version");
  report.ok ? json.String(ToText(result.book->version())) : json.Null();
  json.Key("not_checked");
  json.BeginArray();
  for (const std::string& what : result.not_checked) json.String(what);
  json.EndArray();
  json.Key("diagnostics");
  json.Raw(result.diagnostics.RenderJson());
  json.EndObject();
  return text;
}

struct Wanted {
  ConditionDump* dump = nullptr;
  bool proofs = false;
  CheckProgress progress = nullptr;
  std::optional<Instant> now = std::nullopt;
};

CompileResult CompileFiles(std::vector<RuleFile> files, const RuleBook* previous,
                           const Wanted& wanted) {
  std::erase_if(files, IsTest);
  std::ranges::sort(files, {}, &RuleFile::path);
  CompileResult result;
  const auto sources = std::make_shared<const SourceSet>(files);
  result.sources = sources;
  const Draft draft = ReadDraft(*sources, result.diagnostics);
  if (draft.trees.empty() && !result.diagnostics.has_errors()) {
    result.diagnostics.Error(kMissingDocument, {},
                             "there are no rules: no YAML document was found");
    return result;
  }
  const Judgement judgement(*sources, draft, result.diagnostics);
  CompileContext context{*sources, draft, result.diagnostics, {}, {}, {}, wanted.dump};
  context.proofs = wanted.proofs;
  context.progress = wanted.progress;
  context.now = wanted.now;
  context.judgement = &judgement;
  context.wrong_kinds = draft.wrong_kinds;
  RunPasses(context);
  result.diagnostics.SetJudge(nullptr);
  result.not_checked = std::move(context.not_checked);
  if (result.diagnostics.has_errors()) return result;
  context.builder.InheritPinned(previous);
  const ContentHash version = VersionOf(files);
  context.builder.SetSources(std::move(files));
  result.book = context.builder.Build(version);
  if (wanted.dump != nullptr && wanted.dump->pass == ConditionPass::kPlan)
    wanted.dump->text += IndexPlans(*result.book);
  return result;
}

}  // namespace

const ExpressionNames& CompileContext::expression_names() {
  if (!known_expression_names) known_expression_names = NamesOfExpressions(builder);
  return *known_expression_names;
}

const Source* CompileContext::UseFile(const Located<std::string>& path) {
  if (path.place.source == nullptr) return nullptr;
  used_files.insert(path.value);
  if (const Source* source = sources.Find(path.value)) return source;
  const std::string cause = "file " + path.value;
  if (out.Also(cause, path.place)) return nullptr;
  std::vector<std::string_view> known;
  for (const Source& source : sources.all()) known.push_back(source.path());
  std::string hint = DidYouMean(path.value, known);
  if (hint.empty()) hint = "paths are relative to the rule folder and do not leave it";
  out.ErrorOf(cause, kNoSuchFile, path.place,
              path.value.empty() ? "this names no file"
                                 : fmt::format("the rule folder holds no file '{}'", path.value),
              std::move(hint));
  return nullptr;
}

CompileResult Compile(std::vector<RuleFile> files, const RuleBook* previous) {
  return CompileFiles(std::move(files), previous, {});
}

CompileResult CompileProved(std::vector<RuleFile> files, const RuleBook* previous) {
  return CompileFiles(std::move(files), previous, {.proofs = true});
}

std::string_view PassName(ConditionPass pass) { return kPasses[static_cast<size_t>(pass)]; }

std::optional<ConditionPass> ParsePass(std::string_view name) {
  const auto* found = std::ranges::find(kPasses, name);
  if (found == std::end(kPasses)) return std::nullopt;
  return static_cast<ConditionPass>(found - std::begin(kPasses));
}

DumpReport Dump(std::vector<RuleFile> files, ConditionPass pass) {
  ConditionDump dump{pass, {}};
  const CompileResult result = CompileFiles(std::move(files), nullptr, {.dump = &dump});
  return {result.ok(), std::move(dump.text), result.diagnostics.Render()};
}

CheckReport Check(std::vector<RuleFile> files, bool colours, std::string_view folder,
                  CheckProgress progress, std::optional<Instant> now) {
  const CompileResult result = CompileFiles(
      std::move(files), nullptr, {.proofs = true, .progress = std::move(progress), .now = now});
  CheckReport report;
  report.ok = result.ok();
  report.errors = result.diagnostics.error_count();
  report.warnings = result.diagnostics.warning_count();
  report.notes = result.diagnostics.note_count();
  report.text = result.diagnostics.Render(colours) + Summary(result);
  report.not_checked = NotChecked(result);
  report.annotations = Annotations(result.diagnostics, folder);
  if (!report.not_checked.empty()) {
    report.annotations += "::notice title=rules check::" + report.not_checked;
  }
  report.json = JsonOf(report, result);
  return report;
}

}  // namespace pm
