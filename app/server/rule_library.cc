#include "app/server/rule_library.h"

#include <tuple>

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
  ContentHash previous;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "files", &StoredBundle::files, "The sources.");
    v.Field(2, "previous", &StoredBundle::previous, "Bundle in force before it.");
  }
};

}  // namespace

Result<CompiledRules> RuleLibrary::Load(const std::string& folder, ContentHash previous) {
  PM_TRY(std::vector<RuleFile> files, ReadRuleFolder(folder));
  StoredBundle bundle;
  for (const RuleFile& file : files) bundle.files.push_back({file.path, file.text});
  bundle.previous = previous;
  const std::shared_ptr<const RuleBook> before = Find(previous);
  CompileResult compiled = Compile(std::move(files), before.get());
  std::string rendered = compiled.diagnostics.Render();
  if (!compiled.ok()) return Fail(kRulesRefused, std::move(rendered));
  Keep(compiled.book);
  const std::lock_guard lock(mutex_);
  last_warnings_ = std::move(rendered);
  return CompiledRules{compiled.book, Encoded(bundle)};
}

Result<void> RuleLibrary::Restore(const StoreView& store, ContentHash hash) {
  if (Find(hash) != nullptr) return {};
  const std::optional<std::string> document = store.Meta(RulesMetaName(hash));
  StoredBundle bundle;
  if (!document || !Decode(*document, &bundle)) {
    return Fail(kRulesLost,
                fmt::format("the store names rules {} but does not hold them", ToText(hash)));
  }
  // Earlier bundles first, as far as they are kept: running SLAs and cadences may be pinned to
  // them.
  if (bundle.previous) std::ignore = Restore(store, bundle.previous);
  const std::shared_ptr<const RuleBook> before = Find(bundle.previous);
  std::vector<RuleFile> files;
  for (StoredFile& file : bundle.files)
    files.push_back({std::move(file.path), std::move(file.text)});
  CompileResult compiled = Compile(std::move(files), before.get());
  if (!compiled.ok()) return Fail(kRulesLost, compiled.diagnostics.Render());
  // Under another time zone database or release the same sources have another version; the task
  // still asks for them by the hash they were stored under, until the folder is published anew.
  const std::lock_guard lock(mutex_);
  books_.emplace(hash, std::move(compiled.book));
  return {};
}

std::shared_ptr<const RuleBook> RuleLibrary::Find(ContentHash hash) const {
  const std::lock_guard lock(mutex_);
  const auto it = books_.find(hash);
  return it == books_.end() ? nullptr : it->second;
}

std::string RuleLibrary::last_warnings() const {
  const std::lock_guard lock(mutex_);
  return last_warnings_;
}

void RuleLibrary::Keep(std::shared_ptr<const RuleBook> book) {
  const std::lock_guard lock(mutex_);
  const ContentHash hash = book->version();
  books_.emplace(hash, std::move(book));
}

}  // namespace pm
