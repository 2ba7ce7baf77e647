// How long `pointsman rules check` takes, all proofs included.
#include <fmt/format.h>

#include <algorithm>

#include "rules/compile/compile.h"
#include "rules/folder.h"
#include "tests/benchmark/figures.h"
#include "tests/benchmark/rules.h"

namespace pm::bench {

namespace {

constexpr int kRoutes = 1000;
constexpr double kMostSeconds = 10;

// Of each kind that people write: an account by its domain, a territory by postcode and size, a
// campaign, a title.
std::string Routes() {
  constexpr std::string_view kCountries[] = {"US", "GB", "DE", "FR", "JP", "AU", "BR", "CA"};
  std::string yaml;
  for (int n = 0; n < kRoutes; ++n) {
    const std::string_view country = kCountries[static_cast<size_t>(n) % std::size(kCountries)];
    std::string when;
    if (n % 10 < 5) {
      when = fmt::format("account.domain: customer{}.example", n);
    } else if (n % 10 < 7) {
      when = fmt::format(
          "lead.country: {}, lead.postcode: {{ starts_with: \"{}\" }}, account.employees: "
          "{{ between: [{}, {}] }}",
          country, 100 + n, n, n + 500);
    } else if (n % 10 < 9) {
      when = fmt::format("lead.country: {}, submission.campaign: spring-{}", country, n);
    } else {
      when = fmt::format("cel: 'lead.title.contains(\"Head of {:04}\") && account.employees > {}'",
                         n, n);
    }
    yaml += fmt::format("  - {{ name: Route {}, when: {{ {} }}, to: {{ pool: worldwide }} }}\n", n,
                        when);
  }
  return yaml;
}

// The pack with 10,000 rows of tables, and the routes before its own.
std::vector<RuleFile> BigFolder() {
  Result<std::vector<RuleFile>> files =
      ReadRuleFolder(SourceFolder() + "/rules/packs/named-accounts");
  PM_CHECK(files.has_value());
  for (RuleFile& file : *files) {
    if (file.path != "routing.yaml") continue;
    const std::string_view before = "\nroutes:\n";
    const size_t at = file.text.find(before);
    PM_CHECK(at != std::string::npos);
    file.text.insert(at + before.size(), Routes());
  }
  return *std::move(files);
}

}  // namespace

void MeasureChecking(Figures* figures) {
  std::vector<RuleFile> files = BigFolder();
  size_t rows = 0;
  for (const RuleFile& file : files) {
    if (file.path.starts_with("tables/"))
      rows += static_cast<size_t>(std::ranges::count(file.text, '\n')) - 1;
  }
  const Stopwatch watch;
  const CheckReport report = Check(std::move(files), false, {}, {}, Instant{1'772'546'400'000});
  const double seconds = watch.cpu();
  if (!report.ok) fmt::print(stderr, "{}\n", report.text);
  PM_CHECK(report.ok);
  figures->Add({fmt::format("checking {} routes and {} rows, all proofs", kRoutes, rows), seconds,
                "CPU s", "10 s", kMostSeconds / seconds, 1});
}

}  // namespace pm::bench
