#include "app/server/rule_library.h"

#include <algorithm>
#include <ranges>
#include <set>

#include "app/server/rules_in_use.h"
#include "base/describe.h"
#include "engine/runtime/rules_document.h"
#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {
namespace {

constexpr int kRulesLost = 733;
constexpr size_t kShownReps = 10;

struct StoredFile {
  std::string path, text;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "path", &StoredFile::path, "Path within the rule folder.");
    v.Field(2, "text", &StoredFile::text, "What it holds.");
  }
};

struct StoredBundle {
  std::vector<StoredFile> files;
  std::vector<ContentHash> earlier;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "files", &StoredBundle::files, "The sources.");
    v.Field(2, "earlier", &StoredBundle::earlier, "Bundles in force before it, the latest last.");
  }
};

std::optional<StoredBundle> ReadBundle(const StoreView& store, ContentHash hash) {
  const std::optional<std::string> document = ReadRulesDocument(store, hash);
  StoredBundle bundle;
  if (!document || !Decode(*document, &bundle)) return std::nullopt;
  return bundle;
}

// Each bundle on top of the one before, as far as the store holds them.
std::shared_ptr<const RuleBook> CompileChain(const StoreView& store,
                                             const std::vector<ContentHash>& bundles) {
  std::shared_ptr<const RuleBook> book;
  for (const ContentHash bundle : bundles) {
    if (auto next = CompileStored(store, bundle, book.get())) book = *std::move(next);
  }
  return book;
}

// Without the bundles, the last excepted, none of whose policies and cadences is in use, or all of
// whose stand in later ones, `rules` the last of these.
std::vector<ContentHash> WithoutUnneeded(const StoreView& store, bool shows_rows,
                                         const RuleBook& rules,
                                         const std::vector<ContentHash>& bundles) {
  if (bundles.size() < 2) return bundles;
  const auto used = shows_rows ? DocumentsInUse(store) : std::nullopt;
  const std::vector<ContentHash> own = rules.OwnDocuments();
  std::set<ContentHash> found(own.begin(), own.end());
  std::vector<ContentHash> needed;
  for (const ContentHash bundle : bundles | std::views::reverse) {
    const auto book = CompileStored(store, bundle, nullptr);
    bool is_needed = bundle == bundles.back() || (!book && !used);
    for (const ContentHash document : book ? (*book)->OwnDocuments() : std::vector<ContentHash>())
      is_needed |= found.insert(document).second && (!used || used->contains(document));
    if (is_needed) needed.push_back(bundle);
  }
  std::ranges::reverse(needed);
  return needed;
}

std::string ListOf(const std::vector<std::string>& reps) {
  const std::span<const std::string> shown =
      std::span(reps).first(std::min(reps.size(), kShownReps));
  return fmt::format("{}{}", fmt::join(shown, ", "), reps.size() > shown.size() ? ", ..." : "");
}

Result<void> CheckReps(const StoreView& store, const RuleBook& rules) {
  if (const auto dropped = DroppedRepsWithLeads(store, rules); !dropped.empty()) {
    std::vector<std::string> reps;
    for (const RepWithLeads& one : dropped) {
      reps.push_back(fmt::format("{} ({}{} lead{})", one.rep, one.leads,
                                 one.leads >= kMostLeadsCounted ? " or more" : "",
                                 one.leads == 1 ? "" : "s"));
    }
    return Fail(kDropsReps,
                fmt::format("the rules drop {} who {} leads: {}",
                            dropped.size() == 1 ? "a rep" : fmt::format("{} reps", dropped.size()),
                            dropped.size() == 1 ? "has" : "have", ListOf(reps)));
  }
  if (const auto moved = MovedReps(store, rules); !moved.empty()) {
    return Fail(kMovesReps, fmt::format("the rules move reps who have leads to another desk: {}",
                                        ListOf(moved)));
  }
  return {};
}

}  // namespace

Result<std::vector<RuleFile>> StoredSources(const StoreView& store, ContentHash hash) {
  const std::optional<StoredBundle> bundle = ReadBundle(store, hash);
  if (!bundle) {
    return Fail(kRulesLost, fmt::format("the store does not hold the rules {}", ToText(hash)));
  }
  std::vector<RuleFile> files;
  for (const StoredFile& file : bundle->files) files.push_back({file.path, file.text});
  return files;
}

