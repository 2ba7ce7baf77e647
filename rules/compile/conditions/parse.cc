#include <fmt/format.h>

#include "base/text/slips.h"
#include "rules/cel/macros.h"
#include "rules/cel/parser.h"
#include "rules/compile/conditions/syntax.h"
#include "rules/compile/conditions/value_slips.h"

namespace pm {
namespace {

using Kind = ConditionSyntax::Kind;

constexpr int kNotCondition = 233;
constexpr std::string_view kCel = "cel";

// Words of other languages, and what they are called here.
constexpr Habit kJoiners[] = {{"and", "all"},    {"all_of", "all"},    {"or", "any"},
                              {"any_of", "any"}, {"one_of", "any"},    {"either", "any"},
                              {"none", "not"},   {"nor", "not"},       {"none_of", "not"},
                              {"expr", "cel"},   {"expression", "cel"}};
constexpr Habit kOperators[] = {{"==", "eq"},
                                {"=", "eq"},
                                {"is", "eq"},
                                {"equals", "eq"},
                                {"equal", "eq"},
                                {"!=", "ne"},
                                {"!", "ne"},
                                {"<>", "ne"},
                                {"neq", "ne"},
                                {"not_eq", "ne"},
                                {"is_not", "ne"},
                                {"not", "ne"},
                                {">", "gt"},
                                {"more_than", "gt"},
                                {"greater_than", "gt"},
                                {">=", "gte"},
                                {"ge", "gte"},
                                {"min", "gte"},
                                {"from", "gte"},
                                {"at_least", "gte"},
                                {"<", "lt"},
                                {"less_than", "lt"},
                                {"below", "lt"},
                                {"<=", "lte"},
                                {"le", "lte"},
                                {"max", "lte"},
                                {"at_most", "lte"},
                                {"one_of", "in"},
                                {"any_of", "in"},
                                {"any", "in"},
                                {"nin", "not_in"},
                                {"none_of", "not_in"},
                                {"range", "between"},
                                {"like", "matches"},
                                {"regex", "matches"},
                                {"=~", "matches"},
                                {"exists", "present"},
                                {"known", "present"},
                                {"empty", "missing"},
                                {"null", "missing"},
                                {"includes", "contains"},
                                {"has", "contains"},
                                {"prefix", "starts_with"},
                                {"begins_with", "starts_with"},
                                {"suffix", "ends_with"}};
constexpr std::string_view kEntities[] = {"lead", "account", "submission", "event", "score"};

// A text without quotes of its own ends where ` #` begins, which may be amid one of the expression.
bool IsCutByComment(const YamlNode& text) {
  if (text.style != YamlNode::Style::kPlain) return false;
  const std::string_view source = text.source->text();
  const size_t next = source.find_first_not_of(' ', text.offset + text.text.size());
  return next != std::string_view::npos && source[next] == '#';
}

class Parser {
 public:
  explicit Parser(Diagnostics& out) : out_(out) {}

  ConditionSyntax Parse(const YamlNode& node) {
    if (node.told) return Told();
    if (node.kind == YamlNode::Kind::kScalar) return ParseExpression(node);
    if (node.kind != YamlNode::Kind::kMap) {
      return Wrong(
          node,
          fmt::format("a condition is a map of fields or an expression, not {}", KindName(node)),
          node.kind == YamlNode::Kind::kSequence
              ? "write `all:` before the list if all must hold, `any:` if one of them"
              : "");
    }
    if (node.entries.empty()) {
      return Wrong(node, "a condition without a test; leave out the key instead");
    }
    ConditionSyntax all = Of(Kind::kAll, node);
    for (const YamlEntry& entry : node.entries) all.children.push_back(ParseEntry(entry));
    return all;
  }

 private:
  ConditionSyntax ParseEntry(const YamlEntry& entry) {
    if (entry.key.told || entry.value.told) return Told();
    if (entry.key.text == "any") return ParseList(Kind::kAny, entry.value);
    if (entry.key.text == "all") return ParseList(Kind::kAll, entry.value);
    if (entry.key.text == kCel) {
      return entry.value.kind == YamlNode::Kind::kScalar
                 ? ParseExpression(entry.value)
                 : Wrong(entry.value,
                         fmt::format("`cel` takes an expression, not {}", KindName(entry.value)));
    }
    if (entry.key.text == "not") {
      ConditionSyntax negation = Of(Kind::kNot, entry.value);
      negation.children.push_back(Parse(entry.value));
      return negation;
    }
    if (const std::string_view meant = MeantBy(kJoiners, entry.key.text); !meant.empty()) {
      return Wrong(entry.key, fmt::format("'{}' is no field", entry.key.text),
                   fmt::format("did you mean '{}'?", meant));
    }
    const bool entity = std::ranges::find(kEntities, entry.key.text) != std::end(kEntities);
    if (entity && entry.value.kind == YamlNode::Kind::kMap && !entry.value.entries.empty()) {
      return Wrong(entry.key, fmt::format("'{}' is no field", entry.key.text),
                   fmt::format("write the name in one: `{}.{}`", entry.key.text,
                               entry.value.entries.front().key.text));
    }
    return ParseField({entry.key.text, PlaceOf(entry.key)}, entry.value);
  }

