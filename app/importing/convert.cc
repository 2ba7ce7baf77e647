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

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

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
    for (auto* notes : {&outcome_.rejected, &outcome_.left_out})
      std::ranges::stable_sort(*notes, {}, &RowNote::line);
    if (map_.sort_by_time) std::ranges::stable_sort(outcome_.events, {}, &ImportedEvent::time);
    return std::move(outcome_);
  }

 private:
  bool CheckColumns() {
    if (csv_.header().empty()) {
      for (const Diagnostic& d : row_problems_.Sorted()) problems_.Add(d);
      return false;
    }
    if (csv_.header().size() == 1 && LooksUnsplit(csv_.header().front())) return false;
    struct Wanted {
      std::string column;
      SourcePlace place;
    };
    std::vector<Wanted> wanted;
    const auto want = [&](std::string_view name, const SourcePlace& place) {
      const bool known = std::ranges::find(wanted, name, &Wanted::column) != wanted.end();
      if (!name.empty() && !known) wanted.push_back({std::string(name), place});
    };
    for (const std::string& name : TemplateColumns(map_.id.value)) want(name, map_.id.place);
    want(map_.time.column, map_.time.place);
    for (const auto& [key, field] : map_.fields) {
      want(field.column.value, field.column.place);
      for (const std::string& name : TemplateColumns(field.template_text)) want(name, field.place);
    }
    for (const auto& [name, column] : map_.external_ids) want(column.value, column.place);
    for (const ImportSkip& skip : map_.skip) want(skip.column.value, skip.column.place);
    const std::vector<std::string_view> names(csv_.header().begin(), csv_.header().end());
    bool good = true;
    for (const Wanted& one : wanted) {
      if (one.column == "row" || one.column == "line" || csv_.Column(one.column)) continue;
      problems_.Error(kNoColumn, one.place, fmt::format("the file has no column '{}'", one.column),
                      DidYouMean(one.column, names));
      good = false;
    }
    return good;
  }

  bool LooksUnsplit(std::string_view header) {
    for (const char separator : {';', '\t', '|', ','}) {
      if (separator == map_.separator[0] || !header.contains(separator)) continue;
      problems_.Error(kNoColumn, map_.type.place,
                      fmt::format("the file has one column only, '{}'", header),
                      fmt::format("say `separator: \"{}\"` in the map",
                                  separator == '\t' ? "\\t" : std::string(1, separator)));
      return true;
    }
    return false;
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
    const std::string id = Fill(map_.id.value);
    for (const std::string& name : TemplateColumns(map_.id.value)) {
      if (name != "row" && name != "line" && Cell(name).empty())
        return std::unexpected(Bad(fmt::format("'{}' of the id is empty", name)));
    }
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
      std::string said = fmt::format("{} {}", problem.pointer, problem.detail);
      if (problem.fatal || HasValues(problem.pointer)) return std::unexpected(Bad(std::move(said)));
      // Custom fields are the engine's to know.
      if (problem.reason != "unknown_field") outcome_.left_out.push_back({row_.line, said});
    }
    return event;
  }

  // The map lists what the field's values mean, and this one is not among them.
  bool HasValues(std::string_view pointer) const {
    return std::ranges::any_of(map_.fields, [&](const auto& field) {
      return !field.second.values.empty() && pointer == "/data/" + field.first;
    });
  }

  Result<Instant> Time() const {
    const ImportTime& time = map_.time;
    if (time.column.empty()) {
      const int64_t steps = number_ - 1;
      return *time.from->absolute + Duration{time.step->after.ms * steps};
    }
    std::string text(Cell(time.column));
    if (text.empty()) return std::unexpected(Bad(fmt::format("'{}' is empty", time.column)));
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
      WriteTemplate(key, field.template_text, w);
      return {};
    }
    const std::string_view cell = Cell(field.column.value);
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
      if (!Cell(column.value).empty()) w.Field(name, Cell(column.value));
    }
    w.EndObject();
  }

  std::string_view Cell(std::string_view column) const {
    return Trimmed(row_.cells[*csv_.Column(column)].text);
  }

  // What is left of "{First} {Last}" without the one is a name still; of "{First}@acme.com" it is
  // no address.
  void WriteTemplate(const std::string& key, const std::string& text, JsonWriter& w) {
    std::vector<std::string> empty = TemplateColumns(text);
    const size_t all = empty.size();
    std::erase_if(empty, [&](const std::string& name) {
      return name == "row" || name == "line" || !Cell(name).empty();
    });
    if (all > 0 && empty.size() == all) return;
    if (!empty.empty() && !OnlyBlanksBetween(text)) {
      outcome_.left_out.push_back(
          {row_.line, fmt::format("/data/{}: '{}' is empty", key, empty.front())});
      return;
    }
    w.Field(key, Fill(text));
  }

  static bool OnlyBlanksBetween(std::string_view text) {
    bool inside = false;
    for (const char c : text) {
      if (!inside && c != ' ' && c != '{') return false;
      if (c == '{' || c == '}') inside = c == '{';
    }
    return true;
  }

  // A template with its values; blanks left by empty columns at its ends go.
  std::string Fill(std::string_view text) const {
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
      } else {
        out += Cell(name);
      }
      text.remove_prefix(close + 1);
    }
    out += text;
    return std::string(Trimmed(out));
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
