// For tests of reshape only: the demo's afternoon on one machine, and stores to divide it among.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "app/commands/packs.h"
#include "app/demo/company.h"
#include "base/time/text.h"
#include "engine/runtime/memory_store.h"
#include "engine/runtime/reshape.h"
#include "engine/runtime/simulated.h"
#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {

inline const std::vector<std::string> kDesks = {"main"};

inline std::shared_ptr<const RuleBook> PackBook() {
  const Result<Pack> pack = FindPack("inbound-saas");
  PM_CHECK(pack.has_value());
  Result<std::vector<RuleFile>> files = ReadRuleFolder(pack->folder);
  PM_CHECK(files.has_value());
  return Compile(*std::move(files)).book;
}

struct Fed {
  Instant at;
  std::string event;
};

// An afternoon on one machine, and what was fed.
class Afternoon {
 public:
  explicit Afternoon(std::shared_ptr<const RuleBook> book)
      : book_(std::move(book)),
        engine_(RealStages(), Provider(), {[this](const Output& output) { Hear(output); }, {}}) {
    const Instant start = ParseInstant("2026-03-03T13:00:00Z").value();
    const Duration span = Hours(3);
    DemoCompany company(7, start, span);
    engine_.Switch(book_->version(), start);
    for (Instant now = start; now < start + span; now = now + Seconds(30)) {
      engine_.AdvanceTo(now);
      engine_.Run();
      for (const JsonNode& output : std::exchange(heard_, {})) company.React(output, now);
      for (std::string& event : company.TakeDue(now)) {
        fed_.push_back({now, event});
        engine_.Feed({event, "", Mode::kLive}, now);
      }
    }
    engine_.Run();
  }

  RuleProvider Provider() const {
    return [this](ContentHash) { return book_; };
  }
  const Store& store() const { return engine_.store(); }
  const std::vector<Fed>& fed() const { return fed_; }
  const RuleBook& book() const { return *book_; }

 private:
  void Hear(const Output& output) {
    if (output.topic == Topic::kDecisions) return;
    heard_.push_back(ParseJson(output.json).value());
  }

  const std::shared_ptr<const RuleBook> book_;
  std::vector<JsonNode> heard_;
  std::vector<Fed> fed_;
  Simulation engine_;
};

struct Parts {
  std::map<TaskId, MemoryStore> stores;
  ReshapeTarget Target() {
    return [this](TaskId task) -> Result<Store*> { return &stores[task]; };
  }
  std::vector<const StoreView*> Views() const {
    std::vector<const StoreView*> views;
    for (const auto& [task, store] : stores) views.push_back(&store);
    return views;
  }
};

struct Contents {
  std::map<std::string, std::string> rows;
  std::vector<DueKey> dues;
  bool operator==(const Contents&) const = default;
};

inline Contents ContentsOf(const StoreView& store) {
  Contents all;
  std::optional<std::string> key;
  for (std::string after; (key = store.NextKey("", after)); after = *key)
    all.rows[*key] = store.Get(*key).value();
  all.dues = store.Dues({Instant{INT64_MIN}, {}}, kNever, SIZE_MAX);
  return all;
}

inline std::set<char> KindsOf(const Contents& contents) {
  std::set<char> kinds;
  for (const auto& [key, value] : contents.rows) kinds.insert(WithoutWorld(key)[0]);
  return kinds;
}

}  // namespace pm
