// For tests of the runtime only: small stages whose totals do not depend on how partitions
// interleave. Intake passes a Job on; identity counts it and passes it on; account adds it up, sets
// a timer row of its own for it and tells the desk; the desk counts and answers. When the timer
// fires it publishes, tells the desk and is gone.
#pragma once
#include <map>

#include "engine/runtime/task.h"

namespace pm::toy {

// What a Job asks for.
enum class Do : uint8_t {
  kCount = 0,
  kFail = 1,        // the account step breaks an invariant
  kTimerFails = 2,  // its timer's step does
  kTimerStays = 3,  // its timer does not advance
  kTimerAgain = 4,  // its timer fires `amount` times, `delay` apart
  kLoop = 5,        // account sends to itself for ever
  kUnpark = 6,      // moves the timer of the job that `key` names by id
  kErase = 7,       // erases the counter
  kBig = 8,         // writes a row of more than the bound
  kPassOn = 9,      // account sends it on to the key with a `+` behind it, where it counts
  kTimerBack = 10,  // its timer moves itself on, and `timer` (none: itself) back by a message ...
  kBack = 11,       // ... which is this one; what is moved back will do the same to its sender
  kTimerWaits = 12  // its timer fails until other rules are in force
};

inline constexpr ContentHash kRules{1, 1}, kOtherRules{2, 2};

struct Job {
  std::string key;
  int64_t amount = 1;
  Duration delay;
  Do what = Do::kCount;
  EventId timer;
  EventId sender;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "key", &Job::key, "Counter.");
    v.Field(2, "amount", &Job::amount, "Added to it.");
    v.Field(3, "delay", &Job::delay, "Of the timer; 0: none.");
    v.Field(4, "what", &Job::what, "What to do.");
    v.Field(5, "timer", &Job::timer, "Timer to move.");
    v.Field(6, "sender", &Job::sender, "Timer that moves it.");
  }
};

template <char Prefix>
struct Counter {
  struct Key {
    std::string key;
    void Append(std::string* out) const { *out += key; }
  };
  static constexpr char kPrefix = Prefix;
  int64_t jobs = 0, amount = 0, fired = 0;
  std::string note;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "jobs", &Counter::jobs, "Jobs seen.");
    v.Field(2, "amount", &Counter::amount, "Sum of amounts.");
    v.Field(3, "fired", &Counter::fired, "Timers fired.");
    v.Field(4, "note", &Counter::note, "Text.");
  }
};
using TokenCounter = Counter<'t'>;
using AccountCounter = Counter<'p'>;
using DeskCounter = Counter<'R'>;

struct Timer {
  struct Key {
    EventId id;
    void Append(std::string* out) const { EncodeId(id, out); }
  };
  static constexpr char kPrefix = 'l';
  Job job;
  Instant due = kNever;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "job", &Timer::job, "What it fires for.");
    v.Field(2, "due", &Timer::due, "When.");
  }
};

inline void Say(Step& step, std::string_view type, const std::string& key) {
  LeadOutput said;
  said.reason = ToText(step.cause);
  step.Publish(type, key, std::move(said));
}

inline void AccountJob(Step& step, const Message& message, const Job& job) {
  PM_CHECK(job.what != Do::kFail);
  if (job.what == Do::kUnpark) {
    step.rows.Edit<Timer>({job.timer}).due = step.now + job.delay;
    step.rows.Edit<Timer>({job.timer}).job.what = Do::kCount;
    return;
  }
  if (job.what == Do::kBack) {
    Timer& back = step.rows.Edit<Timer>({job.timer});
    back.due = step.now;
    back.job.what = Do::kTimerBack;
    back.job.timer = job.sender;
    return;
  }
  if (job.what == Do::kPassOn) {
    Job there = job;
    there.key += '+';
    there.what = Do::kCount;
    return step.Send(Stage::kAccount, there.key, MessageType::kEvent, there);
  }
  AccountCounter& counter = step.rows.Edit<AccountCounter>({job.key});
  ++counter.jobs;
  counter.amount += job.amount;
  if (job.what == Do::kBig) counter.note.assign(kMaxValueBytes + 1, 'x');
  if (job.what == Do::kErase) step.rows.Erase<AccountCounter>({job.key});
  if (job.what == Do::kLoop) step.Send(Stage::kAccount, job.key, MessageType::kEvent, job);
  // A loop goes through the log where there are several partitions: its timer might fire in
  // between.
  if (job.delay.ms != 0 && job.what != Do::kLoop)
    step.rows.Edit<Timer>({message.root}) = {job, step.now + job.delay};
  Say(step, "lead.created", job.key);
  step.Send(Stage::kDesk, job.key.substr(0, 1), MessageType::kRouteRequest, job);
}

inline void AccountTimer(Step& step, const RowDue& due) {
  EventId id;
  PM_CHECK(DecodeId(std::string_view(due.key).substr(1), &id));
  const Timer* timer = step.rows.Find<Timer>({id});
  PM_CHECK(timer != nullptr);
  const Job job = timer->job;
  ++step.rows.Edit<AccountCounter>({job.key}).fired;
  PM_CHECK(job.what != Do::kTimerFails);
  PM_CHECK(job.what != Do::kTimerWaits || step.rules.version() == kOtherRules);
  Say(step, "lead.updated", job.key);
  step.Send(Stage::kDesk, job.key.substr(0, 1), MessageType::kLeadNotice, job);
  if (job.what == Do::kTimerStays) return;
  if (job.what == Do::kTimerBack) {
    step.rows.Edit<Timer>({id}).due = due.due + job.delay;
    Job back = job;
    back.what = Do::kBack;
    back.sender = id;
    if (!back.timer) back.timer = id;
    return step.Send(Stage::kAccount, job.key, MessageType::kEvent, back);
  }
  if (job.what == Do::kTimerAgain && job.amount > 1) {
    Timer& again = step.rows.Edit<Timer>({id});
    --again.job.amount;
    again.due = due.due + job.delay;
  } else {
    step.rows.Erase<Timer>({id});
  }
}

