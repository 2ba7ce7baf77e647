// Compiled rule bundles by their hash: what the engine's task asks for at a switch and after a
// start. A bundle's sources travel with it as one document, kept in the store, so that a restart
// compiles what is in force even when the folder has changed. Safe from any thread.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/runtime/store.h"
#include "rules/book.h"

namespace pm {

inline constexpr int kRulesRefused = 732;
inline constexpr int kDropsReps = 736;  // of Load: reps who have leads are not in the rules
inline constexpr int kMovesReps = 737;  // of Load: reps are at another desk than their leads

struct CompiledRules {
  std::shared_ptr<const RuleBook> book;
  std::string document;              // all sources, for the store
  std::string warnings;              // rendered; may be empty
  std::vector<ContentHash> earlier;  // bundles of before that stay pinned, the latest last
};

// The files of a bundle that the store holds. PM0733.
Result<std::vector<RuleFile>> StoredSources(const StoreView& store, ContentHash hash);

// Compiles what the store holds of a bundle; `previous` (may be null) is what was in force before
// it: its pinned policies and cadences stay to be found. PM0733.
Result<std::shared_ptr<const RuleBook>> CompileStored(const StoreView& store, ContentHash hash,
                                                      const RuleBook* previous);

class RuleLibrary {
 public:
  // Of the books beside what was kept last, and what was in force before it, those asked for last
  // are kept: so many in all, at least 2.
  explicit RuleLibrary(size_t most = 2) : most_(most) {}

  // Compiles a folder's files, or such as came otherwise, sorted by path; keeps nothing. Policies
  // of what runs now (`previous`, or zero) stay to be found. Of earlier bundles in `store` (null:
  // none is known, all stay) only those stay pinned that have policies or cadences which no later
  // one has, and which its rows need, if it `shows_rows`; as long as leads are told with the same
  // fields without the others, so that a replay that keeps them all is the same.
  // PM0732 with the rendered diagnostics when the rules are refused; PM0736 when they drop a rep
  // who has leads, PM0737 when they move one to another desk.
  Result<CompiledRules> CompileFiles(std::vector<RuleFile> files, ContentHash previous,
                                     const StoreView* store = nullptr,
                                     bool shows_rows = true) const;
  // Keeps the book beside what runs now. Before it is published.
  void Keep(const CompiledRules& rules, ContentHash previous);
  // Reads a folder, and does both.
  Result<CompiledRules> Load(const std::string& folder, ContentHash previous,
                             const StoreView* store = nullptr, bool shows_rows = true);
  // Compiles what the store holds of a bundle and keeps the book. PM0733 when it cannot.
  Result<void> Restore(const StoreView& store, ContentHash hash);
  std::shared_ptr<const RuleBook> Find(ContentHash hash) const;  // null: not known
  bool last_refused() const;  // the last Load failed: what is in force is older

 private:
  std::vector<ContentHash> EarlierThan(ContentHash previous) const;

  struct Kept {
    std::shared_ptr<const RuleBook> book;
    std::vector<ContentHash> earlier;  // what was in force before it, the latest last
    mutable uint64_t used = 0;         // when it was asked for: larger is later
  };
  // A large book takes long to go: that is for the caller to do, outside the lock.
  [[nodiscard]] std::vector<Kept> LetGo();

  const size_t most_;
  mutable std::mutex mutex_;
  std::map<ContentHash, Kept> kept_;
  mutable uint64_t uses_ = 0;
  bool last_refused_ = false;
};

}  // namespace pm