  ConditionSyntax ParseList(Kind kind, const YamlNode& node) {
    ConditionSyntax list = Of(kind, node);
    if (node.kind == YamlNode::Kind::kSequence && node.items.empty()) {
      return Wrong(node, "this list has no condition", "leave it out, or put conditions into it");
    }
    if (node.kind != YamlNode::Kind::kSequence) {
      return Wrong(node, "`any` and `all` take a list of conditions",
                   "put each into the list as a map of its own: [ { ... }, { ... } ]");
    }
    for (const YamlNode& item : node.items) list.children.push_back(Parse(item));
    return list;
  }

  ConditionSyntax ParseExpression(const YamlNode& node) {
    ConditionSyntax syntax = Of(Kind::kExpression, node);
    syntax.expression = std::make_shared<ExpressionSyntax>();
    syntax.expression->text = &node;
    cel::Problems problems;
    std::optional<cel::Ast> ast = cel::Parse(node.text, &problems);
    if (ast) cel::ExpandMacros(&*ast, &problems);
    if (!problems.empty()) {
      ReportProblems(node, std::move(problems), out_);
      return {};
    }
    syntax.expression->ast = *std::move(ast);
    syntax.part = syntax.expression->ast.root();
    return syntax;
  }

  // `country: DE`, `country: [DE, AT]`, `employees: { gte: 200 }`, `linkedin: missing`.
  ConditionSyntax ParseField(const Located<std::string>& field, const YamlNode& node) {
    switch (node.kind) {
      case YamlNode::Kind::kMap:
        return ParseTests(field, node);
      case YamlNode::Kind::kSequence:
        for (const YamlNode& item : node.items) {
          if (item.kind != YamlNode::Kind::kScalar || item.told) continue;
          if (auto slip = ReportCommas(item, "in: [...]")) return *std::move(slip);
        }
        return ParseTest(field, TestOp::kIn, node, OnMissing::kUnknown);
      case YamlNode::Kind::kScalar:
        if (!node.quoted() && (node.text == "missing" || node.text == "present")) {
          return Presence(field, *ParseTestOp(node.text), node);
        }
        if (auto slip = ReportOtherForm(node)) return *std::move(slip);
        return ParseTest(field, NamesList(node) ? TestOp::kIn : TestOp::kEq, node,
                         OnMissing::kUnknown);
      case YamlNode::Kind::kNull:
        break;
    }
    return Wrong(node, "a test without a value",
                 fmt::format("for a field that has none, write `{}: missing`", field.value));
  }

  // A text that would be compared as it stands, which it is hardly meant to be.
  std::optional<ConditionSyntax> ReportOtherForm(const YamlNode& node) {
    const std::string_view sign = SignBefore(node.text);
    std::string meant = MeantByWildcard(node.text);
    if (meant.empty()) meant = MeantBySlashes(node.text);
    if (!sign.empty()) {
      const std::string_view op = MeantBy(kOperators, sign);
      meant =
          fmt::format("{}: {}{}", op, AfterBlanks(std::string_view(node.text).substr(sign.size())),
                      op == "ne" ? ", missing: match" : "");
    }
    if (meant.empty()) return ReportCommas(node, "eq: ...");
    return Wrong(
        node, fmt::format("'{}' would be compared as it stands", node.text),
        fmt::format("write `{{ {} }}`; if the text itself is meant, `{{ eq: ... }}`", meant));
  }

  std::optional<ConditionSyntax> ReportCommas(const YamlNode& node, std::string_view plain) {
    const std::string meant = MeantByCommas(node.text);
    if (meant.empty()) return std::nullopt;
    return Wrong(
        node, fmt::format("'{}' would be compared as one text", node.text),
        fmt::format("for any of these write `[{}]`; if the text itself is meant, `{{ {} }}`", meant,
                    plain));
  }

  ConditionSyntax ParseTests(const Located<std::string>& field, const YamlNode& node) {
    OnMissing on_missing = OnMissing::kUnknown;
    const YamlNode* policy = ReadPolicy(node, &on_missing);
    ConditionSyntax all = Of(Kind::kAll, node);
    for (const YamlEntry& entry : node.entries) {
      if (&entry.value == policy) continue;
      if (entry.key.told || entry.value.told) {
        all.children.push_back(Told());
        continue;
      }
      const auto op = ParseTestOp(entry.key.text);
      if (!op) {
        ReportOperator(entry.key);
        all.children.emplace_back();
      } else if (*op == TestOp::kPresent || *op == TestOp::kMissing) {
        all.children.push_back(ParsePresence(field, *op, entry.value));
      } else {
        all.children.push_back(ParseTest(field, *op, entry.value, on_missing));
      }
    }
    if (all.children.empty()) {
      return Wrong(node, fmt::format("nothing is tested about {}", field.value));
    }
    return all;
  }

