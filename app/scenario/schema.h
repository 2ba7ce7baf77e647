// The part of JSON Schema (draft 2020-12) that our schemas use; any other keyword that constrains
// is a problem, so that nothing passes unchecked.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "model/decode/json_tree.h"
#include "model/outputs/output.h"

namespace pm {

// What of `value` breaks the schema, with its JSON pointer; empty: it obeys. References are looked
// up in the schema itself (`#/$defs/NAME`).
std::string SchemaProblem(const JsonNode& schema, const JsonNode& value);

// Checks outputs against the schemas of their types.
class SchemaChecker {
 public:
  void Check(const Output& output);
  int64_t checked() const { return checked_; }
  // A line for each type that breaks its schema: the first case of it. Empty: all is well.
  std::string Problems() const;

 private:
  std::map<std::string, JsonNode> schemas_;
  std::map<std::string, std::string> problems_;
  int64_t checked_ = 0;
};

}  // namespace pm
