// Where rules are in force and kept: in an embedded engine, or on a Kafka (kafka_rules.h). Any
// thread.
#pragma once
#include <memory>
#include <string_view>

#include "engine/runtime/embedded.h"

namespace pm {

inline constexpr int kNotCompiledByAll = 748;  // a worker has not compiled the rules

// `rules VERSION are in force, published by ann: why`, for a log.
std::string InForceLine(ContentHash rules, const SwitchNote& note);

class RulesKeeper {
 public:
  virtual ~RulesKeeper() = default;
  virtual ContentHash in_force() const = 0;  // zero: none yet
  // Documents of rules and the history of their switches. Short-lived.
  virtual std::unique_ptr<StoreView> View() const = 0;
  // The view holds what runs under the rules, too: leads, reps, SLAs.
  virtual bool shows_rows() const = 0;
  // Returns once they are in force, which the log says, or not: then nothing has changed.
  virtual Result<void> PutInForce(ContentHash rules, std::string_view document,
                                  const SwitchNote& note) = 0;
};

class EmbeddedRules final : public RulesKeeper {
 public:
  explicit EmbeddedRules(Embedded& engine) : engine_(engine) {}  // outlives it
  ContentHash in_force() const override { return engine_.status().meta.rules; }
  std::unique_ptr<StoreView> View() const override { return engine_.View(); }
  bool shows_rows() const override { return true; }
  // What Embedded::Publish says. Not on the engine's thread.
  Result<void> PutInForce(ContentHash rules, std::string_view document,
                          const SwitchNote& note) override;

 private:
  Embedded& engine_;
};

}  // namespace pm
