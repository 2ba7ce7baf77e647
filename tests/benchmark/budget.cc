// `pointsman_budget`: what each kind of event costs, counted exactly: rows looked up, looked up in
// the store, written, bytes written, allocations. One JSON object a kind, per thousand events. Same
// seed, same counts; held against docs/ARCHITECTURE.md by tests/budget.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "engine/runtime/memory_store.h"
#include "tests/benchmark/company.h"
#include "tests/benchmark/rules.h"

namespace {
uint64_t allocations = 0;  // one thread
}

void* operator new(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace pm::bench {
namespace {

enum class Kind : uint8_t { kAccount, kVisit, kLead, kReaction, kDue };
constexpr std::array<std::string_view, 5> kNames = {"account upserted", "visit", "lead submitted",
                                                    "reaction", "due firing"};
struct Counts {
  uint64_t events = 0, gets = 0, store_gets = 0, rows = 0, bytes = 0, allocations = 0;
};

// The engine's task with a commit after every record, so that nothing is shared between two.
class Counted {
 public:
  Counted()
      : rules_(BenchRules()), task_(store_, TaskSettings{}, RealStages(), ProviderOf(rules_)) {
    Apply(EncodeRecord(SwitchRecord{rules_->version()}), Instant{0});
  }

  // What it published.
  std::vector<SealedOutput> Event(const CompanyEvent& event) {
    Message message = RootMessage(event.json, "", Mode::kLive, ++ordinal_);
    return Count(static_cast<Kind>(event.kind), EncodeMessageRecord(message), event.at);
  }
  // Fires the first due before `until`, by a tick of its own; false when there is none.
  bool Fire(Instant until, Instant* at, std::vector<SealedOutput>* outputs) {
    const std::optional<DueKey> due = task_.NextDue(until);
    if (!due) return false;
    *at = std::max(due->due, task_.meta().tick) + Milliseconds(1);
    if (*at > until) return false;
    *outputs = Count(Kind::kDue, EncodeRecord(TickRecord{*at}), *at);
    return true;
  }
  void StartCounting() { counts_ = {}; }
  const std::array<Counts, kNames.size()>& counts() const { return counts_; }

 private:
  std::vector<SealedOutput> Count(Kind kind, std::string record, Instant at) {
    const TaskCounters before = task_.counters();
    const uint64_t allocated = allocations;
    const size_t record_bytes = record.size();
    const CommitSet set = Apply(std::move(record), at);
    Counts& counts = counts_[static_cast<size_t>(kind)];
    counts.allocations += allocations_in_task_ - allocated;
    const TaskCounters after = task_.counters();
    counts.events += kind == Kind::kDue ? after.fired - before.fired : 1;
    counts.gets += after.gets - before.gets;
    counts.store_gets += after.store_gets - before.store_gets;
    counts.rows += after.rows_written - before.rows_written;
    counts.bytes += record_bytes + after.row_bytes_written - before.row_bytes_written +
                    after.output_bytes - before.output_bytes;
    return set.outputs;
  }
  CommitSet Apply(std::string record, Instant at) {
    const Record one{record, position_++, at};
    while (!task_.Apply(one)) {
    }
    CommitSet set = task_.Seal();
    allocations_in_task_ = allocations;
    PM_CHECK(WriteState(store_, set).has_value());
    task_.Committed();
    return set;
  }

  const std::shared_ptr<const RuleBook> rules_;
  MemoryStore store_;
  Task task_;
  int64_t position_ = 0, ordinal_ = 0;
  uint64_t allocations_in_task_ = 0;
  std::array<Counts, kNames.size()> counts_{};
};

void Run(Counted& counted) {
  constexpr int64_t kWarmLeads = 200;
  Company company({.seed = 11, .leads = 1'200});
  const auto react = [&](const std::vector<SealedOutput>& outputs, Instant now) {
    for (const SealedOutput& sealed : outputs) {
      PM_CHECK(sealed.output.topic != Topic::kDeadLetters);
      company.React(sealed.output, now);
    }
  };
  bool warm = false;
  const Instant start = CompanySettings{}.start;
  for (Instant now = start; !company.done(); now = now + Seconds(1)) {
    if (!std::exchange(warm, warm || company.leads() > kWarmLeads) && warm) counted.StartCounting();
    Instant at;
    for (std::vector<SealedOutput> outputs; counted.Fire(now, &at, &outputs);) react(outputs, at);
    CompanyEvent event;
    while (company.Next(now, &event)) {
      event.at = now;
      react(counted.Event(event), now);
    }
  }
}

void Print(const Counted& counted) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    const Counts& c = counted.counts()[i];
    const auto each = [&](uint64_t n) { return n * 1000 / std::max<uint64_t>(c.events, 1); };
    fmt::print(
        R"({{"kind":"{}","events":{},"gets":{},"store_gets":{},"rows":{},"bytes":{},"allocations":{}}})"
        "\n",
        kNames[i], c.events, each(c.gets), each(c.store_gets), each(c.rows), each(c.bytes),
        each(c.allocations));
  }
}

}  // namespace
}  // namespace pm::bench

int main() {
  pm::bench::Counted counted;
  pm::bench::Run(counted);
  pm::bench::Print(counted);
  return 0;
}
