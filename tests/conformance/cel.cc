#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "base/text/base64.h"
#include "rules/cel/literal_text.h"
#include "rules/cel/macros.h"
#include "rules/cel/moment.h"
#include "rules/cel/parser.h"
#include "rules/cel/program.h"
#include "rules/cel/unparse.h"
#include "tests/conformance/forms.h"

namespace pm::conformance {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

std::string_view TextAt(object of, const char* key) {
  std::string_view text;
  return of[key].get(text) == simdjson::SUCCESS ? text : "";
}
bool FlagAt(object of, const char* key) {
  bool flag = false;
  return of[key].get(flag) == simdjson::SUCCESS && flag;
}

// Values as the cases write them, `{"int": "1"}`, in an evaluation's memory.
class CaseValues {
 public:
  cel::Value Read(object typed) {
    if (typed.size() != 1) throw Malformed("a value has one type");
    const std::string_view type = typed.begin().key();
    const element value = typed.begin().value();
    if (type == "null") return cel::Value::Null();
    if (type == "bool") return cel::Value::Bool(value.get_bool());
    if (type == "list") return ReadList(value.get_array());
    if (type == "map") return ReadMap(value.get_array());
    return ReadText(type, value.get_string());
  }

 private:
  std::string_view Keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  cel::Value ReadText(std::string_view type, std::string_view text) {
    if (type == "string") return cel::Value::String(Keep(std::string(text)));
    if (type == "type") return cel::Value::Type(Keep(std::string(text)));
    if (type == "bytes_b64") return cel::Value::Bytes(Keep(ParseBase64(text).value()));
    std::optional<cel::Value> value;
    if (type == "int") value = Wrap(cel::DecodeInt(text), cel::Value::Int);
    if (type == "uint") value = Wrap(cel::DecodeUint(text), cel::Value::Uint);
    if (type == "double") value = Wrap(cel::DecodeDouble(text), cel::Value::Double);
    if (type == "timestamp") value = cel::ParseTimestamp(text);
    if (type == "duration") value = cel::ParseDurationText(text);
    if (!value.has_value()) throw Malformed(fmt::format("no value: {} {}", type, text));
    return *value;
  }
  template <class T, class Make>
  static std::optional<cel::Value> Wrap(std::optional<T> number, Make make) {
    return number.has_value() ? std::optional(make(*number)) : std::nullopt;
  }

  cel::Value ReadList(array items) {
    auto& kept = lists_.emplace_back();
    for (const element item : items) kept.push_back(Read(item));
    return cel::Value::List(kept);
  }

  cel::Value ReadMap(array entries) {
    auto& kept = maps_.emplace_back();
    for (const array entry : entries) kept.push_back({Read(entry.at(0)), Read(entry.at(1))});
    const cel::Value map = memory_.NewMap(kept);
    if (map.is_error()) throw Malformed(std::string(map.error->text));
    return map;
  }

  std::deque<std::string> texts_;
  std::deque<std::vector<cel::Value>> lists_;
  std::deque<std::vector<cel::MapEntry>> maps_;
  cel::Evaluation memory_;
};

// Maps have no order.
std::string Canonical(const cel::Value& value) {
  std::vector<std::string> parts;
  if (value.kind == ValueKind::kList) {
    for (const cel::Value& item : value.list()) parts.push_back(Canonical(item));
    return fmt::format("[{}]", fmt::join(parts, ", "));
  }
  if (value.kind != ValueKind::kMap) return cel::DebugText(value, SIZE_MAX);
  for (const auto& [key, of] : value.entries()) {
    parts.push_back(Canonical(key) + ": " + Canonical(of));
  }
  std::ranges::sort(parts);
  return fmt::format("{{{}}}", fmt::join(parts, ", "));
}

void Declare(object test, cel::Declarations* declarations) {
  declarations->set_container(std::string(TextAt(test, "container")));
  array names;
  if (test["type_env"].get(names) != simdjson::SUCCESS) return;
  for (const object name : names) {
    array overloads;
    if (name["function"].get(overloads) != simdjson::SUCCESS) {
      if (!declarations->AddVariable(name["name"], name["type"])) throw Malformed("type_env");
      continue;
    }
    for (const object overload : overloads) {
      std::vector<std::string_view> params;
      for (const element param : array(overload["params"])) params.push_back(param);
      const bool member = overload["member"];
      const std::string receiver = member ? fmt::format("{}.", params.front()) : "";
      if (member) params.erase(params.begin());
      const std::string signature = fmt::format("{}({}) -> {}", receiver, fmt::join(params, ", "),
                                                std::string_view(overload["result"]));
      if (!declarations->AddFunction(name["name"], signature)) throw Malformed(signature);
    }
  }
}

std::string TypeIn(std::string_view text) {
  cel::Types types;
  const auto type = types.Parse(text);
  if (!type.has_value()) throw Malformed(type.error().text);
  return cel::TypeText(**type);
}

// The same expression written anew from its tree; empty if it cannot be parsed.
std::string WrittenBack(std::string_view text) {
  cel::Problems problems;
  auto ast = cel::Parse(text, &problems);
  if (ast.has_value()) cel::ExpandMacros(&*ast, &problems);
  return problems.empty() ? cel::Unparse(*ast) : "";
}

// What the case's expression, written as `text`, comes to.
std::string Answer(object test, std::string_view text, const cel::Declarations& declarations,
                   std::span<const cel::Value> bindings) {
  const std::string_view expect = test["expect"];
  const auto program = cel::Compile(text, declarations, {.check = !FlagAt(test, "disable_check")});
  if (!program.has_value()) {
    return expect == "error" ? "error" : "refused: " + program.error().front().message;
  }
  std::string answer = "checked";
  if (expect != "check_only") {
    cel::Evaluation evaluation;
    const cel::Value value = program->Evaluate(bindings, &evaluation);
    if (evaluation.spent() > program->cost_bound()) {
      return fmt::format("cost {} above the bound {}", evaluation.spent(), program->cost_bound());
    }
    answer = expect == "error" && value.is_error() ? "error" : Canonical(value);
  }
  return TextAt(test, "deduced_type").empty() ? answer : answer + " : " + program->type();
}

std::string Expected(object test, CaseValues& values) {
  const std::string_view expect = test["expect"], deduced = TextAt(test, "deduced_type");
  std::string expected = expect == "error" ? "error" : "checked";
  if (expect == "value") expected = Canonical(values.Read(test["value"]));
  return deduced.empty() ? expected : expected + " : " + TypeIn(deduced);
}

}  // namespace

Outcome RunCel(object test) {
  cel::Declarations declarations;
  Declare(test, &declarations);
  CaseValues values;
  std::vector<std::pair<std::string_view, cel::Value>> bound;
  for (const auto& [name, value] : object(test["bindings"])) {
    bound.emplace_back(name, values.Read(value));
    if (!declarations.FindVariable(name)) declarations.AddVariable(name, "dyn").value();
  }
  std::vector<cel::Value> bindings(declarations.variables().size(), cel::Value::Missing());
  for (const auto& [name, value] : bound) bindings[*declarations.FindVariable(name)] = value;

  const std::string_view text = test["expr"];
  const std::string back = WrittenBack(text);
  Outcome outcome{Answer(test, text, declarations, bindings), {Expected(test, values)}};
  if (outcome.passed() && !back.empty() && back != text) {
    outcome.got = Answer(test, back, declarations, bindings);
    if (!outcome.passed()) outcome.got += ", written back as " + back;
  }
  return outcome;
}

}  // namespace pm::conformance
