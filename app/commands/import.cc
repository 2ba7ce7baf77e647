#include <fmt/format.h>

#include <ostream>

#include "app/commands/commands.h"
#include "app/commands/files.h"
#include "app/importing/convert.h"
#include "base/text/json_writer.h"
#include "net/http_client.h"

namespace pm {
namespace {

constexpr int kRefusedByEngine = 713;
constexpr size_t kEventsPerPost = 500;
constexpr size_t kShownRows = 20;

std::string ReportText(const ImportOutcome& outcome, const std::string& file) {
  std::string text =
      fmt::format("rows {}: {} taken, {} skipped, {} rejected\n", outcome.rows(),
                  outcome.events.size(), outcome.skipped.size(), outcome.rejected.size());
  size_t shown = 0;
  for (const RowNote& row : outcome.rejected) {
    if (++shown > kShownRows) break;
    text += fmt::format("  {}:{}: {}\n", file, row.line, row.reason);
  }
  if (outcome.rejected.size() > kShownRows) {
    text += fmt::format("  and {} more; --json lists all\n", outcome.rejected.size() - kShownRows);
  }
  return text;
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
  w.EndObject();
  return json + "\n";
}

Result<void> Post(const std::string& url, const ImportOutcome& outcome, Streams& streams) {
  HttpClient client;
  const std::string target = url + (url.ends_with("/v1/events") ? "" : "/v1/events");
  for (size_t at = 0; at < outcome.events.size(); at += kEventsPerPost) {
    const size_t end = std::min(at + kEventsPerPost, outcome.events.size());
    std::string body = "[";
    for (size_t i = at; i < end; ++i) {
      body += (i == at ? "" : ",");
      body += outcome.events[i].json;
    }
    body += "]";
    PM_TRY(const HttpResponse answer,
           client.Send("POST", target, {{"Content-Type", "application/cloudevents-batch+json"}},
                       body));
    if (answer.status / 100 != 2) {
      return Fail(
          kRefusedByEngine,
          fmt::format("{} answered {}: {} (events up to line {} were taken)", target, answer.status,
                      answer.body.substr(0, 500), at == 0 ? 0 : outcome.events[at - 1].line));
    }
    if (streams.err_is_terminal) {
      streams.err << fmt::format("\r{} of {} events", end, outcome.events.size()) << std::flush;
    }
  }
  if (streams.err_is_terminal) streams.err << '\n';
  return {};
}

Result<void> Deliver(const std::string& to, const ImportOutcome& outcome, Streams& streams) {
  if (to.starts_with("http://") || to.starts_with("https://")) return Post(to, outcome, streams);
  std::string lines;
  for (const ImportedEvent& event : outcome.events) lines += event.json + "\n";
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
  if (const auto delivered = Deliver(to, outcome, streams); !delivered.has_value()) {
    return Complain(streams, kExitUnavailable, delivered.error(),
                    "send the file again: what was taken already is known by its ids");
  }
  std::ostream& report = to.empty() || to == "-" ? streams.err : streams.out;
  report << (arguments.Has("json") ? ReportJson(outcome) : ReportText(outcome, path));
  return outcome.rejected.empty() ? kExitFine : kExitBadData;
}

}  // namespace pm