Result<std::shared_ptr<const RuleBook>> CompileStored(const StoreView& store, ContentHash hash,
                                                      const RuleBook* previous) {
  PM_TRY(std::vector<RuleFile> files, StoredSources(store, hash));
  CompileResult compiled = Compile(std::move(files), previous);
  if (!compiled.ok()) return Fail(kRulesLost, compiled.diagnostics.Render());
  return compiled.book;
}

Result<CompiledRules> RuleLibrary::Load(const std::string& folder, ContentHash previous,
                                        const StoreView* store, bool shows_rows) {
  Result<std::vector<RuleFile>> files = ReadRuleFolder(folder);
  Result<CompiledRules> rules = files.has_value()
                                    ? CompileFiles(*std::move(files), previous, store, shows_rows)
                                    : std::unexpected(files.error());
  if (rules.has_value()) Keep(*rules, previous);
  const std::lock_guard lock(mutex_);
  last_refused_ = !rules.has_value();
  return rules;
}

Result<CompiledRules> RuleLibrary::CompileFiles(std::vector<RuleFile> files, ContentHash previous,
                                                const StoreView* store, bool shows_rows) const {
  StoredBundle bundle;
  for (const RuleFile& file : files) bundle.files.push_back({file.path, file.text});
  CompileResult compiled = CompileProved(files, Find(previous).get());
  std::string rendered = compiled.diagnostics.Render();
  if (!compiled.ok()) return Fail(kRulesRefused, std::move(rendered));
  bundle.earlier = EarlierThan(previous);
  if (store != nullptr) {
    if (shows_rows) PM_TRY_VOID(CheckReps(*store, *compiled.book));
    std::vector<ContentHash> needed =
        WithoutUnneeded(*store, shows_rows, *compiled.book, bundle.earlier);
    if (needed != bundle.earlier) {
      CompileResult lean = Compile(std::move(files), CompileChain(*store, needed).get());
      if (lean.ok() && lean.book->card_fields == compiled.book->card_fields) {
        compiled.book = lean.book;
        bundle.earlier = std::move(needed);
      }
    }
  }
  std::erase(bundle.earlier, compiled.book->version());
  return CompiledRules{compiled.book, Encoded(bundle), std::move(rendered),
                       std::move(bundle.earlier)};
}

void RuleLibrary::Keep(const CompiledRules& rules, ContentHash previous) {
  std::vector<Kept> gone;
  const std::lock_guard lock(mutex_);
  if (const auto in_force = kept_.find(previous); in_force != kept_.end())
    in_force->second.used = ++uses_;
  // When earlier rules come back, this book is pinned to more than the one of then.
  kept_[rules.book->version()] = {rules.book, rules.earlier, ++uses_};
  gone = LetGo();
}

std::vector<RuleLibrary::Kept> RuleLibrary::LetGo() {
  std::vector<Kept> gone;
  while (kept_.size() > most_) {
    const auto oldest =
        std::ranges::min_element(kept_, {}, [](const auto& one) { return one.second.used; });
    gone.push_back(std::move(oldest->second));
    kept_.erase(oldest);
  }
  return gone;
}

std::vector<ContentHash> RuleLibrary::EarlierThan(ContentHash previous) const {
  const std::lock_guard lock(mutex_);
  std::vector<ContentHash> earlier;
  if (const auto known = kept_.find(previous); known != kept_.end())
    earlier = known->second.earlier;
  if (previous) earlier.push_back(previous);
  return earlier;
}

Result<void> RuleLibrary::Restore(const StoreView& store, ContentHash hash) {
  if (Find(hash) != nullptr) return {};
  // Earlier bundles first, as far as they are kept: running SLAs and cadences may be pinned to
  // them.
  const std::vector<ContentHash> all = ReadBundle(store, hash).value_or(StoredBundle{}).earlier;
  const std::shared_ptr<const RuleBook> before = CompileChain(store, all);
  PM_TRY(std::shared_ptr<const RuleBook> book, CompileStored(store, hash, before.get()));
  // Under another time zone database or release the same sources have another version; the task
  // still asks for them by the hash they were stored under, until the folder is published anew.
  std::vector<Kept> gone;
  const std::lock_guard lock(mutex_);
  kept_[hash] = {std::move(book), all, ++uses_};
  gone = LetGo();
  return {};
}

std::shared_ptr<const RuleBook> RuleLibrary::Find(ContentHash hash) const {
  const std::lock_guard lock(mutex_);
  const auto it = kept_.find(hash);
  if (it == kept_.end()) return nullptr;
  it->second.used = ++uses_;
  return it->second.book;
}

bool RuleLibrary::last_refused() const {
  const std::lock_guard lock(mutex_);
  return last_refused_;
}

}  // namespace pm
