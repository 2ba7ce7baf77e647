// What the checker knows of type parameters while it goes through an expression. One thread.
#pragma once
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rules/cel/types.h"

namespace pm::cel {

class Inference {
 public:
  // New types are made in `types`, which must outlive this.
  explicit Inference(Types* types) : types_(*types) {}

  // A parameter that stands for nothing yet.
  const Type* Fresh();
  // The same type with each named parameter replaced by a fresh one, the same name by the same.
  using Names = std::unordered_map<std::string_view, const Type*>;
  const Type* Instantiate(const Type* type, Names* names);

  // Whether a value of type `from` may stand where `to` is wanted; parameters are bound so that it
  // may. On false nothing was bound.
  bool Assignable(const Type* to, const Type* from);
  // All of them together, or none.
  bool Assignable(const std::vector<const Type*>& to, const std::vector<const Type*>& from);

  // What a list of both holds: the more general one, or dyn.
  const Type* Join(const Type* a, const Type* b);

  // Bound parameters replaced by what they stand for; those that stand for nothing stay, or become
  // dyn.
  const Type* Resolve(const Type* type, bool unbound_is_dyn = false);
  // The same for the outermost only, which is cheap.
  const Type* Head(const Type* type) const;

 private:
  bool Unify(const Type* a, const Type* b);
  bool Bind(const Type* param, const Type* type);
  void Set(uint32_t number, const Type* type);
  bool Mentions(const Type* type, uint32_t number) const;
  const Type* MoreGeneral(const Type* a, const Type* b);
  bool AsGeneral(const Type* a, const Type* b) const;

  Types& types_;
  std::vector<const Type*> bound_ = {nullptr};  // by number, from 1
  // What was bound before, so that a failed attempt can be undone.
  std::vector<std::pair<uint32_t, const Type*>> trail_;
};

}  // namespace pm::cel
