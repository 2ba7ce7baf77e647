// Types as the checker sees them: richer than the kinds of values, since lists and maps know what
// they hold. `dyn` is any of them.
#pragma once
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pm::cel {

enum class TypeKind : uint8_t {
  kDyn,
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kTimestamp,
  kDuration,
  kList,      // of args[0]
  kMap,       // args[0] to args[1]
  kOptional,  // args[0]
  kType,      // the type of types; args[0] when it is known which
  kOpaque,    // a name, perhaps with args
  kParam,     // stands for one type; `number` tells fresh ones apart
};

struct Type {
  TypeKind kind = TypeKind::kDyn;
  uint32_t number = 0;
  std::string_view name;  // of kOpaque and kParam
  std::vector<const Type*> args;
};

// A simple type, for ever.
const Type* Simple(TypeKind kind);

// Owns types; they live as long as it does, also when it is moved. One thread.
class Types {
 public:
  const Type* Make(TypeKind kind, std::vector<const Type*> args);
  const Type* Opaque(std::string_view name, std::vector<const Type*> args);
  const Type* Param(std::string_view name, uint32_t number);
  // `map(string, list(int))`, `google.protobuf.Timestamp` or `timestamp`, `optional_type(int)`,
  // `tuple(param(T), dyn)`; a single capital letter is a parameter too. A name that is none of
  // CEL's is opaque. Errors: PM0253 malformed, wrong number of arguments.
  Result<const Type*> Parse(std::string_view text);

 private:
  std::deque<Type> types_;
  std::deque<std::string> names_;
};

bool SameType(const Type& a, const Type& b);
// As Parse reads it; parameters by their name.
std::string TypeText(const Type& type);

}  // namespace pm::cel
