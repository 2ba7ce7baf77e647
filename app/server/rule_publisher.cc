#include "app/server/rule_publisher.h"

#include "engine/runtime/rules_document.h"

namespace pm {
namespace {

Result<std::vector<RuleFile>> FilesOf(const PublishOrder& order, const StoreView& store) {
  if (!order.files.empty()) return order.files;
  Result<std::vector<RuleFile>> stored = StoredSources(store, order.version);
  if (stored.has_value()) return stored;
  return Fail(kNoSuchVersion,
              fmt::format("the engine holds no rules of version {}", ToText(order.version)));
}

}  // namespace

Result<PublishAnswer> RulePublisher::Publish(const PublishOrder& order) {
  const std::lock_guard lock(publishing_);
  const ContentHash in_force = keeper_.in_force();
  if (order.expect && order.expect != in_force) {
    return Fail(kOtherInForce, fmt::format("rules {} are in force by now, not {}", ToText(in_force),
                                           ToText(order.expect)));
  }
  const std::shared_ptr<const RuleBook> current = library_.Find(in_force);
  if (current == nullptr)
    return Fail(kUnknownRules, fmt::format("rules {} are not compiled here", ToText(in_force)));
  const std::unique_ptr<StoreView> store = keeper_.View();
  PM_TRY(std::vector<RuleFile> files, FilesOf(order, *store));
  PM_TRY(const CompiledRules rules,
         library_.CompileFiles(std::move(files), in_force, store.get(), keeper_.shows_rows()));
  PublishAnswer answer{.version = rules.book->version(),
                       .previous = in_force,
                       .published = false,
                       .warnings = rules.warnings,
                       .impact = keeper_.shows_rows() ? ImpactOf(*store, *current, *rules.book)
                                                      : UncountedImpact(*current, *rules.book)};
  const bool again = answer.version == in_force;  // what still runs by older ones goes over
  if (order.dry_run || (again && !order.note.propagate)) return answer;
  if (!again) library_.Keep(rules, in_force);
  const std::optional<std::string> kept =
      again ? ReadRulesDocument(*store, in_force) : std::nullopt;
  PM_TRY_VOID(keeper_.PutInForce(answer.version, kept ? *kept : rules.document, order.note));
  answer.published = true;
  return answer;
}

Result<PublishAnswer> RulePublisher::PublishFolder(const std::string& folder) {
  const std::lock_guard lock(publishing_);
  const ContentHash in_force = keeper_.in_force();
  const std::unique_ptr<StoreView> store = keeper_.View();
  PM_TRY(const CompiledRules rules,
         library_.Load(folder, in_force, store.get(), keeper_.shows_rows()));
  PublishAnswer answer{.version = rules.book->version(),
                       .previous = in_force,
                       .published = false,
                       .warnings = rules.warnings,
                       .impact = {}};
  // Whoever lost the document of what is in force has it again by this.
  if (answer.version == in_force && ReadRulesDocument(*store, in_force)) return answer;
  PM_TRY_VOID(keeper_.PutInForce(answer.version, rules.document, {}));
  answer.published = true;
  return answer;
}

bool RulePublisher::Post(PublishOrder order, Done done) {
  return jobs_.Post([this, order = std::move(order), done = std::move(done)](bool is_its_turn) {
    done(is_its_turn ? Publish(order) : Fail(kStopped, "the engine is stopping"));
  });
}

}  // namespace pm
