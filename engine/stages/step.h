// One step of a stage: an input and the rows before it go in, effects come out. Pure: no clock,
// I/O, thread, float, log or unordered iteration in engine/stages. Effects are row writes, messages
// and outputs, nothing else; they take hold together when the batch commits, or not at all.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/stages/rows.h"
#include "model/messages/message.h"
#include "model/outputs/events.h"

namespace pm {

class RuleBook;

// The rows that events of that mode act on: the past is the live world's.
constexpr World WorldOf(Mode mode) {
  return mode == Mode::kShadow ? World::kShadow : mode == Mode::kTest ? World::kTest : World::kLive;
}
// What a world's own timers publish in, where no row says.
constexpr Mode ModeOf(World world) {
  return world == World::kShadow ? Mode::kShadow
         : world == World::kTest ? Mode::kTest
                                 : Mode::kLive;
}

// A row whose due lies before the tick. Its key says which stage it belongs to, and as stored also
// which world.
struct RowDue {
  std::string key;
  Instant due;
  Instant tick_before = kNever;  // W of the task's tick before this one; kNever: there was none
};
using Input = std::variant<Message, RowDue>;

struct Effects {
  std::vector<RowEdit> rows;
  std::vector<Message> messages;
  std::vector<Output> outputs;
};

// Body of the message of type kNone by which a stage hears of other rules, when what runs is to go
// over to them; else it is empty.
inline constexpr std::string_view kPropagates = "propagate";

class Step {
 public:
  Step(Instant now, EventId cause, EventId root, Instant at, Mode mode, uint32_t hops,
       const RuleBook& rules, RowReader& below, Effects& out);

  const Instant now;    // the record's `at`; for a timer its due (or the tick, when very late)
  const EventId cause;  // what this step's effects derive their ids from
  EventId root;         // first record of the chain; a timer takes its row's
  Instant at;
  Mode mode;  // of what is sent and published; always of the world of `rows`
  // Mode `backfill`: what it says fills what is known, and sets nothing in motion.
  bool past;
  Instant tick_before = kNever;  // of a timer: see RowDue
  const uint32_t hops;
  const RuleBook& rules;
  Rows rows;

  // From here on the step is one of that mode, with the rows of its world.
  void Enter(Mode next) {
    mode = next;
    past = next == Mode::kBackfill;
    rows.Enter(WorldOf(next));
  }

  // Sends to the task that owns `key`. A ninth message in a chain becomes a dead letter instead.
  template <Described M>
  void Send(Stage to, std::string key, MessageType type, const M& body) {
    SendBytes(to, std::move(key), type, Encoded(body));
  }
  void SendBytes(Stage to, std::string key, MessageType type, std::string body);

  // Publishes an event of `type` (`lead.created`) with its data, whose head it fills; the topic
  // follows from the struct.
  template <class E>
  void Publish(std::string_view type, std::string key, E&& data) {
    FillHead(&data);
    BeginOutput(std::remove_cvref_t<E>::kTopic, type, std::move(key));
    AppendOutputJson(data, &json_);
    EndOutput();
  }
  // What was not understood, with its bytes: nothing is dropped in silence.
  void DeadLetter(std::string_view reason, std::string detail, std::string_view pointer,
                  std::string_view original);

 private:
  void FillHead(OutHead* head) const;
  // An output whose JSON stands up to the value of `data`, its last member.
  void BeginOutput(Topic topic, std::string_view type, std::string key);
  void EndOutput();

  uint32_t ordinal_ = 0;
  std::string json_;  // of the output at hand: grows once, each output keeps a copy of its size
  Effects& out_;
};

// The stages. Each takes only messages and rows of its own kind; anything else is a broken
// invariant.
void RunIntake(Step& step, const Message& message);
void RunIdentity(Step& step, const Input& input);
void RunAccount(Step& step, const Input& input);
void RunDesk(Step& step, const Input& input);

// The step of a due row erased the row or moved its due on; else it would fire again in the same
// tick, for ever. Throws BrokenInvariant.
void CheckAdvanced(const RowDue& due, const Effects& effects);

// Which stage a row belongs to, by its stored key's prefix.
Stage StageOfRow(std::string_view stored_key);

// One step: what the runtime, tests and replays call. Throws BrokenInvariant with nothing changed.
// `gets`, if given, receives the number of rows looked up.
Effects Run(Stage stage, RowReader& below, const Input& input, Instant now, EventId cause,
            const RuleBook& rules, size_t* gets = nullptr);

}  // namespace pm