inline void RunToy(Stage stage, Step& step, const Input& input) {
  const auto* message = std::get_if<Message>(&input);
  if (message == nullptr) return AccountTimer(step, std::get<RowDue>(input));
  Job job;
  if (message->type == MessageType::kNone) return Say(step, "decision.recorded", "switched");
  PM_CHECK(Decode(message->body, &job));
  switch (stage) {
    case Stage::kIntake:
      return step.Send(Stage::kIdentity, job.key, MessageType::kEvent, job);
    case Stage::kIdentity:
      ++step.rows.Edit<TokenCounter>({job.key}).jobs;
      return step.Send(Stage::kAccount, job.key, MessageType::kEvent, job);
    case Stage::kAccount:
      if (message->type == MessageType::kAssignmentChanged) {
        step.rows.Edit<AccountCounter>({job.key}).amount += 1'000'000;
        return;
      }
      return AccountJob(step, *message, job);
    case Stage::kDesk: {
      DeskCounter& counter = step.rows.Edit<DeskCounter>({message->key});
      if (message->type == MessageType::kLeadNotice) {
        ++counter.fired;
        return;
      }
      ++counter.jobs;
      counter.amount += job.amount;
      return step.Send(Stage::kAccount, job.key, MessageType::kAssignmentChanged, job);
    }
  }
}

// A counter and the one that jobs are passed on to belong together.
inline StateRows Rows() {
  StateRows rows;
  rows.due = [](std::string_view key, std::string_view bytes) {
    Timer timer;
    if (key[0] == Timer::kPrefix) PM_CHECK(Decode(bytes, &timer));
    return timer.due;
  };
  rows.head_is_in_bytes = [](std::string_view) { return false; };
  rows.head = [](std::string_view key, std::string_view) {
    if (key[0] != AccountCounter::kPrefix) return std::string();
    return std::string(key.substr(0, key.size() - (key.ends_with('+') ? 1 : 0)));
  };
  rows.rows = [](std::string_view head, std::optional<std::string_view>) {
    return std::vector<std::string>{std::string(head), std::string(head) + "+"};
  };
  rows.rider = [](std::string_view) { return std::string(); };
  return rows;
}

inline StageTable Stages() {
  StageTable table;
  table.state_rows = Rows();
  table.run = [](Stage stage, RowReader& below, const Input& input, Instant now, EventId cause,
                 const RuleBook& rules, size_t* gets) {
    Effects effects;
    const auto* m = std::get_if<Message>(&input);
    Step step(now, cause, m ? m->root : cause, m ? m->at : now, m ? m->mode : Mode::kLive,
              m ? m->hops : 0, rules, below, effects);
    RunToy(stage, step, input);
    effects.rows = step.rows.Take();
    if (gets != nullptr) *gets = step.rows.gets();
    return effects;
  };
  table.stage_of_row = [](std::string_view) { return Stage::kAccount; };
  return table;
}

// Knows two rule books.
inline RuleProvider Rules() {
  auto books = std::make_shared<std::map<ContentHash, std::shared_ptr<const RuleBook>>>();
  for (const ContentHash hash : {kRules, kOtherRules})
    (*books)[hash] = std::make_shared<RuleBook>(std::make_unique<FieldTable>(), Slots{}, hash);
  return [books](ContentHash hash) {
    const auto it = books->find(hash);
    return it == books->end() ? nullptr : it->second;
  };
}

// Sums over the rows of a store; equal for equal work, however it was spread.
struct Totals {
  int64_t token_jobs = 0, account_jobs = 0, account_amount = 0, account_fired = 0;
  int64_t desk_jobs = 0, desk_amount = 0, desk_fired = 0, timers = 0;
  bool operator==(const Totals&) const = default;
};

template <class Row>
void ForEach(const StoreView& store, const auto& visit) {
  const std::string prefix(1, Row::kPrefix);
  std::optional<std::string> key;
  for (std::string after; (key = store.NextKey(prefix, after)); after = *key) {
    Row row;
    PM_CHECK(Decode(store.Get(*key).value(), &row));
    visit(row);
  }
}

inline void AddTotals(const StoreView& store, Totals* totals) {
  ForEach<TokenCounter>(store, [&](const TokenCounter& row) { totals->token_jobs += row.jobs; });
  ForEach<AccountCounter>(store, [&](const AccountCounter& row) {
    totals->account_jobs += row.jobs;
    totals->account_amount += row.amount;
    totals->account_fired += row.fired;
  });
  ForEach<DeskCounter>(store, [&](const DeskCounter& row) {
    totals->desk_jobs += row.jobs;
    totals->desk_amount += row.amount;
    totals->desk_fired += row.fired;
  });
  ForEach<Timer>(store, [&](const Timer&) { ++totals->timers; });
}

}  // namespace pm::toy
