#include "rules/cel/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

#include "base/text/diagnostic.h"

namespace pm::cel {
namespace {

constexpr std::string_view kTypeNames[] = {"bool",
                                           "int",
                                           "uint",
                                           "double",
                                           "string",
                                           "bytes",
                                           "list",
                                           "map",
                                           "null_type",
                                           "optional_type",
                                           "google.protobuf.Timestamp",
                                           "google.protobuf.Duration",
                                           "type"};

std::optional<std::string_view> TypeNamed(std::string_view name) {
  const auto* found = std::ranges::find(kTypeNames, name);
  return found == std::end(kTypeNames) ? std::nullopt : std::optional(*found);
}

class Resolver {
 public:
  Resolver(Ast* ast, const Declarations& declarations, bool lenient, Problems* problems)
      : ast_(*ast), declarations_(declarations), lenient_(lenient), problems_(*problems) {
    result_.references.resize(ast_.size());
    result_.macro_locals.resize(ast_.size());
  }

  Resolution Run() {
    Visit(ast_.root());
    return std::move(result_);
  }

 private:
  void Visit(ExprId id) {
    Expr& expr = ast_.at(id);
    switch (expr.kind) {
      case ExprKind::kLiteral:
        return;
      case ExprKind::kIdent:
      case ExprKind::kSelect:
        return VisitName(id);
      case ExprKind::kCall:
        if (IsFieldInBrackets(expr)) return;
        QualifyFunction(expr);
        break;
      case ExprKind::kMacro:
        return VisitMacro(id);
      case ExprKind::kList:
      case ExprKind::kMap:
      case ExprKind::kOptionalEntry:
        break;
    }
    for (const ExprId arg : expr.args) Visit(arg);
  }

  void VisitMacro(ExprId id) {
    const Expr& expr = ast_.at(id);
    Visit(expr.args[0]);
    const size_t before = scope_.size();
    result_.macro_locals[id] = static_cast<uint32_t>(before);
    for (const std::string_view variable : expr.variables) {
      if (!variable.empty()) scope_.push_back(variable);
    }
    result_.locals = std::max(result_.locals, static_cast<uint32_t>(scope_.size()));
    for (size_t i = 1; i < expr.args.size(); ++i) Visit(expr.args[i]);
    scope_.resize(before);
  }

  // An identifier, or selections one upon the other.
  void VisitName(ExprId top) {
    std::vector<ExprId> chain;  // what may be a name, from the longest to its first part
    ExprId id = top;
    for (;; id = ast_.at(id).args[0]) {
      const Expr& expr = ast_.at(id);
      if (expr.kind == ExprKind::kIdent) break;
      if (expr.kind != ExprKind::kSelect || (expr.test_only && id != top)) return Visit(id);
      if (expr.optional) chain.clear();  // all above it are selections on a value
      chain.push_back(id);
    }
    chain.push_back(id);
    if (ResolveLocal(id)) return;
    // `a.?b` is of the value `a` where there is one, else the variable `a.b`.
    const bool optional = ast_.at(chain.front()).optional;
    for (const ExprId part : std::span(chain).subspan(optional ? 1 : 0)) {
      if (ResolveVariable(part)) return;
    }
    if (optional && ResolveVariable(chain.front())) return;
    Unknown(id, chain.front());
  }

  bool ResolveLocal(ExprId id) {
    const Expr& ident = ast_.at(id);
    if (ident.rooted) return false;
    for (size_t i = scope_.size(); i > 0; --i) {
      if (scope_[i - 1] != ident.name) continue;
      result_.references[id] = {ReferenceKind::kLocal, static_cast<uint32_t>(i - 1), {}};
      return true;
    }
    return false;
  }

  bool ResolveVariable(ExprId id) {
    const bool test = ast_.at(id).test_only;
    const ReferenceKind kind = test                   ? ReferenceKind::kPresence
                               : ast_.at(id).optional ? ReferenceKind::kOptional
                                                      : ReferenceKind::kVariable;
    for (const std::string& name : declarations_.Candidates(NameOf(id))) {
      Reference& reference = result_.references[id];
      if (const auto slot = declarations_.FindVariable(name)) {
        reference = {kind, *slot, {}};
        return true;
      }
      if (const auto type = test ? std::nullopt : TypeNamed(name)) {
        reference = {ReferenceKind::kType, 0, *type};
        return true;
      }
    }
    return false;
  }

  // Also of a selection inside has(), and of one with `.?`.
  std::string NameOf(ExprId id) const {
    const Expr& expr = ast_.at(id);
    if (!expr.test_only && !expr.optional) return ast_.QualifiedName(id);
    return ast_.QualifiedName(expr.args[0]) + "." + std::string(expr.name);
  }

