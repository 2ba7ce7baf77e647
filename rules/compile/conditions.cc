#include "rules/compile/conditions.h"

#include <fmt/format.h>

#include "rules/condition_make.h"

namespace pm {
namespace {

constexpr int kNotBuilt = 203, kUnknownName = 221, kOutOfScope = 223, kNotCondition = 233;
constexpr int kMissingPolicy = 213;

class ConditionCompiler {
 public:
  ConditionCompiler(CompileContext& context, FactScope scope) : context_(context), scope_(scope) {}

  Condition Compile(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::kScalar) {
      context_.out.Error(kNotBuilt, PlaceOf(node),
                         "conditions written as expressions are not built yet",
                         "write a map: `{ score.fit: { gte: 30 }, account.country: [DE, AT] }`");
      return {};
    }
    if (node.kind != YamlNode::Kind::kMap) {
      Bad(node, fmt::format("a condition is a map of fields, not {}", KindName(node)));
      return {};
    }
    if (node.entries.empty()) Bad(node, "a condition without a test; leave out the key instead");
    std::vector<Condition> parts;
    for (const YamlEntry& entry : node.entries) parts.push_back(CompileEntry(entry));
    return AllOf(parts);
  }

 private:
  Condition CompileEntry(const YamlEntry& entry) {
    if (entry.key.text == "not") return NotOf(Compile(entry.value));
    if (entry.key.text == "any") return AnyOf(CompileList(entry.value));
    if (entry.key.text == "all") return AllOf(CompileList(entry.value));
    const FieldDecl* field = ExpectField(context_, {entry.key.text, PlaceOf(entry.key)}, scope_);
    return field == nullptr ? Condition() : CompileField(*field, entry.value);
  }

  std::vector<Condition> CompileList(const YamlNode& node) {
    std::vector<Condition> parts;
    if (node.kind != YamlNode::Kind::kSequence || node.items.empty()) {
      Bad(node, "`any` and `all` take a list of conditions");
    }
    for (const YamlNode& item : node.items) parts.push_back(Compile(item));
    return parts;
  }

  // `country: DE`, `country: [DE, AT]`, `employees: { gte: 200 }`, `linkedin: missing`.
  Condition CompileField(const FieldDecl& field, const YamlNode& node) {
    switch (node.kind) {
      case YamlNode::Kind::kMap:
        return CompileTests(field, node);
      case YamlNode::Kind::kSequence:
        return CompileTest(field, TestOp::kIn, node, OnMissing::kUnknown);
      case YamlNode::Kind::kScalar:
        if (!node.quoted() && (node.text == "missing" || node.text == "present")) {
          return Make({&field, *ParseTestOp(node.text), {}, nullptr, OnMissing::kUnknown}, node);
        }
        return CompileTest(field, IsList(node) ? TestOp::kIn : TestOp::kEq, node,
                           OnMissing::kUnknown);
      case YamlNode::Kind::kNull:
        break;
    }
    Bad(node, "a test without a value",
        fmt::format("for a field that has none, write `{}: missing`", field.name));
    return {};
  }

  Condition CompileTests(const FieldDecl& field, const YamlNode& node) {
    OnMissing on_missing = OnMissing::kUnknown;
    const YamlNode* policy = ReadPolicy(node, &on_missing);
    std::vector<Condition> parts;
    bool tested = false;
    for (const YamlEntry& entry : node.entries) {
      if (&entry.value == policy) continue;
      tested = true;
      const auto op = ParseTestOp(entry.key.text);
      if (!op) {
        ReportOperator(entry.key);
      } else if (*op == TestOp::kPresent || *op == TestOp::kMissing) {
        parts.push_back(CompilePresence(field, *op, entry.value));
      } else {
        parts.push_back(CompileTest(field, *op, entry.value, on_missing));
      }
    }
    if (!tested) Bad(node, fmt::format("nothing is tested about {}", field.name));
    return AllOf(parts);
  }

  // `missing: match` says what a missing field means; `missing: true` is a test.
  const YamlNode* ReadPolicy(const YamlNode& node, OnMissing* out) {
    const YamlNode* policy = node.Find("missing");
    if (policy == nullptr || policy->text == "true" || policy->text == "false") return nullptr;
    *out = policy->text == "no_match" ? OnMissing::kNoMatch : OnMissing::kMatch;
    if (policy->text != "match" && policy->text != "no_match") {
      Bad(*policy, "`missing` is `match` or `no_match`: what a missing field means");
    }
    return policy;
  }

  Condition CompilePresence(const FieldDecl& field, TestOp op, const YamlNode& node) {
    bool yes = true;
    if (!ReadYaml(node, &yes, context_.out)) return {};
    const bool present = (op == TestOp::kPresent) == yes;
    return Make(
        {&field, present ? TestOp::kPresent : TestOp::kMissing, {}, nullptr, OnMissing::kUnknown},
        node);
  }

