// `wait=assignment` of POST /v1/events.
#pragma once
#include <memory>

#include "app/api/api.h"
#include "app/api/assignment_feed.h"
#include "app/api/posted.h"
#include "app/views/lead_view.h"
#include "model/messages/event.h"

namespace pm {

// Answers 200 with the first event of the topic `assignments` that came of `root`, or with what is
// known already of the event's lead; else 202 with what became of it. Only a hold or a review that
// ends by itself before the deadline is waited for, as the answer is sure to come; the engine's end
// ends the wait. Begin it once the event is durable: by then all its effects are. Lives until it
// has answered.
class AssignmentWait : public std::enable_shared_from_this<AssignmentWait> {
 public:
  struct Wanted {
    EventId root;
    Event event;
    Mode mode;
    Instant deadline;
    std::unique_ptr<AssignmentFeed::Ticket> ticket;  // from before the event was taken
  };
  // `posted` is what was sent, for the answer 202.
  AssignmentWait(ApiContext& context, Wanted wanted, Posted posted, Responder responder);

  void Look();  // on a thread of the server

 private:
  // The lead's rows after it; nothing when nobody has a lead because of it.
  struct Lead {
    LeadId id;
    LeadRows rows;
  };
  std::optional<Lead> FindRows() const;
  void AnswerKnown(const Lead& lead);
  void AnswerOutcome(const std::optional<Lead>& lead);
  void AwaitNext(int64_t after);

  ApiContext& context_;
  Wanted wanted_;
  Posted posted_;
  Responder responder_;
};

}  // namespace pm