  // `lead["title"]`, where `lead` is nothing but the beginning of names. True when it was told.
  bool IsFieldInBrackets(const Expr& call) {
    const bool optional = call.name == op::kOptionalIndex;
    if (lenient_ || problems_.full() || (call.name != op::kIndex && !optional)) return false;
    const Expr& key = ast_.at(call.args[1]);
    const std::string of = ast_.QualifiedName(call.args[0]);
    const bool text = key.kind == ExprKind::kLiteral && key.literal.kind == ValueKind::kString;
    if (!text || of.empty() || declarations_.FindVariable(of)) return false;
    if (std::ranges::find(scope_, of.substr(0, of.find('.'))) != scope_.end()) return false;
    const std::string field = fmt::format("{}.{}", of, key.literal.text());
    if (!declarations_.FindVariable(field)) return false;
    result_.references[call.args[0]].kind = ReferenceKind::kUnknown;
    problems_.Add(kUnknownName, call.begin, call.end - call.begin,
                  fmt::format("'{}' is no value by itself", of),
                  fmt::format("write {}{}{}", of, optional ? ".?" : ".", key.literal.text()));
    return true;
  }

  void Unknown(ExprId ident, ExprId top) {
    result_.references[ident].kind = ReferenceKind::kUnknown;
    if (lenient_ || problems_.full() || ast_.at(ident).begin < told_until_) return;
    const Expr& whole = ast_.at(top);
    const uint32_t begin = ast_.at(ident).begin;
    const std::string name = NameOf(top);
    const uint32_t end =
        whole.test_only ? whole.at + static_cast<uint32_t>(whole.name.size()) : whole.end;
    if (const std::string inner = FieldOf(name); !inner.empty()) {
      problems_.Add(kUnknownName, begin, end - begin,
                    fmt::format("'{}' is no value by itself", name),
                    fmt::format("name one of its fields, such as {}", inner));
      return;
    }
    if (const std::string_view meant = ToBeQuoted(name); !meant.empty()) {
      told_until_ = begin + static_cast<uint32_t>(meant.size());  // the rest of it is no fault more
      const size_t dot = meant.rfind('.', name.size()) + 1;
      problems_.Add(kUnknownName, begin, end - begin, fmt::format("there is no '{}'", name),
                    fmt::format("such a name stands in backticks: {}`{}`", meant.substr(0, dot),
                                meant.substr(dot)));
      return;
    }
    problems_.Add(kUnknownName, begin, end - begin, fmt::format("there is no '{}'", name),
                  problems_.hints() ? Hint(name) : "");
  }

  // The variable of which only the beginning is a name in expressions: `lists.free-mail`.
  std::string_view ToBeQuoted(const std::string& name) const {
    for (const Variable& variable : declarations_.variables()) {
      const std::string_view known = variable.name;
      if (known.size() > name.size() && known.starts_with(name) &&
          std::string_view("-/ ").find(known[name.size()]) != std::string_view::npos) {
        return known;
      }
    }
    return {};
  }

  // `math` of `math.greatest`.
  bool IsSpace(const std::string& name) const {
    return std::ranges::any_of(declarations_.FunctionNames(), [&](std::string_view function) {
      return function.starts_with(name + '.');
    });
  }

  std::string Hint(const std::string& name) const {
    std::vector<std::string_view> known(scope_.begin(), scope_.end());
    for (const Variable& variable : declarations_.variables()) known.push_back(variable.name);
    known.insert(known.end(), std::begin(kTypeNames), std::end(kTypeNames));
    for (const std::string_view word : {"true", "false", "null"}) {
      if (std::ranges::equal(name, word, {}, [](char c) { return c | 0x20; })) {
        return fmt::format("write {}", word);
      }
    }
    if (std::string told = declarations_.HintOf(name); !told.empty()) return told;
    std::string hint = DidYouMean(name, known);
    if (hint.empty() && name.find('.') == std::string::npos && !IsSpace(name)) {
      hint = fmt::format("a text stands in quotes: '{}'", name);
    }
    return hint;
  }

  // The first variable that begins with the name and a dot.
  std::string FieldOf(const std::string& name) const {
    for (const Variable& variable : declarations_.variables()) {
      if (variable.name.starts_with(name + ".")) return variable.name;
    }
    return "";
  }

  void QualifyFunction(Expr& call) {
    if (!call.member) {
      call.name = Declared(std::string(call.name)).value_or(call.name);
      return;
    }
    const std::string space = ast_.QualifiedName(call.args[0]);
    if (space.empty() || IsScoped(space)) return;
    const auto name = Declared(space + "." + std::string(call.name));
    if (!name.has_value()) return;
    call.name = *name;
    call.member = false;
    call.at = call.begin;
    call.args.erase(call.args.begin());
  }

  bool IsScoped(std::string_view name) const {
    return std::ranges::find(scope_, name.substr(0, name.find('.'))) != scope_.end();
  }

  // The full name under which a function is declared.
  std::optional<std::string_view> Declared(const std::string& name) const {
    for (const std::string& candidate : declarations_.Candidates(name)) {
      const auto overloads = declarations_.FindFunction(candidate);
      if (!overloads.empty()) return overloads.front()->name;
    }
    return std::nullopt;
  }

  Ast& ast_;
  const Declarations& declarations_;
  const bool lenient_;
  Problems& problems_;
  Resolution result_;
  std::vector<std::string_view> scope_;  // by index of the local
  uint32_t told_until_ = 0;              // names before this byte belong to what was told
};

}  // namespace

Resolution Resolve(Ast* ast, const Declarations& declarations, bool lenient, Problems* problems) {
  return Resolver(ast, declarations, lenient, problems).Run();
}

}  // namespace pm::cel
