#include "app/scenario/scenario.h"

#include <re2/re2.h>

#include "app/scenario/output_paths.h"
#include "base/text/json_writer.h"
#include "base/time/text.h"
#include "model/outputs/events.h"

namespace pm {
namespace {

constexpr int kBadScenario = 708;

bool IsJsonLiteral(const YamlNode& node) {
  if (node.quoted()) return false;
  static const RE2 kLiteral(R"(-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?|true|false)");
  return RE2::FullMatch(node.text, kLiteral);
}

bool KnownType(std::string_view type, const SourcePlace& place, Diagnostics& out) {
  std::vector<std::string_view> names;
  for (const OutputTypeDecl& decl : OutputTypes()) names.push_back(decl.type);
  if (std::ranges::find(names, type) != names.end()) return true;
  out.Error(kBadScenario, place, fmt::format("'{}' is no type of output", type),
            DidYouMean(type, names));
  return false;
}

constexpr auto kTests =
    std::to_array<std::string_view>({"contains", "gte", "lte", "absent", "present"});

// `rep.id: ana`, `score.fit: { gte: 30 }`.
bool CheckField(std::string_view type, const YamlEntry& field, Diagnostics& out) {
  if (field.key.text == "at") return true;
  const size_t before = out.errors_met();
  if (const auto path = ExpectOutputPath(type, field.key.text); !path) {
    out.Report(path.error(), PlaceOf(field.key));
  }
  for (const YamlEntry& test : field.value.entries) {
    if (std::ranges::find(kTests, test.key.text) != kTests.end()) continue;
    std::string hint = DidYouMean(test.key.text, kTests);
    if (ExpectOutputPath(type, field.key.text + '.' + test.key.text)) {
      hint = fmt::format("write the path in one: `{}.{}`", field.key.text, test.key.text);
    }
    if (hint.empty()) hint = fmt::format("there are {}", fmt::join(kTests, ", "));
    out.Error(kBadScenario, PlaceOf(test.key), fmt::format("'{}' is no test", test.key.text),
              std::move(hint));
  }
  return out.errors_met() == before;
}

// Replaces every `${reference}`.
Result<std::string> Expand(std::string_view text, const Resolver& resolve) {
  std::string out;
  for (size_t open = text.find("${"); open != std::string_view::npos; open = text.find("${")) {
    const size_t close = text.find('}', open);
    if (close == std::string_view::npos) break;
    out += text.substr(0, open);
    PM_TRY(const std::string value, resolve(text.substr(open + 2, close - open - 2)));
    out += value;
    text.remove_prefix(close + 1);
  }
  out += text;
  return out;
}

Result<void> WriteNode(const YamlNode& node, const Resolver& resolve, JsonWriter& w) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      w.Null();
      return {};
    case YamlNode::Kind::kScalar: {
      if (IsJsonLiteral(node)) return w.Raw(node.text), Result<void>();
      PM_TRY(const std::string text, Expand(node.text, resolve));
      w.String(text);
      return {};
    }
    case YamlNode::Kind::kSequence:
      w.BeginArray();
      for (const YamlNode& item : node.items) PM_TRY_VOID(WriteNode(item, resolve, w));
      w.EndArray();
      return {};
    case YamlNode::Kind::kMap:
      w.BeginObject();
      for (const YamlEntry& entry : node.entries) {
        w.Key(entry.key.text);
        PM_TRY_VOID(WriteNode(entry.value, resolve, w));
      }
      w.EndObject();
      return {};
  }
  return {};
}

}  // namespace

Result<When> ParseWhen(std::string_view text) {
  When when;
  if (text.starts_with('+')) {
    PM_TRY(when.after, ParseDuration(text.substr(1)));
  } else {
    PM_TRY(when.absolute, ParseInstant(text));
  }
  return when;
}

bool ReadYaml(const YamlNode& node, When* out, Diagnostics& diagnostics) {
  return ReadParsed(node, out, diagnostics, &ParseWhen);
}

bool ReadYaml(const YamlNode& node, NewRules* out, Diagnostics& diagnostics) {
  if (node.kind == YamlNode::Kind::kMap) return ReadYaml(node, &out->files, diagnostics);
  return ReadYaml(node, &out->text, diagnostics);
}

bool ReadYaml(const YamlNode& node, Expectation* out, Diagnostics& diagnostics) {
  out->place = PlaceOf(node);
  if (node.kind == YamlNode::Kind::kScalar) {
    out->type = node.text;
    return KnownType(out->type, out->place, diagnostics);
  }
  if (!ExpectKind(node, YamlNode::Kind::kMap, diagnostics)) return false;
  if (node.entries.size() != 1) {
    diagnostics.Error(kBadScenario, out->place, "one type of output is wanted here",
                      "begin each with a dash: `- lead.created: { lead.stage: mql }`");
    return false;
  }
  const YamlNode &key = node.entries.front().key, &fields = node.entries.front().value;
  out->type = key.text;
  if (!KnownType(out->type, PlaceOf(key), diagnostics)) return false;
  if (!ExpectKind(fields, YamlNode::Kind::kMap, diagnostics)) return false;
  bool good = true;
  for (const YamlEntry& field : fields.entries) {
    good = CheckField(out->type, field, diagnostics) && good;
    out->fields.emplace_back(field.key.text, field.value);
  }
  return good;
}

void Scenario::Check(const YamlNode& node, Diagnostics& out) const {
  if (expect.empty() && none.empty() && counts.empty() && outcome.empty()) {
    out.Error(kBadScenario, place, "it expects nothing, so it could not fail",
              "add expect, outcome, none or counts");
  }
  if (events.empty()) {
    const YamlNode* list = node.Find("events");
    out.Error(kBadScenario, list == nullptr ? place : PlaceOf(*list),
              "no event comes in, so nothing can come of it",
              "begin with `- { at: 2026-03-02T09:00:00Z, type: lead.submitted, email: "
              "ann@acme.example }`");
  }
  for (const auto& [type, count] : counts) KnownType(type.value, type.place, out);
  for (const ScenarioEvent& event : events) {
    const int said = (event.type.empty() ? 0 : 1) + (event.raw.empty() ? 0 : 1) +
                     (event.switch_to.given() ? 1 : 0);
    if (said != 1) out.Error(kBadScenario, event.place, "an event has one of type, raw and switch");
    if (event.propagate && !event.switch_to.given())
      out.Error(kBadScenario, event.place, "only a switch can propagate");
  }
  if (!events.empty() && !events.front().at.absolute.has_value()) {
    out.Error(kBadScenario, events.front().place, "the first event needs a time",
              "for example `at: 2026-03-02T09:00:00Z`");
  }
}

Result<std::string> YamlToJson(const YamlNode& node, const Resolver& resolve) {
  std::string json;
  JsonWriter w(&json);
  PM_TRY_VOID(WriteNode(node, resolve, w));
  return json;
}

}  // namespace pm
