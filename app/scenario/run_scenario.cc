#include "app/scenario/run_scenario.h"

#include <fmt/ranges.h>

#include <filesystem>
#include <optional>
#include <set>

#include "app/scenario/expect.h"
#include "app/simulate/contradictions.h"
#include "app/simulate/dry_run.h"
#include "app/simulate/summary.h"
#include "base/time/text.h"
#include "rules/compile/compile.h"

namespace pm {
namespace {

constexpr int kBadReference = 709;
constexpr int kNoLead = 720;
constexpr size_t kShownOutputs = 5;
constexpr std::string_view kDeadLetter = "dead_letter.written";

std::string Where(const SourcePlace& place) {
  return fmt::format("{}:{}", place.source->path(), place.position.line);
}

class Runner {
 public:
  Runner(const Scenario& scenario, const std::string& path, const ScenarioSettings& settings)
      : scenario_(scenario),
        path_(path),
        settings_(settings),
        covers_(settings.coverage != nullptr && scenario.rules.empty()),
        expects_dead_letters_(ExpectsDeadLetters()) {}

  // What differs, in lines; empty: passed.
  std::string Run() {
    Result<std::vector<RuleFile>> files = Files();
    if (!files.has_value()) return files.error().text + "\n";
    files_ = *std::move(files);
    book_ = CompileOrTell(files_);
    if (book_ == nullptr) return failures_;
    run_.emplace(book_, DryRun::Observer{[this](const Output& o) { Take(o); }, {}});
    if (!SubmitAll()) return failures_;
    CheckOrder();
    CheckNone();
    CheckCounts();
    CheckOutcomes();
    return failures_;
  }

 private:
  Result<std::vector<RuleFile>> Files() {
    std::vector<RuleFile> files;
    if (scenario_.rules.empty()) {
      files = settings_.default_rules;
    } else if (scenario_.rules.contains('\n')) {
      files.push_back({"rules.yaml", scenario_.rules});
    } else {
      PM_TRY(files, Folder(scenario_.rules));
    }
    Lay(scenario_.files, &files);
    return files;
  }

  Result<std::vector<RuleFile>> Folder(const std::string& name) const {
    const auto folder = std::filesystem::path(path_).parent_path() / name;
    return settings_.read_folder(folder.lexically_normal().string());
  }

  // Files over those of the same name; an empty one takes its file away.
  void Lay(const YamlMap<std::string>& over, std::vector<RuleFile>* files) {
    for (const auto& [name, text] : over) {
      replaced_.insert(name);
      std::erase_if(*files, [&](const RuleFile& file) { return file.path == name; });
      if (!text.empty()) files->push_back({name, text});
    }
  }

  std::shared_ptr<const RuleBook> CompileOrTell(std::vector<RuleFile> files) {
    const CompileResult compiled = Compile(std::move(files), book_.get());
    if (!compiled.ok()) failures_ += "the rules are refused:\n" + compiled.diagnostics.Render();
    return compiled.book;
  }

  void Take(const Output& output) {
    if (settings_.observe) settings_.observe(output);
    Result<JsonNode> json = ParseJson(output.json);
    PM_CHECK(json.has_value());
    if (covers_) settings_.coverage->Take(output.type, *json, replaced_);
    seen_.push_back({output.type, *std::move(json)});
  }

  bool SubmitAll() {
    Instant at;
    int number = 0;
    for (const ScenarioEvent& event : scenario_.events) {
      at = event.at.From(at);
      if (++number == 1) first_ = at;
      if (!SubmitOne(event, at, number)) return false;
      const size_t before = seen_.size();
      run_->Flush();
      if (!expects_dead_letters_) TellOfDeadLetters(event, before);
    }
    if (scenario_.until.has_value()) run_->RunUntil(scenario_.until->From(at));
    run_->Flush();
    return true;
  }

  bool ExpectsDeadLetters() const {
    const auto names = [](const Expectation& one) { return one.type == kDeadLetter; };
    const auto counts = [](const auto& one) { return one.first.value == kDeadLetter; };
    return std::ranges::any_of(scenario_.expect, names) ||
           std::ranges::any_of(scenario_.none, names) ||
           std::ranges::any_of(scenario_.counts, counts);
  }

  // What of an event was not understood, most likely since its type or a key is misspelt.
  void TellOfDeadLetters(const ScenarioEvent& event, size_t from) {
    for (size_t i = from; i < seen_.size(); ++i) {
      if (seen_[i].type != kDeadLetter) continue;
      const JsonNode& json = seen_[i].json;
      const std::string_view pointer = json.Text({"data", "pointer"});
      failures_ +=
          fmt::format("{}: not understood: {} ({} at {})\n  if that is meant, expect `{}`\n",
                      Where(PlaceOfPart(event, pointer)), json.Text({"data", "detail"}),
                      json.Text({"data", "reason"}), pointer, kDeadLetter);
    }
  }

