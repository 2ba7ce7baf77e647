#include "app/importing/convert.h"

#include <map>

#include "base/text/json_writer.h"
#include "base/time/text.h"
#include "model/decode/decode.h"
#include "model/normalise/text.h"

namespace pm {
namespace {

constexpr int kNoColumn = 711;
constexpr int kBadRow = 712;

Error Bad(std::string text) { return {kBadRow, std::move(text)}; }

class Converter {
 public:
  Converter(const Source& csv, const ImportMap& map, Mode mode, Diagnostics& problems)
      : map_(map),
        mode_(mode),
        problems_(problems),
        csv_(csv, row_problems_, {.separator = map.separator[0]}) {}

  ImportOutcome Run() {
    if (!CheckColumns()) return {};
    while (csv_.Next(&row_)) {
      ++number_;
      Take();
    }
    for (const Diagnostic& d : row_problems_.Sorted()) {
      outcome_.rejected.push_back({d.place.position.line, d.message});
    }
    if (map_.sort_by_time) std::ranges::stable_sort(outcome_.events, {}, &ImportedEvent::time);
    return std::move(outcome_);
  }

 private:
  bool CheckColumns() {
    if (csv_.header().empty()) {
      for (const Diagnostic& d : row_problems_.Sorted()) problems_.Add(d);
      return false;
    }
    std::vector<std::string> wanted = TemplateColumns(map_.id);
    if (!map_.time.column.empty()) wanted.push_back(map_.time.column);
    for (const auto& [key, field] : map_.fields) {
      if (!field.column.empty()) wanted.push_back(field.column);
      for (std::string& name : TemplateColumns(field.template_text)) wanted.push_back(name);
    }
    for (const auto& [name, column] : map_.external_ids) wanted.push_back(column);
    for (const ImportSkip& skip : map_.skip) wanted.push_back(skip.column.value);
    const std::vector<std::string_view> names(csv_.header().begin(), csv_.header().end());
    bool good = true;
    for (const std::string& name : wanted) {
      if (name == "row" || name == "line" || csv_.Column(name)) continue;
      problems_.Error(kNoColumn, map_.type.place, fmt::format("the file has no column '{}'", name),
                      DidYouMean(name, names));
      good = false;
    }
    return good;
  }

  void Take() {
    for (const ImportSkip& skip : map_.skip) {
      if (std::ranges::find(skip.is, Cell(skip.column.value)) == skip.is.end()) continue;
      outcome_.skipped.push_back(
          {row_.line, fmt::format("{} is '{}'", skip.column.value, Cell(skip.column.value))});
      return;
    }
    Result<ImportedEvent> event = Make();
    if (event.has_value()) {
      outcome_.events.push_back(*std::move(event));
    } else {
      outcome_.rejected.push_back({row_.line, event.error().text});
    }
  }

  Result<ImportedEvent> Make() {
    ImportedEvent event;
    event.line = row_.line;
    PM_TRY(event.time, Time());
    PM_TRY(const std::string id, Fill(map_.id));
    if (id.empty()) return std::unexpected(Bad("the id is empty"));
    const auto [first, is_new] = ids_.emplace(id, row_.line);
    if (!is_new) {
      return std::unexpected(Bad(fmt::format("id '{}' was used in line {}", id, first->second)));
    }
    JsonWriter w(&event.json);
    w.BeginObject();
    w.Field("specversion", "1.0");
    w.Field("id", id);
    w.Field("source", map_.source);
    w.Field("type", map_.type.value);
    w.Field("time", FormatInstant(event.time));
    if (mode_ != Mode::kLive) w.Field("mode", ModeName(mode_));
    w.Key("data");
    w.BeginObject();
    for (const auto& [key, field] : map_.fields) PM_TRY_VOID(WriteField(key, field, w));
    WriteTokens(w);
    w.EndObject();
    w.EndObject();
    static const FieldTable kFields;
    const DecodedEvent decoded = DecodeEvent(event.json, {kFields, {}}, event.time);
    for (const DecodeProblem& problem : decoded.problems) {
      if (problem.fatal) {
        return std::unexpected(Bad(fmt::format("{} {}", problem.pointer, problem.detail)));
      }
    }
    return event;
  }

  Result<Instant> Time() const {
    const ImportTime& time = map_.time;
    if (time.column.empty()) {
      const int64_t steps = number_ - 1;
      return *time.from->absolute + Duration{time.step->after.ms * steps};
    }
    std::string text(Cell(time.column));
    if (time.format == TimeFormat::kDate) text += "T00:00:00Z";
    if (time.format == TimeFormat::kDateTime) text += "Z";
    Result<Instant> parsed = ParseInstant(text);
    if (parsed.has_value()) return *parsed;
    return std::unexpected(Bad(fmt::format("{}: '{}' is no time: {}", time.column,
                                           Cell(time.column), parsed.error().text)));
  }

  Result<void> WriteField(const std::string& key, const ImportField& field, JsonWriter& w) {
    static const Resolver kPlain = [](std::string_view text) {
      return Result<std::string>(std::string(text));
    };
    if (field.value.source != nullptr) {
      PM_TRY(const std::string json, YamlToJson(field.value, kPlain));
      w.Key(key), w.Raw(json);
      return {};
    }
    if (!field.template_text.empty()) {
      PM_TRY(const std::string text, Fill(field.template_text));
      w.Field(key, text);
      return {};
    }
    const std::string_view cell = Cell(field.column);
    for (const auto& [from, to] : field.values) {
      if (from != cell) continue;
      PM_TRY(const std::string json, YamlToJson(to, kPlain));
      w.Key(key), w.Raw(json);
      return {};
    }
    if (field.only_listed || IsJunk(cell, JunkList::kText)) return {};
    w.Field(key, cell);
    return {};
  }

  void WriteTokens(JsonWriter& w) {
    if (map_.external_ids.empty()) return;
    w.Key("external_ids");
    w.BeginObject();
    for (const auto& [name, column] : map_.external_ids) {
      if (!Cell(column).empty()) w.Field(name, Cell(column));
    }
    w.EndObject();
  }

  std::string_view Cell(std::string_view column) const {
    std::string_view text = row_.cells[*csv_.Column(column)].text;
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
  }

  // A template with its values; a column that is empty in this row makes the row unusable.
  Result<std::string> Fill(std::string_view text) const {
    std::string out;
    for (size_t open = text.find('{'); open != std::string_view::npos; open = text.find('{')) {
      const size_t close = text.find('}', open);
      if (close == std::string_view::npos) break;
      out += text.substr(0, open);
      const std::string_view name = text.substr(open + 1, close - open - 1);
      if (name == "row") {
        out += std::to_string(number_);
      } else if (name == "line") {
        out += std::to_string(row_.line);
      } else if (Cell(name).empty()) {
        return std::unexpected(Bad(fmt::format("'{}' is empty", name)));
      } else {
        out += Cell(name);
      }
      text.remove_prefix(close + 1);
    }
    out += text;
    return out;
  }

  const ImportMap& map_;
  const Mode mode_;
  Diagnostics& problems_;
  Diagnostics row_problems_;
  CsvReader csv_;
  CsvRow row_;
  int64_t number_ = 0;
  std::map<std::string, int32_t> ids_;
  ImportOutcome outcome_;
};

}  // namespace

ImportOutcome ConvertCsv(const Source& csv, const ImportMap& map, Mode mode,
                         Diagnostics& problems) {
  return Converter(csv, map, mode, problems).Run();
}

}  // namespace pm
