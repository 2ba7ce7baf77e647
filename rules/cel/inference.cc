#include "rules/cel/inference.h"

#include <algorithm>

namespace pm::cel {
namespace {

// What may be null although nobody says so: the types that come from messages elsewhere.
bool MayBeNull(TypeKind kind) {
  return kind == TypeKind::kNull || kind == TypeKind::kTimestamp || kind == TypeKind::kDuration ||
         kind == TypeKind::kOptional || kind == TypeKind::kOpaque;
}

}  // namespace

const Type* Inference::Fresh() {
  bound_.push_back(nullptr);
  return types_.Param("T", static_cast<uint32_t>(bound_.size() - 1));
}

const Type* Inference::Instantiate(const Type* type, Names* names) {
  if (type->kind == TypeKind::kParam) {
    const auto [found, added] = names->try_emplace(type->name, nullptr);
    if (added) found->second = Fresh();
    return found->second;
  }
  if (type->args.empty()) return type;
  std::vector<const Type*> args;
  for (const Type* arg : type->args) args.push_back(Instantiate(arg, names));
  return type->kind == TypeKind::kOpaque ? types_.Opaque(type->name, std::move(args))
                                         : types_.Make(type->kind, std::move(args));
}

bool Inference::Assignable(const Type* to, const Type* from) {
  return Assignable(std::vector{to}, std::vector{from});
}

bool Inference::Assignable(const std::vector<const Type*>& to,
                           const std::vector<const Type*>& from) {
  if (to.size() != from.size()) return false;
  trail_.clear();
  for (size_t i = 0; i < to.size(); ++i) {
    if (!Unify(to[i], from[i])) {
      for (; !trail_.empty(); trail_.pop_back()) bound_[trail_.back().first] = trail_.back().second;
      return false;
    }
  }
  return true;
}

const Type* Inference::Join(const Type* a, const Type* b) {
  return Assignable(a, b) ? MoreGeneral(a, b) : Simple(TypeKind::kDyn);
}

const Type* Inference::Head(const Type* type) const {
  while (type->kind == TypeKind::kParam && bound_[type->number] != nullptr) {
    type = bound_[type->number];
  }
  return type;
}

const Type* Inference::Resolve(const Type* type, bool unbound_is_dyn) {
  type = Head(type);
  if (type->kind == TypeKind::kParam) return unbound_is_dyn ? Simple(TypeKind::kDyn) : type;
  if (type->args.empty()) return type;
  std::vector<const Type*> args;
  for (const Type* arg : type->args) args.push_back(Resolve(arg, unbound_is_dyn));
  if (std::ranges::equal(args, type->args)) return type;
  return type->kind == TypeKind::kOpaque ? types_.Opaque(type->name, std::move(args))
                                         : types_.Make(type->kind, std::move(args));
}

bool Inference::Unify(const Type* a, const Type* b) {
  if (b->kind == TypeKind::kParam) return Bind(b, a);
  if (a->kind == TypeKind::kParam) return Bind(a, b);
  if (a->kind == TypeKind::kDyn || b->kind == TypeKind::kDyn) return true;
  if (a->kind == TypeKind::kNull) return MayBeNull(b->kind);
  if (b->kind == TypeKind::kNull) return MayBeNull(a->kind);
  if (a->kind != b->kind || a->name != b->name) return false;
  if (a->kind == TypeKind::kType) return true;
  if (a->args.size() != b->args.size()) return false;
  for (size_t i = 0; i < a->args.size(); ++i) {
    if (!Unify(a->args[i], b->args[i])) return false;
  }
  return true;
}

bool Inference::Bind(const Type* param, const Type* type) {
  if (type->kind == TypeKind::kParam && type->number == param->number) return true;
  if (const Type* before = bound_[param->number]; before != nullptr) {
    if (!Unify(before, type)) return false;
    const Type* general = MoreGeneral(before, type);
    if (!Mentions(general, param->number)) Set(param->number, general);
    return true;
  }
  if (Mentions(type, param->number)) return false;
  Set(param->number, type);
  return true;
}

void Inference::Set(uint32_t number, const Type* type) {
  trail_.emplace_back(number, bound_[number]);
  bound_[number] = type;
}

bool Inference::Mentions(const Type* type, uint32_t number) const {
  if (type->kind == TypeKind::kParam) {
    return type->number == number ||
           (bound_[type->number] != nullptr && Mentions(bound_[type->number], number));
  }
  return std::ranges::any_of(type->args, [&](const Type* arg) { return Mentions(arg, number); });
}

const Type* Inference::MoreGeneral(const Type* a, const Type* b) { return AsGeneral(a, b) ? a : b; }

// Whether `a` says no more than `b` does.
bool Inference::AsGeneral(const Type* a, const Type* b) const {
  if (a->kind == TypeKind::kDyn || a->kind == TypeKind::kParam) return true;
  if (b->kind == TypeKind::kDyn || b->kind == TypeKind::kParam) return false;
  if (a->kind == TypeKind::kNull && MayBeNull(b->kind)) return b->kind == TypeKind::kNull;
  if (b->kind == TypeKind::kNull) return true;
  if (a->kind != b->kind || a->args.size() != b->args.size()) return false;
  for (size_t i = 0; i < a->args.size(); ++i) {
    if (!AsGeneral(a->args[i], b->args[i])) return false;
  }
  return true;
}

}  // namespace pm::cel
