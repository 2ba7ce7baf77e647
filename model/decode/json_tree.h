// A JSON document as a small tree. Numbers keep the token they were written with, so that no double
// comes between a publisher's decimal and ours, and a number that fits no type is its field's
// problem.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pm {

struct JsonMember;

struct JsonNode {
  enum class Kind : uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string text;  // string, or the number's token
  std::vector<JsonNode> items;
  std::vector<JsonMember> members;  // in the order written; names may repeat

  const JsonNode* Find(std::string_view name) const;  // the last of that name; null when absent
  // Down a path of names; this node for an empty path, null when a step of it is absent.
  const JsonNode* At(std::initializer_list<std::string_view> path) const;
  // The string or number token there; empty when there is none. Lives as long as the tree.
  std::string_view Text(std::initializer_list<std::string_view> path) const;
  bool is(Kind k) const { return kind == k; }
};

struct JsonMember {
  std::string name;
  JsonNode value;
};

// Errors: PM0301 with what is wrong: no JSON, deeper than 16 levels, bytes after the end.
Result<JsonNode> ParseJson(std::string_view json);

// The elements of an array, or the document itself when it is an object, as they stand. PM0300.
Result<std::vector<std::string_view>> SplitBatch(std::string_view json);

}  // namespace pm
