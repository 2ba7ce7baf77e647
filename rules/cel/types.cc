#include "rules/cel/types.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "rules/cel/problem.h"

namespace pm::cel {
namespace {

constexpr int kMaxTypeDepth = 20;

struct Named {
  std::string_view name;
  TypeKind kind;
  size_t args;
};
// The first name of a kind is the one that is printed.
constexpr Named kNamed[] = {{"dyn", TypeKind::kDyn, 0},
                            {"null_type", TypeKind::kNull, 0},
                            {"bool", TypeKind::kBool, 0},
                            {"int", TypeKind::kInt, 0},
                            {"uint", TypeKind::kUint, 0},
                            {"double", TypeKind::kDouble, 0},
                            {"string", TypeKind::kString, 0},
                            {"bytes", TypeKind::kBytes, 0},
                            {"timestamp", TypeKind::kTimestamp, 0},
                            {"google.protobuf.Timestamp", TypeKind::kTimestamp, 0},
                            {"duration", TypeKind::kDuration, 0},
                            {"google.protobuf.Duration", TypeKind::kDuration, 0},
                            {"list", TypeKind::kList, 1},
                            {"map", TypeKind::kMap, 2},
                            {"optional_type", TypeKind::kOptional, 1},
                            {"type", TypeKind::kType, 1}};

std::string_view NameOf(TypeKind kind) {
  for (const Named& named : kNamed) {
    if (named.kind == kind) return named.name;
  }
  return "";
}

class TypeParser {
 public:
  TypeParser(Types& types, std::string_view text) : types_(types), text_(text) {}

  Result<const Type*> Run() {
    const Type* type = One(0);
    SkipSpace();
    if (type == nullptr || at_ != text_.size()) {
      return Fail(kWrongType, fmt::format("'{}' is no type", text_));
    }
    return type;
  }

 private:
  void SkipSpace() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool Take(char c) {
    SkipSpace();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string_view Name() {
    SkipSpace();
    const size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != '(' && text_[at_] != ')' && text_[at_] != ',' &&
           text_[at_] != ' ') {
      ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  // Null when malformed.
  const Type* One(int depth) {
    const std::string_view name = Name();
    if (name.empty() || depth > kMaxTypeDepth) return nullptr;
    if (name == "param") {
      if (!Take('(')) return nullptr;
      const std::string_view param = Name();
      return !param.empty() && Take(')') ? types_.Param(param, 0) : nullptr;
    }
    if (name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z') return types_.Param(name, 0);
    std::vector<const Type*> args;
    if (Take('(') && !Take(')')) {
      do {
        args.push_back(One(depth + 1));
        if (args.back() == nullptr) return nullptr;
      } while (Take(','));
      if (!Take(')')) return nullptr;
    }
    return Apply(name, std::move(args));
  }

  const Type* Apply(std::string_view name, std::vector<const Type*> args) {
    for (const Named& named : kNamed) {
      if (named.name != name) continue;
      if (named.args == args.size()) return types_.Make(named.kind, std::move(args));
      return named.kind == TypeKind::kType && args.empty() ? Simple(TypeKind::kType) : nullptr;
    }
    return types_.Opaque(name, std::move(args));
  }

  Types& types_;
  const std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

const Type* Simple(TypeKind kind) {
  static const auto simple = [] {
    std::array<Type, static_cast<size_t>(TypeKind::kParam) + 1> result;
    for (size_t i = 0; i < result.size(); ++i) result[i].kind = static_cast<TypeKind>(i);
    return result;
  }();
  return &simple[static_cast<size_t>(kind)];
}

const Type* Types::Make(TypeKind kind, std::vector<const Type*> args) {
  if (args.empty()) return Simple(kind);
  return &types_.emplace_back(Type{kind, 0, {}, std::move(args)});
}

const Type* Types::Opaque(std::string_view name, std::vector<const Type*> args) {
  names_.emplace_back(name);
  return &types_.emplace_back(Type{TypeKind::kOpaque, 0, names_.back(), std::move(args)});
}

const Type* Types::Param(std::string_view name, uint32_t number) {
  names_.emplace_back(name);
  return &types_.emplace_back(Type{TypeKind::kParam, number, names_.back(), {}});
}

Result<const Type*> Types::Parse(std::string_view text) { return TypeParser(*this, text).Run(); }

bool SameType(const Type& a, const Type& b) {
  if (&a == &b) return true;
  if (a.kind != b.kind || a.number != b.number || a.name != b.name ||
      a.args.size() != b.args.size()) {
    return false;
  }
  for (size_t i = 0; i < a.args.size(); ++i) {
    if (!SameType(*a.args[i], *b.args[i])) return false;
  }
  return true;
}

std::string TypeText(const Type& type) {
  std::string text(type.kind == TypeKind::kOpaque || type.kind == TypeKind::kParam
                       ? type.name
                       : NameOf(type.kind));
  if (type.args.empty()) return text;
  text += '(';
  for (size_t i = 0; i < type.args.size(); ++i) {
    if (i > 0) text += ", ";
    text += TypeText(*type.args[i]);
  }
  return text + ')';
}

}  // namespace pm::cel
