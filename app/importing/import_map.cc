#include "app/importing/import_map.h"

#include "model/event_types.h"

namespace pm {
namespace {

constexpr int kBadMap = 710;

// The long form of a field.
struct FieldDoc {
  static constexpr std::string_view kYamlName = "field";
  Located<std::string> column;
  std::string template_text;
  YamlNode value;
  YamlMap<YamlNode> values;
  bool only_listed = false;
  template <class V>
  static void Describe(V& v) {
    using T = FieldDoc;
    v.Field("column", &T::column, "Column it comes from.");
    v.Field("template", &T::template_text, "Text with {column}, {row} and {line}.");
    v.Field("value", &T::value, "The same for every row.");
    v.Field("values", &T::values, "What values of the column become; others stay.");
    v.Field("only_listed", &T::only_listed, "Others are left out instead.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const {
    const int said = (column.value.empty() ? 0 : 1) + (template_text.empty() ? 0 : 1) +
                     (value.source == nullptr ? 0 : 1);
    if (said == 1) return;
    out.Error(kBadMap, PlaceOf(node), "a field has one of column, template and value");
  }
};

}  // namespace

bool ReadYaml(const YamlNode& node, ImportField* out, Diagnostics& diagnostics) {
  if (node.kind == YamlNode::Kind::kScalar) {
    out->column = {node.text, PlaceOf(node)};
    out->place = PlaceOf(node);
    return true;
  }
  FieldDoc doc;
  if (!yaml_detail::ReadStruct(node, &doc, false, diagnostics)) return false;
  *out = {std::move(doc.column), std::move(doc.template_text),
          std::move(doc.value),  std::move(doc.values),
          doc.only_listed,       PlaceOf(node)};
  return true;
}

void ImportTime::Check(const YamlNode&, Diagnostics& out) const {
  const bool steps = from.has_value() && from->absolute.has_value() && step.has_value() &&
                     !step->absolute.has_value();
  if (column.empty() ? steps : !from.has_value() && !step.has_value()) return;
  out.Error(kBadMap, place, "time has either a column, or from (a time) and step (+1m)");
}

void ImportMap::Check(const YamlNode&, Diagnostics& out) const {
  if (FindEventType(type.value) == nullptr) {
    std::vector<std::string_view> names;
    for (const EventTypeDecl& decl : kEventTypes) names.push_back(decl.name);
    out.Error(kBadMap, type.place, fmt::format("'{}' is no type of event", type.value),
              DidYouMean(type.value, names));
  }
  if (separator.size() != 1) out.Error(kBadMap, type.place, "separator is one character");
}

ImportMap ReadImportMap(const Source& source, Diagnostics& problems) {
  const std::vector<YamlNode> documents = ParseYaml(source, problems);
  ImportMap map;
  if (documents.size() == 1) {
    ReadYamlDocument(documents.front(), &map, problems);
  } else if (!problems.has_errors()) {
    problems.Error(kBadMap, {&source, {}, 1}, "an import map is one YAML document");
  }
  return map;
}

std::vector<std::string> TemplateColumns(std::string_view text) {
  std::vector<std::string> columns;
  for (size_t open = text.find('{'); open != std::string_view::npos; open = text.find('{')) {
    const size_t close = text.find('}', open);
    if (close == std::string_view::npos) break;
    columns.emplace_back(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
  return columns;
}

}  // namespace pm