  Condition CompileTest(const FieldDecl& field, TestOp op, const YamlNode& node,
                        OnMissing on_missing) {
    TestSpec spec{&field, op, {}, nullptr, on_missing};
    if (IsList(node)) {
      spec.list = context_.builder.FindList(std::string_view(node.text).substr(kLists.size()));
      if (spec.list == nullptr) {
        ReportList(node);
        return {};
      }
    } else if (node.kind == YamlNode::Kind::kScalar) {
      spec.literals.push_back(node.text);
    } else if (node.kind == YamlNode::Kind::kSequence) {
      for (const YamlNode& item : node.items) {
        if (item.kind != YamlNode::Kind::kScalar) {
          Bad(item, fmt::format("expected a value, got {}", KindName(item)));
          return {};
        }
        spec.literals.push_back(item.text);
      }
    } else {
      Bad(node, fmt::format("expected a value, got {}", KindName(node)));
      return {};
    }
    return Make(spec, node);
  }

  Condition Make(const TestSpec& spec, const YamlNode& node) {
    auto made = MakeTest(spec, &context_.builder.slots());
    if (made) return *std::move(made);
    const TestError& error = made.error();
    const YamlNode* culprit = &node;
    if (error.literal < node.items.size()) culprit = &node.items[error.literal];
    const SourcePlace place = culprit->kind == YamlNode::Kind::kScalar && error.offset > 0
                                  ? PlaceIn(*culprit, error.offset)
                                  : PlaceOf(*culprit);
    std::string hint;
    if (error.error.code == kMissingPolicy) {
      hint = fmt::format("write `{{ {}: ..., missing: match }}` or `missing: no_match`",
                         OpName(spec.op));
    }
    context_.out.Report(error.error, place, std::move(hint));
    return {};
  }

  static bool IsList(const YamlNode& node) {
    return node.kind == YamlNode::Kind::kScalar && !node.quoted() && node.text.starts_with(kLists);
  }

  void ReportOperator(const YamlNode& key) {
    std::vector<std::string_view> names;
    for (int i = 0; i < kTestOps; ++i) names.push_back(OpName(static_cast<TestOp>(i)));
    std::string hint = DidYouMean(key.text, names);
    if (hint.empty()) hint = fmt::format("there are {}", fmt::join(names, ", "));
    Bad(key, fmt::format("'{}' is no operator", key.text), std::move(hint));
  }

  void ReportList(const YamlNode& node) {
    context_.out.Error(kUnknownName, PlaceOf(node), fmt::format("there is no list '{}'", node.text),
                       context_.names.Hint(NameKind::kList, node.text.substr(kLists.size())));
  }

  void Bad(const YamlNode& node, std::string message, std::string hint = {}) {
    context_.out.Error(kNotCondition, PlaceOf(node), std::move(message), std::move(hint));
  }

  static constexpr std::string_view kLists = "lists.";
  CompileContext& context_;
  FactScope scope_;
};

void AppendLists(const ConditionNode& node, std::string* out) {
  if (node.list) *out += fmt::format("{}={};", node.list->name, fmt::join(node.list->items, ","));
  for (const auto& child : node.children) AppendLists(*child, out);
}

// Why the field has no value in that scope, or empty.
std::string_view ScopeTrouble(const FieldDecl& field, FactScope scope) {
  const Entity entity = EntityOf(field);
  if (entity == Entity::kEvent && scope != FactScope::kEvent) {
    return "fields of an event are known in engagement rules only";
  }
  const bool before = scope == FactScope::kBeforeScore || scope == FactScope::kEvent;
  if (entity == Entity::kScore && before) return "the score is not known yet when this is decided";
  return {};
}

}  // namespace

const FieldDecl* ExpectField(CompileContext& context, const Located<std::string>& name,
                             FactScope scope) {
  const FieldDecl* field = context.builder.fields().Find(name.value);
  if (field == nullptr) {
    std::vector<std::string_view> known;
    for (const FieldDecl& one : context.builder.fields().all()) known.push_back(one.name);
    context.out.Error(kUnknownName, name.place, fmt::format("there is no field '{}'", name.value),
                      DidYouMean(name.value, known));
    return nullptr;
  }
  if (const std::string_view trouble = ScopeTrouble(*field, scope); !trouble.empty()) {
    context.out.Error(kOutOfScope, name.place, fmt::format("{}: {}", name.value, trouble));
    return nullptr;
  }
  return field;
}

Condition CompileCondition(CompileContext& context, const YamlNode& node, FactScope scope) {
  if (node.source == nullptr) return {};
  return ConditionCompiler(context, scope).Compile(node);
}

std::string ListsOf(const Condition& condition) {
  std::string text;
  if (!condition.always()) AppendLists(*condition.shared_root(), &text);
  return text;
}

}  // namespace pm
