// `wait=assignment` of POST /v1/events.
#pragma once
#include <memory>

#include "app/api/api.h"
#include "model/messages/event.h"

namespace pm {

// Answers 200 with the first assignment whose root event is `root`, or with what is known already
// of the event's lead; `otherwise` when the time is over, the engine stops, or nothing can come.
// Begin it once the event is durable: by then all its effects are, so only a lead that is held is
// waited for. Lives until it has answered.
class AssignmentWait : public std::enable_shared_from_this<AssignmentWait> {
 public:
  struct Wanted {
    EventId root;
    Event event;
    int64_t after = -1;  // of the topic `assignments`, before the event was taken
    Instant deadline;
  };
  AssignmentWait(ApiContext& context, Wanted wanted, HttpResponse otherwise, Responder responder);

  void Look();  // on a thread of the server

 private:
  bool AnswerFromTopic();
  bool AnswerFromLead();  // or that there is nothing to wait for
  void AwaitNext();

  ApiContext& context_;
  Wanted wanted_;
  HttpResponse otherwise_;
  Responder responder_;
};

}  // namespace pm