  // `missing: match` says what a missing field means; `missing: true` is a test.
  const YamlNode* ReadPolicy(const YamlNode& node, OnMissing* on_missing) {
    const YamlNode* policy = node.Find("missing");
    if (policy == nullptr || policy->told || policy->text == "true" || policy->text == "false")
      return nullptr;
    *on_missing = policy->text == "no_match" ? OnMissing::kNoMatch : OnMissing::kMatch;
    if (policy->text != "match" && policy->text != "no_match") {
      Bad(*policy, "`missing` is `match` or `no_match`: what a missing field means");
    }
    return policy;
  }

  ConditionSyntax ParsePresence(const Located<std::string>& field, TestOp op,
                                const YamlNode& node) {
    bool yes = true;
    if (!ReadYaml(node, &yes, out_)) return {};
    const bool present = (op == TestOp::kPresent) == yes;
    return Presence(field, present ? TestOp::kPresent : TestOp::kMissing, node);
  }

  static ConditionSyntax Presence(const Located<std::string>& field, TestOp op,
                                  const YamlNode& node) {
    ConditionSyntax test = Of(Kind::kTest, node);
    test.field_name = field;
    test.spec.op = op;
    return test;
  }

  ConditionSyntax ParseTest(const Located<std::string>& field, TestOp op, const YamlNode& node,
                            OnMissing on_missing) {
    ConditionSyntax test = Presence(field, op, node);
    test.spec.on_missing = on_missing;
    test.value = &node;
    if (NamesList(node)) {
      test.list_name = node.text.substr(kListPrefix.size());
    } else if (node.kind == YamlNode::Kind::kScalar) {
      test.spec.literals.push_back(node.text);
    } else if (node.kind == YamlNode::Kind::kSequence) {
      if (auto slip = ReportListAmongItems(test, node)) return *std::move(slip);
      for (const YamlNode& item : node.items) {
        if (item.told) return Told();
        if (item.kind != YamlNode::Kind::kScalar) {
          return Wrong(item, fmt::format("expected a value, got {}", KindName(item)));
        }
        test.spec.literals.push_back(item.text);
      }
    } else {
      return Wrong(node, fmt::format("expected a value, got {}", KindName(node)));
    }
    return test;
  }

  // `in: [lists.a, lists.b]`: the names would be compared as texts.
  std::optional<ConditionSyntax> ReportListAmongItems(const ConditionSyntax& among,
                                                      const YamlNode& node) {
    const auto named = std::ranges::find_if(node.items, NamesList);
    if (named == node.items.end()) return std::nullopt;
    const std::string message = fmt::format(
        "'{}' would be compared as a text: among items no list can be named", named->text);
    return Wrong(*named, message, MeantByLists(among, node));
  }

  void ReportOperator(const YamlNode& key) {
    std::vector<std::string_view> names;
    for (int i = 0; i < kTestOps; ++i) names.push_back(OpName(static_cast<TestOp>(i)));
    std::string_view word = key.text;
    if (word.size() > 1 && word.ends_with(':')) word.remove_suffix(1);  // `'>=:': 5`
    std::string hint = DidYouMean(word, names);
    if (const std::string_view meant = MeantBy(kOperators, word); !meant.empty()) {
      hint = fmt::format("did you mean '{}'?", meant);
    }
    if (hint.empty()) hint = fmt::format("there are {}", fmt::join(names, ", "));
    Bad(key, fmt::format("'{}' is no operator", key.text), std::move(hint));
  }

  static ConditionSyntax Of(Kind kind, const YamlNode& node) {
    ConditionSyntax syntax;
    syntax.kind = kind;
    syntax.place = PlaceOf(node);
    return syntax;
  }
  // What was told when the tree was read.
  ConditionSyntax Told() {
    out_.MeetToldError();
    return {};
  }
  void Bad(const YamlNode& node, std::string message, std::string hint = {}) {
    out_.Error(kNotCondition, PlaceOf(node), std::move(message), std::move(hint));
  }
  ConditionSyntax Wrong(const YamlNode& node, std::string message, std::string hint = {}) {
    Bad(node, std::move(message), std::move(hint));
    return {};
  }

  Diagnostics& out_;
};

}  // namespace

void ReportProblems(const YamlNode& text, cel::Problems problems, Diagnostics& out) {
  for (cel::Problem& problem : std::move(problems).Sorted()) {
    if (problem.message.find("no closing quote") != std::string::npos && IsCutByComment(text)) {
      problem.hint = "` #` begins a comment: quote the whole, or write it below `|`";
    }
    const SourcePlace place = PlaceIn(text, problem.at, problem.length);
    if (problem.code != cel::kUnknownName) {
      out.Error(problem.code, place, problem.message, problem.hint);
      continue;
    }
    out.ErrorOf(CauseOfName(text.text.substr(problem.at, problem.length)), problem.code, place,
                problem.message, problem.hint);
  }
}

ConditionSyntax ParseCondition(const YamlNode& node, Diagnostics& out) {
  return Parser(out).Parse(node);
}

}  // namespace pm
