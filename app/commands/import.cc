#include <fmt/format.h>

#include <charconv>
#include <map>
#include <ostream>
#include <ranges>

#include "app/commands/commands.h"
#include "app/commands/files.h"
#include "app/importing/convert.h"
#include "base/text/json_writer.h"
#include "model/decode/json_tree.h"
#include "net/http_client.h"

namespace pm {
namespace {

constexpr int kRefusedByEngine = 713;
constexpr size_t kEventsPerPost = 500;
constexpr size_t kShownRows = 20;

std::string NotesText(const std::vector<RowNote>& notes, const std::string& file) {
  std::string text;
  for (const RowNote& row : notes | std::views::take(kShownRows)) {
    text += fmt::format("  {}:{}: {}\n", file, row.line, row.reason);
  }
  if (notes.size() > kShownRows) {
    text += fmt::format("  and {} more; --json lists all\n", notes.size() - kShownRows);
  }
  return text;
}

std::string ReportText(const ImportOutcome& outcome, const std::string& file) {
  std::string text =
      fmt::format("rows {}: {} taken, {} skipped, {} rejected\n", outcome.rows(),
                  outcome.events.size(), outcome.skipped.size(), outcome.rejected.size());
  text += NotesText(outcome.rejected, file);
  if (outcome.left_out.empty()) return text;
  text += fmt::format("values left out of rows taken: {}\n", outcome.left_out.size());
  return text + NotesText(outcome.left_out, file);
}

void WriteNotes(JsonWriter& w, std::string_view key, const std::vector<RowNote>& notes) {
  w.Key(key);
  w.BeginArray();
  for (const RowNote& note : notes) {
    w.BeginObject();
    w.Field("line", note.line);
    w.Field("reason", note.reason);
    w.EndObject();
  }
  w.EndArray();
}

std::string ReportJson(const ImportOutcome& outcome) {
  std::string json;
  JsonWriter w(&json);
  w.BeginObject();
  w.Field("rows", outcome.rows());
  w.Field("taken", static_cast<int64_t>(outcome.events.size()));
  WriteNotes(w, "skipped", outcome.skipped);
  WriteNotes(w, "rejected", outcome.rejected);
  WriteNotes(w, "left_out", outcome.left_out);
  w.EndObject();
  return json + "\n";
}

// What the engine said of events: it knows rules that the map does not. Events by their place in
// the outcome.
class Answers {
 public:
  explicit Answers(ImportOutcome* outcome) : outcome_(*outcome) {}

  // The answer to a batch that began at `first`: 202 names an event by its index, 400 (every one is
  // refused) by the first step of a pointer.
  void Take(const JsonNode& answer, size_t first) {
    if (const JsonNode* problems = answer.Find("problems")) {
      for (const JsonNode& one : problems->items) {
        const JsonNode* refused = one.Find("refused");
        Add(first, one.Text({"index"}), one.Text({"pointer"}), one.Text({"detail"}),
            refused != nullptr && refused->boolean);
      }
    }
    if (const JsonNode* errors = answer.Find("errors")) {
      for (const JsonNode& one : errors->items) {
        const std::string_view pointer = one.Text({"pointer"});
        const size_t end = std::min(pointer.find('/', 1), pointer.size());
        Add(first, pointer.substr(std::min<size_t>(1, end), end - 1), pointer.substr(end),
            one.Text({"detail"}), true);
      }
    }
  }

  // Rows that the engine refused were not taken.
  void Settle() {
    for (const auto& [at, reason] : refused_ | std::views::reverse) {
      outcome_.rejected.push_back({outcome_.events[at].line, reason});
      outcome_.events.erase(outcome_.events.begin() + static_cast<std::ptrdiff_t>(at));
    }
    for (auto* notes : {&outcome_.rejected, &outcome_.left_out})
      std::ranges::stable_sort(*notes, {}, &RowNote::line);
  }

 private:
  void Add(size_t first, std::string_view index, std::string_view pointer, std::string_view detail,
           bool refused) {
    size_t place = 0;
    std::from_chars(index.data(), index.data() + index.size(), place);
    const size_t at = first + place;
    if (at >= outcome_.events.size()) return;
    std::string said = fmt::format("{} {}", pointer, detail);
    if (refused) {
      std::string& reason = refused_[at];
      reason += (reason.empty() ? "" : "; ") + said;
      return;
    }
    RowNote note{outcome_.events[at].line, std::move(said)};
    const bool known = std::ranges::any_of(outcome_.left_out, [&](const RowNote& one) {
      return one.line == note.line && one.reason == note.reason;
    });
    if (!known) outcome_.left_out.push_back(std::move(note));
  }

