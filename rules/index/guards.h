// What boxes ask besides that by which they are found: a table of small conjunctions, each kept
// once, since many rules share theirs (the same five size bands a thousand times). Immutable once
// filled; any thread.
#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/index/fact_keys.h"

namespace pm::index {

class Guards {
 public:
  static constexpr uint32_t kNothing = 0;  // asks nothing

  // Of needs by the number of their column.
  struct Asked {
    size_t column;
    const Need* need;
  };
  uint32_t Add(std::span<const Asked> asked);
  // No more will be added.
  void Finish();

  bool Pass(uint32_t guard, std::span<const Column> columns, const FactKeys& facts) const {
    return guard == kNothing || PassAll(guard, columns, facts);
  }
  size_t size() const { return first_need_.size() - 2; }
  size_t bytes() const;

 private:
  struct Test {
    uint32_t begin = 0, end = 0;  // in keys_, or in ranges_
    uint8_t column = 0;
    bool missing = false, present = false, of_keys = false;
  };
  bool PassAll(uint32_t guard, std::span<const Column> columns, const FactKeys& facts) const;
  bool PassOne(const Test& test, const Column& column, const FactKeys& facts) const;

  std::vector<uint32_t> first_need_ = {0, 0};  // by guard: where in tests_; the end last
  std::vector<Test> tests_;
  std::vector<Key> keys_;
  std::vector<Range> ranges_;
  std::unordered_map<std::string, uint32_t> known_;  // until Finish
};

}  // namespace pm::index
