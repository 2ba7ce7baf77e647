// The texts of a rule folder while they are compiled, and after for diagnostics.
#pragma once
#include <deque>
#include <string_view>
#include <vector>

#include "base/text/source.h"
#include "rules/book.h"

namespace pm {

class SourceSet {
 public:
  explicit SourceSet(const std::vector<RuleFile>& files) {
    for (const RuleFile& file : files) sources_.emplace_back(file.path, file.text);
  }
  const std::deque<Source>& all() const { return sources_; }
  const Source* Find(std::string_view path) const {
    for (const Source& source : sources_) {
      if (source.path() == path) return &source;
    }
    return nullptr;
  }

 private:
  std::deque<Source> sources_;  // never moved: places point at them
};

// Where a text begins, for what is wrong with the whole of it.
inline SourcePlace PlaceOfFile(const Source& source) { return {&source, {1, 1}, 1}; }

}  // namespace pm
