// Shared by the tests of commands: calls one as main() would, over a folder of its own.
#pragma once
#include <gmock/gmock.h>

#include <functional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "app/commands/commands.h"
#include "app/commands/files.h"
#include "app/server/rule_library.h"
#include "engine/runtime/embedded.h"
#include "engine/runtime/testing.h"

namespace pm {

struct CommandOutcome {
  int code;
  std::string out, err;
};

inline CommandOutcome Call(std::string_view name,
                           std::vector<std::pair<std::string, std::string>> options) {
  Arguments arguments;
  for (auto& [key, value] : options) arguments.Set(key, value);
  std::istringstream in;
  std::ostringstream out, err;
  Streams streams{in, out, err};
  const auto command = std::ranges::find(Commands(), name, &CommandDecl::name);
  EXPECT_NE(command, Commands().end()) << name;
  const int code = RunCommand(*command, arguments, streams);
  return {code, out.str(), err.str()};
}

inline constexpr char kRules[] =
    "kind: routing\nroutes: []\notherwise: { to: { pool: house } }\n---\n"
    "kind: team\npools: { house: { strategy: queue } }\n";
inline constexpr char kEvent[] =
    R"({"specversion":"1.0","id":"1","source":"t","type":"lead.submitted",)"
    R"("time":"2026-03-02T09:00:00Z","data":{"email":"a@c.example","hand_raise":true}})";

class CommandsTest : public testing::Test {
 protected:
  CommandsTest() {
    Write("rules/rules.yaml", kRules);
    Write("events.jsonl", kEvent);
  }
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }
  void Write(const std::string& name, std::string_view text) {
    EXPECT_TRUE(MakeFolder(Path(name.substr(0, name.find_last_of('/') + 1))).has_value());
    EXPECT_TRUE(WriteWholeFile(Path(name), text).has_value());
  }
  // An engine that took one lead under the folder `rules`, and stopped.
  void RunEngine(const std::string& data) const {
    const auto store = OpenRocks(data);
    const ManualClock clock(Instant{1'772'442'000'000});
    RuleLibrary library;
    const auto rules = library.Load(Path("rules"), {});
    ASSERT_TRUE(rules.has_value()) << rules.error().text;
    Embedded engine(
        *store, {}, RealStages(), [&](ContentHash hash) { return library.Find(hash); }, clock,
        rules->book->version(), rules->document);
    ASSERT_TRUE(engine.Submit({{kEvent, "", Mode::kLive}}, nullptr).has_value());
    engine.RunUntilIdle();
  }
  static void Damage(const std::string& data, const std::function<void(Store&)>& how) {
    how(*OpenRocks(data));
  }
  ScratchDirectory folder_;
};

}  // namespace pm