  static SourcePlace PlaceOfPart(const ScenarioEvent& event, std::string_view pointer) {
    constexpr std::string_view kData = "/data/";
    if (!pointer.starts_with(kData)) return event.place;
    const std::string_view key = pointer.substr(kData.size());
    for (const auto& [name, node] : event.rest) {
      if (key.substr(0, key.find('/')) == name) return PlaceOf(node);
    }
    return event.place;
  }

  bool SubmitOne(const ScenarioEvent& event, Instant at, int number) {
    if (event.switch_to.given()) return Switch(event, at);
    // Timers up to here fire first, so that references see what they made.
    if (event.outage) {
      run_->Jump(at);
    } else {
      run_->RunBefore(at);
    }
    run_->Flush();
    const Result<std::string> json = EventJson(event, at, number);
    if (!json.has_value()) {
      failures_ += fmt::format("{}: {}\n", Where(event.place), json.error().text);
      return false;
    }
    run_->SubmitAt(*json, at);
    return true;
  }

  bool Switch(const ScenarioEvent& event, Instant at) {
    const NewRules& to = event.switch_to;
    if (to.text.contains('\n')) {
      Lay({{"rules.yaml", to.text}}, &files_);
    } else if (!to.text.empty()) {
      Result<std::vector<RuleFile>> files = Folder(to.text);
      if (!files.has_value()) return failures_ += files.error().text + "\n", false;
      files_ = *std::move(files);
      covers_ = false;  // other rules from here on
    }
    Lay(to.files, &files_);
    auto book = CompileOrTell(files_);
    if (book == nullptr) return false;
    book_ = book;
    run_->Switch(std::move(book), at, event.propagate);
    return true;
  }

  Result<EventData> DataOf(const ScenarioEvent& event) const {
    const Resolver resolve = [this](std::string_view reference) { return Resolve(reference); };
    EventData data;
    for (const YamlEntry& entry : event.data.entries) {
      PM_TRY(data.emplace_back(entry.key.text, "").second, YamlToJson(entry.value, resolve));
    }
    for (const auto& [key, node] : event.rest) {
      const bool twice = std::ranges::find(data, key, &EventData::value_type::first) != data.end();
      if (twice) return Fail(kNoLead, fmt::format("'{}' stands beside `data` and in it", key));
      PM_TRY(data.emplace_back(key, "").second, YamlToJson(node, resolve));
    }
    const bool of_a_lead = event.type == "lead.submitted" || event.type == "lead.updated";
    if (!of_a_lead) return data;
    const std::vector<std::string> disagree = KeysThatDisagree(*book_, event.type, data);
    if (disagree.empty()) return data;
    return Fail(kNoLead, fmt::format("the lead contradicts itself: {}", fmt::join(disagree, "; ")));
  }

  Result<std::string> EventJson(const ScenarioEvent& event, Instant at, int number) const {
    if (!event.raw.empty()) return event.raw;
    PM_TRY(const EventData data, DataOf(event));
    const std::string id = event.id.empty() ? fmt::format("event-{}", number) : event.id;
    const std::string time = FormatInstant(event.time.has_value() ? event.time->From(at) : at);
    const std::string_view source = event.source.empty() ? "test" : std::string_view(event.source);
    return pm::EventJson({id, source, event.type, time, event.mode}, data);
  }

  // `assignment.routed.lead.id`: of the last output of that type; `assignment.routed#1.lead.id`: of
  // the first.
  Result<std::string> Resolve(std::string_view reference) const {
    const size_t end = reference.find_first_of("#.", reference.find('.') + 1);
    const std::string_view type = reference.substr(0, end);
    std::vector<const Seen*> found;
    for (const Seen& seen : seen_) {
      if (seen.type == type) found.push_back(&seen);
    }
    size_t wanted = found.size();
    size_t path = end;
    if (end != std::string_view::npos && reference[end] == '#') {
      path = reference.find('.', end);
      wanted = static_cast<size_t>(std::atoi(std::string(reference.substr(end + 1)).c_str()));
    }
    if (wanted == 0 || wanted > found.size() || path == std::string_view::npos) {
      return Fail(kBadReference,
                  fmt::format("${{{}}}: no such output has come by then", reference));
    }
    const JsonNode* node = AtPath(found[wanted - 1]->json, reference.substr(path + 1));
    if (node == nullptr) {
      return Fail(kBadReference, fmt::format("${{{}}}: the output has no such field", reference));
    }
    return node->text;
  }

