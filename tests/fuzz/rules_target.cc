#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "base/text/utf8.h"
#include "rules/compile/compile.h"
#include "rules/folder.h"
#include "tests/fuzz/targets.h"

namespace pm::fuzz {

namespace {

constexpr std::string_view kFileMark = "=== ";
constexpr size_t kMostReport = size_t{4} << 20;  // bytes of text that a check may answer

}  // namespace

std::vector<RuleFile> FilesOf(std::string_view joined) {
  std::map<std::string, std::string> files;
  std::string* open = &files["rules.yaml"];
  while (!joined.empty()) {
    const size_t end = std::min(joined.find('\n'), joined.size() - 1) + 1;
    const std::string_view line = joined.substr(0, end);
    joined.remove_prefix(end);
    if (!line.starts_with(kFileMark)) {
      *open += line;
      continue;
    }
    const std::string_view path = line.substr(kFileMark.size());
    open = &files[std::string(path.substr(0, path.find_first_of("\r\n")))];
  }
  std::vector<RuleFile> sorted;
  for (auto& [path, text] : files) {
    if (!text.empty()) sorted.push_back({path, std::move(text)});
  }
  return sorted;
}

std::string Joined(const std::vector<RuleFile>& files) {
  std::string joined;
  for (const RuleFile& file : files) {
    joined += fmt::format("{}{}\n{}", kFileMark, file.path, file.text);
    if (!joined.ends_with('\n')) joined += '\n';
  }
  return joined;
}

void FeedRules(std::string_view bytes) {
  const std::vector<RuleFile> files = FilesOf(bytes);
  const CheckReport report = Check(files, /*colours=*/bytes.size() % 2 == 0, "rules");
  PM_CHECK(report.ok == (report.errors == 0));
  PM_CHECK(report.annotations.empty() == (report.errors + report.warnings + report.notes == 0));
  for (const std::string* told : {&report.text, &report.json, &report.annotations}) {
    PM_CHECK(told->size() <= kMostReport);
    PM_CHECK(ValidUtf8Prefix(*told) == told->size());
  }
  const DumpReport dump = Dump(files, ConditionPass::kPlan);
  PM_CHECK(dump.ok || !report.ok);
}

std::vector<std::string> RuleSeeds() {
  namespace fs = std::filesystem;
  constexpr size_t kWeightOfWhole = 12;  // folders with nothing wrong have most ways to go wrong
  std::vector<std::string> seeds;
  const auto add_folder = [&](const fs::path& folder, size_t weight = 1) {
    const auto files = ReadRuleFolder(folder.string());
    PM_CHECK(files.has_value());
    seeds.insert(seeds.end(), weight, Joined(*files));
  };
  for (const auto& pack : fs::directory_iterator("rules/packs")) {
    if (pack.is_directory()) add_folder(pack.path(), kWeightOfWhole);
  }
  add_folder("tests/rules/whole", kWeightOfWhole);
  for (const auto& fault : fs::directory_iterator("tests/rules/bad")) {
    if (fault.is_directory()) add_folder(fault.path());
  }
  const auto single = ReadRuleFolder("tests/rules/bad");
  PM_CHECK(single.has_value());
  for (const RuleFile& file : *single) {
    const bool is_fault = file.path.find('/') == std::string::npos;
    if (is_fault) seeds.push_back(Joined({file}));
  }
  std::ranges::sort(seeds);
  return seeds;
}

}  // namespace pm::fuzz
