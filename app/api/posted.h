// The body of POST /v1/events, taken apart: one event, a batch, or CloudEvents in binary mode. Pure
// but for what it is given.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time/instant.h"
#include "model/decode/decode.h"
#include "net/http_message.h"
#include "net/problem.h"
#include "rules/book.h"

namespace pm {

inline constexpr size_t kMaxBatch = 10'000;  // events

struct PostedEvent {
  std::string body;     // as the publisher wrote it
  std::string id = {};  // empty until Look, and when it has none
  EventId root = {};    // what comes of it carries this correlation id; known once it is taken
  Event event = {};     // of a single one, as far as it was understood
  Mode mode = Mode::kLive;
  std::vector<DecodeProblem> problems = {};
  EventType type = EventType::kNone;  // until Look, and when it is none that is declared
  bool refused() const;               // one of them is fatal: it goes to dead letters
};

struct Posted {
  std::vector<PostedEvent> events;
  bool is_batch = false;
};

// What is no JSON is one event too: it becomes a dead letter. The problem is the answer, and
// nothing is taken: 413 for a batch of too many events or an event of too many bytes (PM0650), 415
// for the media type (PM0653), 400 for `ce-` headers that are no text (PM0650).
std::expected<Posted, Problem> ReadPosted(const HttpRequest& request);

// Fills in what the engine will say of each event, so that the publisher learns it at once.
void Look(Posted* posted, const RuleBook& rules, Instant now);

// What became of the event that was waited for, when no assignment did.
struct PostOutcome {
  std::string is;    // nurture, held, screened, suppressed, backfill, closed, routing, no_lead
  LeadId lead = {};  // none: nobody has a lead because of it
  std::string reason = {};  // why it was to be routed, or what took it out
  Instant until = kNever;   // end of a hold or a review
};

// 202, or 400 when every event is refused. `outcome` when an assignment was waited for.
HttpResponse AnswerTo(const Posted& posted, const PostOutcome* outcome = nullptr);

}  // namespace pm
