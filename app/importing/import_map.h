// How rows of a CSV file become events: what `import --map` reads.
//
//   type: lead.submitted
//   source: olist
//   id: "{mql_id}"                                   # {column}, {row} (from 1), {line}
//   time: { column: first_contact_date, format: date }   # or { from: 2026-01-05T08:00:00Z, step:
//   1m } fields:
//     email: { template: "lead@{mql_id}.example" }
//     source: origin                                 # a column
//     do_not_email: { column: Do Not Email, values: { "Yes": true, "No": false } }
//     form: { value: landing page }
//   external_ids: { "olist:mql": mql_id }
//   skip: [ { column: website, is: ["", "-"] } ]
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/scenario/scenario.h"
#include "base/text/describe_yaml.h"

namespace pm {

enum class TimeFormat : uint8_t { kRfc3339, kDate, kDateTime };
constexpr std::array<YamlName<TimeFormat>, 3> YamlNames(std::type_identity<TimeFormat>) {
  return {{{"rfc3339", TimeFormat::kRfc3339},
           {"date", TimeFormat::kDate},
           {"datetime", TimeFormat::kDateTime}}};
}
struct ImportTime {
  static constexpr std::string_view kYamlName = "import time";
  std::string column;
  TimeFormat format = TimeFormat::kRfc3339;
  std::optional<When> from;
  std::optional<When> step;
  SourcePlace place;
  template <class V>
  static void Describe(V& v) {
    using T = ImportTime;
    v.Field("column", &T::column, "Column that holds the time.");
    v.Field("format", &T::format, "rfc3339, date (midnight UTC) or datetime (UTC, no zone).");
    v.Field("from", &T::from, "Time of the first row, where the file has none.");
    v.Field("step", &T::step, "Then from row to row, e.g. +1m.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};

// `origin` (a column), or a map with one of column, template and value.
struct ImportField {
  Located<std::string> column;
  std::string template_text;
  YamlNode value;
  YamlMap<YamlNode> values;
  bool only_listed = false;  // values that `values` does not list are left out
  SourcePlace place;
};
bool ReadYaml(const YamlNode& node, ImportField* out, Diagnostics& diagnostics);

struct ImportSkip {
  static constexpr std::string_view kYamlName = "skip";
  Located<std::string> column;
  std::vector<std::string> is;
  template <class V>
  static void Describe(V& v) {
    v.Required("column", &ImportSkip::column, "Column to look at.");
    v.Required("is", &ImportSkip::is, "Values of rows to leave out.", {.or_one = true});
  }
};

struct ImportMap {
  static constexpr std::string_view kYamlName = "import map";
  Located<std::string> type;
  std::string source;
  Located<std::string> id;
  ImportTime time;
  std::string separator = ",";
  bool sort_by_time = false;
  YamlMap<ImportField> fields;
  YamlMap<Located<std::string>> external_ids;
  std::vector<ImportSkip> skip;
  template <class V>
  static void Describe(V& v) {
    using T = ImportMap;
    v.Required("type", &T::type, "Type of the events.");
    v.Required("source", &T::source, "Who publishes them; with the id it names an event.");
    v.Required("id", &T::id, "Template of the id: {column}, {row} and {line} stand for values.");
    v.Required("time", &T::time, "When each happened.");
    v.Field("separator", &T::separator, "Between cells, one character.");
    v.Field("sort_by_time", &T::sort_by_time, "Events come out in the order of their times.");
    v.Field("fields", &T::fields, "Data key and where its value comes from.");
    v.Field("external_ids", &T::external_ids, "`system:object` and the column with the id.");
    v.Field("skip", &T::skip, "Rows to leave out.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};

// The map of a file: one YAML document. All that is wrong with it goes to `problems`.
ImportMap ReadImportMap(const Source& source, Diagnostics& problems);

// The names of columns in a template.
std::vector<std::string> TemplateColumns(std::string_view text);

}  // namespace pm
