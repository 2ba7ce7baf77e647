// First letters of a changelog's keys, for those who write and read it.
#pragma once
#include <string>
#include <string_view>

#include "engine/runtime/commit_set.h"

namespace pm::changelog_keys {

inline constexpr char kRow = 'r', kBundle = 'b', kMeta = 'm', kOwner = 'o', kSkip = 's';

inline std::string Prefixed(char letter, std::string_view rest) {
  std::string key(1, letter);
  key += rest;
  return key;
}

// Rows that wait for their due.
inline int64_t DuesOf(const TaskMeta& meta) {
  int64_t rows = 0;
  for (const PendingDues& kind : meta.pending) rows += kind.rows;
  return rows;
}

}  // namespace pm::changelog_keys
