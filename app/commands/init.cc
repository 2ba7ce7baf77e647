// `pointsman init`: an own rule folder, begun from a pack, with what editors, commits and reviews
// need to know of it.
#include <fmt/format.h>
#include <re2/re2.h>

#include <filesystem>
#include <ostream>

#include "app/commands/commands.h"
#include "app/commands/files.h"
#include "app/commands/packs.h"
#include "app/commands/shell_word.h"
#include "app/reference/rule_schema.h"
#include "rules/folder.h"

namespace pm {
namespace {

namespace fs = std::filesystem;

constexpr int kNotEmpty = 751;
constexpr std::string_view kSchema = ".pointsman/rules.schema.json";

constexpr std::string_view kPreCommit =
    R"(# Before each commit: is the folder sound, and does it still do what tests/ says? Once for each clone:
# `pip install pre-commit`, `pre-commit install`. In a larger repository this file goes to its root,
# and the folder's path stands instead of the dot.
repos:
  - repo: local
    hooks:
      - id: pointsman-rules-check
        name: rules check
        entry: pointsman rules check .
        language: system
        files: \.(yaml|yml|csv|ics)$
        pass_filenames: false
      - id: pointsman-rules-test
        name: rules test
        entry: pointsman rules test .
        language: system
        files: \.(yaml|yml|csv|ics)$
        pass_filenames: false
)";

constexpr std::string_view kWorkflow =
    R"(# GitHub Actions: the same for every change that is proposed, so that nobody reviews rules that are wrong.
# The repository's variable POINTSMAN_URL says where you keep the program. In a larger repository this file goes
# to the .github/workflows of its root, and the folder's path stands instead of the dots.
name: rules
on: [push, pull_request]
jobs:
  rules:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: pointsman on the path
        run: |
          mkdir -p "$RUNNER_TEMP/bin"
          curl --fail --location --output "$RUNNER_TEMP/bin/pointsman" "${{ vars.POINTSMAN_URL }}"
          chmod +x "$RUNNER_TEMP/bin/pointsman"
          echo "$RUNNER_TEMP/bin" >> "$GITHUB_PATH"
      - run: pointsman rules check . --annotations
      - run: pointsman rules test . --coverage
)";

// Nothing is written over; a repository that was just made is welcome.
Result<void> ExpectEmpty(const std::string& folder) {
  std::error_code problem;
  if (!fs::exists(folder, problem)) return {};
  if (fs::is_directory(folder, problem)) {
    const bool empty = std::ranges::all_of(
        fs::directory_iterator(folder, problem),
        [](const fs::directory_entry& entry) { return entry.path().filename() == ".git"; });
    if (empty && !problem) return {};
  }
  return Fail(kNotEmpty, fmt::format("{} is there already; nothing is written over", folder));
}

Result<void> WriteBelow(const std::string& folder, const std::string& name, std::string_view text) {
  const fs::path path = fs::path(folder) / name;
  PM_TRY_VOID(MakeFolder(path.parent_path().string()));
  return WriteWholeFile(path.string(), text);
}

// A rule file says which schema editors check it by; a link of the pack's page that leads out of
// the pack becomes plain text.
std::string AsOwn(const RuleFile& file) {
  if (file.path.ends_with(".md")) {
    std::string text = file.text;
    static const RE2 kOutside(R"(\[([^\]]*)\]\((?:\.\./)[^)]*\))");
    RE2::GlobalReplace(&text, kOutside, R"(\1)");
    return text;
  }
  if (!file.path.ends_with(".yaml") || file.path.starts_with("tests/")) return file.text;
  std::string up;
  for (const char c : file.path) up += c == '/' ? "../" : "";
  return fmt::format("# yaml-language-server: $schema={}{}\n{}", up, kSchema, file.text);
}

Result<void> WriteSchema(const std::string& folder) {
  PM_TRY(std::vector<RuleFile> files, ReadRuleFolder(folder));
  const RuleNames names = NamesOfRules(std::move(files));
  return WriteBelow(folder, std::string(kSchema), RuleSchema(&names));
}

// The number of files.
Result<size_t> Begin(const Pack& pack, const std::string& folder) {
  PM_TRY_VOID(ExpectEmpty(folder));
  PM_TRY(const std::vector<RuleFile> files,
         ReadFolder(pack.folder, {".yaml", ".csv", ".ics", ".md", ".py"}));
  for (const RuleFile& file : files) PM_TRY_VOID(WriteBelow(folder, file.path, AsOwn(file)));
  PM_TRY_VOID(WriteBelow(folder, ".pre-commit-config.yaml", kPreCommit));
  PM_TRY_VOID(WriteBelow(folder, ".github/workflows/rules.yml", kWorkflow));
  PM_TRY_VOID(WriteSchema(folder));
  return files.size();
}

int ListPacks(Streams& streams) {
  const Result<std::vector<Pack>> packs = FindPacks();
  if (!packs.has_value()) {
    return Complain(streams, kExitUnavailable, packs.error(), "PM_PACKS may name their folder");
  }
  streams.out << "packs to begin from, by `pointsman init PACK [DIR]`:\n";
  for (const Pack& pack : *packs)
    streams.out << fmt::format("  {:<16} {}\n", pack.name, pack.about);
  return kExitFine;
}

}  // namespace

int RunInit(const Arguments& arguments, Streams& streams) {
  if (!arguments.Has("pack")) return ListPacks(streams);
  const Result<Pack> pack = FindPack(arguments.Text("pack"));
  if (!pack.has_value()) return Complain(streams, kExitUnavailable, pack.error());
  const std::string folder = arguments.Has("dir") ? arguments.Text("dir") : pack->name;
  const Result<size_t> files = Begin(*pack, folder);
  if (!files.has_value()) {
    return Complain(streams, kExitUnavailable, files.error(), "name another folder");
  }
  const std::string program = ProgramWord(), rules = ShellWord(folder);
  streams.out << fmt::format(
      "{} is a rule folder of your own now: {} files of the pack {}\n\n"
      "Is it sound, and does it do what its tests say?\n"
      "  {} rules check {}\n  {} rules test {} --coverage\n\n"
      "Read {}/README.md, change a rule, write down in tests/ what it is to do, and ask again.\n"
      "An editor with a YAML language server completes and checks keys as you type; "
      ".pre-commit-config.yaml\n"
      "and .github/workflows/rules.yml ask the two questions at each commit and for each review.\n",
      rules, *files, pack->name, program, rules, program, rules, rules);
  return kExitFine;
}

}  // namespace pm
