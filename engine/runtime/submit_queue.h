// What publishers have handed in and the engine has not sequenced yet. Bounded; each request is
// stamped with its time when it comes in. Any thread may push; one takes.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/ids.h"
#include "engine/runtime/clock.h"
#include "engine/runtime/rules_document.h"
#include "engine/runtime/rules_history.h"
#include "model/messages/message.h"

namespace pm {

// One event as a publisher sent it.
struct Submission {
  std::string body;
  std::string key;  // partition key; any text
  Mode mode = Mode::kLive;
};
// It is durable, and its whole effect with it.
struct Accepted {
  int64_t position = 0;        // of its last record in the input
  std::vector<EventId> roots;  // a submission's effects carry it as their correlation id
};
// Called once, on the engine's thread: must be quick and must not call the engine's Stop.
using SubmitCallback = std::function<void(const Result<Accepted>&)>;

// Several submissions, one switch, or rows to retry; all of it is in one commit.
struct Request {
  std::vector<Submission> submissions;
  ContentHash switch_to;             // when not zero
  RulesDocument document;            // stored under `switch_to`
  SwitchNote note;                   // of the switch, for the history
  std::vector<std::string> retries;  // keys of parked rows
  SubmitCallback done;
  Instant at;
};

class SubmitQueue {
 public:
  SubmitQueue(const Clock& clock, size_t max_records, size_t max_bytes)
      : clock_(clock), max_records_(max_records), max_bytes_(max_bytes) {}

  // PM0506 full, PM0507 closed, PM0510 a body of more than 256 KiB. On errors nothing is taken and
  // the callback is not called.
  Result<void> Push(Request request);
  void Close();
  void Wake();
  // Times that are handed out are not before this one.
  void NotBefore(Instant at);

  struct Taken {
    std::vector<Request> requests;
    Instant now;  // everything taken is at or before it, everything left at or after it
    bool closed = false;
  };
  // Waits until something is there, Wake or Close is called or `until` has come (by the clock),
  // then takes requests up to the bounds; at least one.
  Taken Take(Instant until, size_t records, size_t bytes, bool wait);

  size_t size() const;  // records waiting

 private:
  Instant NowLocked();

  const Clock& clock_;
  const size_t max_records_, max_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Request> requests_;
  size_t records_ = 0, bytes_ = 0;
  Instant last_at_{0};
  bool closed_ = false;
  bool woken_ = false;
};

}  // namespace pm