  void CheckOrder() {
    size_t next = 0;
    Instant before = first_;
    for (const Expectation& expected : scenario_.expect) {
      size_t at = next;
      while (at < seen_.size() && !Fits(expected, seen_[at], before)) ++at;
      if (at == seen_.size()) {
        Explain(expected, next, before);
        return;
      }
      next = at + 1;
      before = ParseInstant(seen_[at].json.Text({"time"})).value_or(before);
    }
  }

  static bool Fits(const Expectation& expected, const Seen& seen, Instant before) {
    return seen.type == expected.type && Differences(expected, seen.json, before).empty();
  }

  // The nearest misses of that type behind what was found already.
  void Explain(const Expectation& expected, size_t from, Instant before) {
    failures_ +=
        fmt::format("{}: expected {}, but none like it came", Where(expected.place), expected.type);
    size_t shown = 0, earlier = 0;
    std::string lines;
    for (size_t i = 0; i < seen_.size(); ++i) {
      if (seen_[i].type != expected.type) continue;
      if (i < from) {
        if (Differences(expected, seen_[i].json, before).empty()) ++earlier;
        continue;
      }
      if (++shown > kShownOutputs) continue;
      lines += fmt::format("  {} at {}:\n", seen_[i].type, seen_[i].json.Text({"time"}));
      for (const std::string& line : Differences(expected, seen_[i].json, before)) {
        lines += fmt::format("    {}\n", line);
      }
    }
    if (earlier > 0) failures_ += " at this point (one came before what stands above it)";
    failures_ += shown == 0 ? "; of that type there came no more\n" : ":\n";
    failures_ += lines;
    if (shown > kShownOutputs) failures_ += fmt::format("  and {} more\n", shown - kShownOutputs);
    failures_ += "  what came: " + Course() + "\n";
  }

  // The types of all outputs in order, decisions and scores left out.
  std::string Course() const {
    std::string text;
    for (const Seen& seen : seen_) {
      if (seen.type == "decision.made") continue;
      if (!text.empty()) text += ", ";
      text += seen.type;
    }
    return text.empty() ? "nothing" : text;
  }

  void CheckNone() {
    for (const Expectation& unwanted : scenario_.none) {
      for (const Seen& seen : seen_) {
        if (!Fits(unwanted, seen, first_)) continue;
        failures_ +=
            fmt::format("{}: {} must not come, but came at {}: {}\n", Where(unwanted.place),
                        unwanted.type, seen.json.Text({"time"}), Shown(seen.json.Find("data")));
        break;
      }
    }
  }

  void CheckCounts() {
    for (const auto& [type, count] : scenario_.counts) {
      const auto came = std::ranges::count(seen_, type.value, &Seen::type);
      if (came == count) continue;
      failures_ += fmt::format("{}: expected {} of {}, but {} came: {}\n", Where(type.place), count,
                               type.value, came, Course());
    }
  }

  void CheckOutcomes() {
    for (const Outcome& outcome : scenario_.outcome) {
      for (const std::string& line : Differences(outcome, seen_))
        failures_ += fmt::format("{}: {}\n", Where(outcome.place), line);
    }
  }

  const Scenario& scenario_;
  const std::string& path_;
  const ScenarioSettings& settings_;
  bool covers_;  // the rules in force are the folder's own
  const bool expects_dead_letters_;
  std::set<std::string> replaced_;  // files that the scenario brings instead
  std::vector<RuleFile> files_;
  std::shared_ptr<const RuleBook> book_;
  std::optional<DryRun> run_;
  std::vector<Seen> seen_;
  Instant first_;
  std::string failures_;
};

}  // namespace

std::vector<ScenarioVerdict> RunScenarioFile(const std::string& path, std::string text,
                                             const ScenarioSettings& settings) {
  const Source source(path, std::move(text));
  Diagnostics diagnostics;
  const std::vector<YamlNode> documents = ParseYaml(source, diagnostics);
  std::vector<ScenarioVerdict> verdicts;
  if (diagnostics.has_errors() || documents.empty()) {
    return {{"", path, documents.empty() ? "holds no scenario\n" : diagnostics.Render()}};
  }
  for (const YamlNode& document : documents) {
    Scenario scenario;
    Diagnostics problems;
    ReadYamlDocument(document, &scenario, problems);
    ScenarioVerdict& verdict = verdicts.emplace_back();
    verdict.name = scenario.name.value;
    verdict.place = Where(PlaceOf(document));
    verdict.failures =
        problems.has_errors() ? problems.Render() : Runner(scenario, path, settings).Run();
  }
  return verdicts;
}

}  // namespace pm
