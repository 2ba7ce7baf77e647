// What the fuzzers feed. A target takes any bytes and answers for them in bounded time and memory;
// an answer that cannot be right ends the process (PM_CHECK). Run by libFuzzer (the preset `fuzz`)
// and, over seeds, kept faults and seeded mutations, by `pointsman_fuzz` in every build.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/book.h"

namespace pm::fuzz {

// A rule folder in one text: files of which each begins by a line `=== PATH`. Checked with all
// proofs, and dumped.
void FeedRules(std::string_view bytes);
std::vector<std::string> RuleSeeds();  // the packs and tests/rules, below the working directory
// An expression: parsed, checked, evaluated, written back.
void FeedCel(std::string_view bytes);
std::vector<std::string> CelSeeds();
// A decision table: its hit policy by the first character (f, u, m), then the CSV. What its index
// finds is held against a scan.
void FeedTable(std::string_view bytes);
std::vector<std::string> TableSeeds();
// An event as a publisher sends it.
void FeedEvent(std::string_view bytes);
std::vector<std::string> EventSeeds();
// Bytes as they are stored or sent: the first says what they are to be read as.
void FeedStored(std::string_view bytes);
std::vector<std::string> StoredSeeds();

struct Target {
  std::string_view name;
  void (*feed)(std::string_view bytes);
  std::vector<std::string> (*seeds)();
  size_t most_bytes;  // longer inputs are cut
};
inline constexpr Target kTargets[] = {
    {"rules", FeedRules, RuleSeeds, 64 << 10},     {"cel", FeedCel, CelSeeds, 4 << 10},
    {"table", FeedTable, TableSeeds, 16 << 10},    {"event", FeedEvent, EventSeeds, 64 << 10},
    {"stored", FeedStored, StoredSeeds, 16 << 10},
};

// Between a folder's files and their one text.
std::vector<RuleFile> FilesOf(std::string_view joined);
std::string Joined(const std::vector<RuleFile>& files);

}  // namespace pm::fuzz
