#include "tests/benchmark/rules.h"

#include <array>
#include <filesystem>
#include <fstream>

#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm::bench {

namespace {

constexpr std::string_view kPack = "rules/packs/inbound-saas";

std::string Roster() {
  std::string csv =
      "id,email,name,zone,hours,holidays,leave,role,manager,backup,supports,skills,active_from,"
      "active_to,external,caps\n"
      "maria,maria@northwind.example,Maria Keller,America/New_York,office-us,,,manager,,,,,,,,\n";
  for (int n = 0; n < 8; ++n)
    csv += fmt::format(
        "owner-{0},owner-{0}@northwind.example,Owner "
        "{0},America/New_York,office-us,,,ae,maria,,,,,,,"
        "\n",
        n);
  for (int n = 0; n < kReps; ++n)
    csv += fmt::format(
        "rep-{0},rep-{0}@northwind.example,Rep {0},{1},,,sdr,maria,rep-{2},owner-{3},,,,,\n", n,
        n % 2 == 0 ? "America/New_York,office-us" : "Europe/Berlin,office-emea", (n + 1) % kReps,
        n % 8);
  return csv;
}

// Teams of 24, one a pool.
std::string Members(int team) {
  std::string names;
  for (int n = team * kTeam; n < (team + 1) * kTeam; ++n)
    names += fmt::format("{}rep-{}", names.empty() ? "" : ", ", n);
  return names;
}

constexpr std::array<std::string_view, 6> kCountries = {"US", "CA", "GB", "DE", "FR", "ES"};
constexpr std::array<std::string_view, 5> kSizes = {">= 5000", "[1000..5000)", "[200..1000)",
                                                    "[50..200)", "-"};

// The pack's pools, those of hot leads and of territories once a country and size, and caps that
// the load stays below.
std::string Team() {
  std::string yaml = "kind: team\nroster: reps.csv\npools:\n";
  int team = 0;
  const auto pool = [&](std::string_view name, std::string_view strategy, std::string_view rest) {
    yaml += fmt::format(
        "  {}:\n    strategy: {}\n    members: [{}]\n    off_hours: assign\n"
        "    caps: [900 open, 600 per day]\n{}",
        name, strategy, Members(team++), rest);
  };
  const std::string_view sticky = "    sticky: { by: account, for: 90d }\n";
  pool("enterprise", "weighted", sticky);
  pool("mid-market", "weighted", sticky);
  for (const std::string_view country : kCountries) {
    pool(fmt::format("strike-{}", country), "least_loaded", "");
    for (size_t size = 0; size < kSizes.size(); ++size)
      pool(fmt::format("{}-{}", country, size), "weighted", sticky);
  }
  yaml += fmt::format(
      "  house:\n    strategy: queue\n    order: [due, score, arrival]\n"
      "    claim: {{ at_most: 1000 open, return_after: 15m }}\n"
      "    hours: office-us\n    zone: America/New_York\n    members: [{}]\n",
      Members(team));
  PM_CHECK((team + 1) * kTeam <= kReps);
  return yaml +
         "---\nkind: calendars\n"
         "office-emea: { weekly: { mon-fri: [09:00-13:00, 14:00-18:00] } }\n"
         "office-us: { weekly: { mon-fri: [08:30-12:30, 13:00-17:30] } }\n";
}

std::string Territories() {
  std::string csv = "lead.country,account.employees,pool\n";
  for (const std::string_view country : kCountries) {
    for (size_t size = 0; size < kSizes.size(); ++size)
      csv += fmt::format("\"\"\"{0}\"\"\",{1},{0}-{2}\n", country, kSizes[size], size);
  }
  return csv;
}

std::string StrikeTable() {
  std::string csv = "lead.country,pool\n";
  for (const std::string_view country : kCountries)
    csv += fmt::format("\"\"\"{0}\"\"\",strike-{0}\n", country);
  return csv;
}

std::string WithStrikeTeams(std::string routing) {
  const std::string_view from = "to: { pool: strike }";
  const size_t at = routing.find(from);
  PM_CHECK(at != std::string::npos);
  return routing.replace(at, from.size(),
                         "table: tables/strike.csv, match: lead.country, to: { pool: $pool }");
}

// Named accounts go to reps by name.
constexpr char kNamed[] =
    "account.domain,rep,note\nblueworks0.example,rep-1,\nnorthlabs11.example,rep-2,\n";

std::vector<RuleFile> RuleFiles() {
  Result<std::vector<RuleFile>> files = ReadRuleFolder(PackFolder());
  PM_CHECK(files.has_value());
  for (RuleFile& file : *files) {
    if (file.path == "team.yaml") file.text = Team();
    if (file.path == "reps.csv") file.text = Roster();
    if (file.path == "routing.yaml") file.text = WithStrikeTeams(std::move(file.text));
    if (file.path == "tables/named-accounts.csv") file.text = kNamed;
    if (file.path == "tables/territories.csv") file.text = Territories();
  }
  files->push_back({"tables/strike.csv", StrikeTable()});
  return *std::move(files);
}

}  // namespace

std::string SourceFolder() {
  std::error_code ignored;
  for (std::filesystem::path root :
       {std::filesystem::current_path(),
        std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path()}) {
    for (; root.has_relative_path(); root = root.parent_path()) {
      if (std::filesystem::exists(root / kPack, ignored)) return root.string();
    }
  }
  const bool pack_is_beside_the_program = false;
  PM_CHECK(pack_is_beside_the_program);
  return {};
}

std::string PackFolder() { return SourceFolder() + "/" + std::string(kPack); }

void WriteRules(const std::string& folder) {
  for (const RuleFile& file : RuleFiles()) {
    const std::filesystem::path path = std::filesystem::path(folder) / file.path;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::binary);
    out << file.text;
    PM_CHECK(out.flush().good());
  }
}

std::shared_ptr<const RuleBook> BenchRules() {
  const CompileResult compiled = Compile(RuleFiles());
  if (!compiled.ok()) fmt::print(stderr, "{}\n", compiled.diagnostics.Render());
  PM_CHECK(compiled.ok());
  return compiled.book;
}

RuleProvider ProviderOf(std::shared_ptr<const RuleBook> book) {
  return [book = std::move(book)](ContentHash hash) {
    return hash == book->version() ? book : nullptr;
  };
}

}  // namespace pm::bench