  ImportOutcome& outcome_;
  std::map<size_t, std::string> refused_;
};

Result<void> Post(const std::string& url, ImportOutcome* outcome, Streams& streams) {
  HttpClient client;
  Answers answers(outcome);
  const std::vector<ImportedEvent>& events = outcome->events;
  const std::string target = url + (url.ends_with("/v1/events") ? "" : "/v1/events");
  for (size_t at = 0; at < events.size(); at += kEventsPerPost) {
    const size_t end = std::min(at + kEventsPerPost, events.size());
    std::string body = "[";
    for (size_t i = at; i < end; ++i) {
      body += (i == at ? "" : ",");
      body += events[i].json;
    }
    body += "]";
    const std::string so_far =
        at == 0 ? "nothing was taken"
                : fmt::format("events up to line {} were taken", events[at - 1].line);
    const Result<HttpResponse> sent =
        client.Send("POST", target, {{"Content-Type", "application/cloudevents-batch+json"}}, body);
    if (!sent.has_value())
      return Fail(sent.error().code, fmt::format("{}; {}", sent.error().text, so_far));
    const HttpResponse& answer = *sent;
    const Result<JsonNode> said = ParseJson(answer.body);
    const bool understood = said.has_value() && (answer.status == 202 || answer.status == 400);
    if (!understood) {
      return Fail(kRefusedByEngine, fmt::format("{} answered {}: {}; {}", target, answer.status,
                                                answer.body.substr(0, 500), so_far));
    }
    answers.Take(*said, at);
    if (streams.err_is_terminal) {
      streams.err << fmt::format("\r{} of {} events", end, events.size()) << std::flush;
    }
  }
  if (streams.err_is_terminal) streams.err << '\n';
  answers.Settle();
  return {};
}

Result<void> Deliver(const std::string& to, ImportOutcome* outcome, Streams& streams) {
  if (to.starts_with("http://") || to.starts_with("https://")) return Post(to, outcome, streams);
  std::string lines;
  for (const ImportedEvent& event : outcome->events) lines += event.json + "\n";
  if (!to.empty() && to != "-") return WriteWholeFile(to, lines);
  streams.out << lines;
  return {};
}

std::optional<Mode> ModeOf(const std::string& text) {
  for (const Mode mode : {Mode::kLive, Mode::kBackfill, Mode::kShadow, Mode::kTest}) {
    if (text == ModeName(mode)) return mode;
  }
  return text.empty() ? std::optional(Mode::kLive) : std::nullopt;
}

}  // namespace

int RunImport(const Arguments& arguments, Streams& streams) {
  const std::string path = arguments.Text("file"), map_path = arguments.Text("map");
  const std::optional<Mode> mode = ModeOf(arguments.Text("mode"));
  if (!mode)
    return Complain(streams, kExitUsage, {706, "--mode is live, backfill, shadow or test"});
  Result<std::string> map_text = ReadWholeFile(map_path);
  if (!map_text.has_value()) return Complain(streams, kExitUnavailable, map_text.error());
  Result<std::string> csv_text = ReadWholeFile(path);
  if (!csv_text.has_value()) return Complain(streams, kExitUnavailable, csv_text.error());
  const Source map_source(map_path, *std::move(map_text)), csv(path, *std::move(csv_text));
  Diagnostics problems;
  const ImportMap map = ReadImportMap(map_source, problems);
  ImportOutcome outcome;
  if (!problems.has_errors()) outcome = ConvertCsv(csv, map, *mode, problems);
  if (problems.has_errors()) {
    streams.err << problems.Render(streams.colours);
    return kExitConfig;
  }
  const std::string to = arguments.Text("to");
  if (const auto delivered = Deliver(to, &outcome, streams); !delivered.has_value()) {
    return Complain(streams, kExitUnavailable, delivered.error(),
                    "send the file again: what was taken already is known by its ids");
  }
  std::ostream& report = to.empty() || to == "-" ? streams.err : streams.out;
  report << (arguments.Has("json") ? ReportJson(outcome) : ReportText(outcome, path));
  return outcome.rejected.empty() ? kExitFine : kExitBadData;
}

}  // namespace pm
