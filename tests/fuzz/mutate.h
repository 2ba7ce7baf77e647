// Seeded mutations of texts: the same seed gives the same text on every machine.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"

namespace pm::fuzz {

class Mutator {
 public:
  // Not empty.
  explicit Mutator(std::vector<std::string> seeds);
  // One of the seeds, changed in some places, at most so long.
  std::string Text(uint64_t seed, size_t most_bytes) const;
  // What the seeds are made of: names, numbers, signs. Each once, sorted.
  const std::vector<std::string>& words() const { return words_; }

 private:
  void Change(std::string* text, Random* random) const;

  std::vector<std::string> seeds_;
  std::vector<std::string> words_;
};

}  // namespace pm::fuzz
