#include "app/server/rule_library.h"

#include "base/describe.h"
#include "engine/runtime/embedded_log.h"
#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {
namespace {

constexpr int kRulesRefused = 732;
constexpr int kRulesLost = 733;

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
  const std::optional<std::string> document = store.Meta(RulesMetaName(hash));
  StoredBundle bundle;
  if (!document || !Decode(*document, &bundle)) return std::nullopt;
  return bundle;
}

}  // namespace

Result<std::shared_ptr<const RuleBook>> CompileStored(const StoreView& store, ContentHash hash,
                                                      const RuleBook* previous) {
  const std::optional<StoredBundle> bundle = ReadBundle(store, hash);
  if (!bundle) {
    return Fail(kRulesLost,
                fmt::format("the store names rules {} but does not hold them", ToText(hash)));
  }
  std::vector<RuleFile> files;
  for (const StoredFile& file : bundle->files) files.push_back({file.path, file.text});
  CompileResult compiled = Compile(std::move(files), previous);
  if (!compiled.ok()) return Fail(kRulesLost, compiled.diagnostics.Render());
  return compiled.book;
}

Result<CompiledRules> RuleLibrary::Load(const std::string& folder, ContentHash previous) {
  Result<CompiledRules> rules = CompileFolder(folder, previous);
  const std::lock_guard lock(mutex_);
  last_refused_ = !rules.has_value();
  return rules;
}

Result<CompiledRules> RuleLibrary::CompileFolder(const std::string& folder, ContentHash previous) {
  PM_TRY(std::vector<RuleFile> files, ReadRuleFolder(folder));
  StoredBundle bundle;
  for (const RuleFile& file : files) bundle.files.push_back({file.path, file.text});
  const std::shared_ptr<const RuleBook> before = Find(previous);
  CompileResult compiled = Compile(std::move(files), before.get());
  std::string rendered = compiled.diagnostics.Render();
  if (!compiled.ok()) return Fail(kRulesRefused, std::move(rendered));
  const ContentHash version = compiled.book->version();
  const std::lock_guard lock(mutex_);
  if (const auto known = kept_.find(previous); known != kept_.end())
    bundle.earlier = known->second.earlier;
  if (previous) bundle.earlier.push_back(previous);
  std::erase(bundle.earlier, version);
  // When earlier rules come back, this book is pinned to more than the one of then.
  kept_[version] = {compiled.book, bundle.earlier};
  last_warnings_ = std::move(rendered);
  return CompiledRules{compiled.book, Encoded(bundle)};
}

Result<void> RuleLibrary::Restore(const StoreView& store, ContentHash hash) {
  if (Find(hash) != nullptr) return {};
  // Earlier bundles first, as far as they are kept: running SLAs and cadences may be pinned to
  // them.
  const std::vector<ContentHash> all = ReadBundle(store, hash).value_or(StoredBundle{}).earlier;
  std::shared_ptr<const RuleBook> before;
  for (const ContentHash earlier : all) {
    if (auto book = CompileStored(store, earlier, before.get())) before = *std::move(book);
  }
  PM_TRY(std::shared_ptr<const RuleBook> book, CompileStored(store, hash, before.get()));
  // Under another time zone database or release the same sources have another version; the task
  // still asks for them by the hash they were stored under, until the folder is published anew.
  const std::lock_guard lock(mutex_);
  kept_[hash] = {std::move(book), all};
  return {};
}

std::shared_ptr<const RuleBook> RuleLibrary::Find(ContentHash hash) const {
  const std::lock_guard lock(mutex_);
  const auto it = kept_.find(hash);
  return it == kept_.end() ? nullptr : it->second.book;
}

bool RuleLibrary::last_refused() const {
  const std::lock_guard lock(mutex_);
  return last_refused_;
}

std::string RuleLibrary::last_warnings() const {
  const std::lock_guard lock(mutex_);
  return last_warnings_;
}

}  // namespace pm
