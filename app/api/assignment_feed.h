// What the topic `assignments` says of the events that publishers wait for, found by root. The
// topic is read once for all who wait; nothing is read while nobody does.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "engine/runtime/embedded.h"

namespace pm {

// Any thread. The engine outlives it.
class AssignmentFeed {
 public:
  explicit AssignmentFeed(const Embedded& engine) : engine_(engine) {}
  AssignmentFeed(const AssignmentFeed&) = delete;
  AssignmentFeed& operator=(const AssignmentFeed&) = delete;

  struct Looked {
    std::optional<std::string> json;  // the first event that answers
    int64_t read = -1;                // offset up to which the topic was looked through
  };

  // One who waits. Outlived by the feed; one thread at a time.
  class Ticket {
   public:
    // Take it before the event is submitted: what comes from here on is kept for it.
    explicit Ticket(std::shared_ptr<AssignmentFeed> feed);
    ~Ticket();
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    // What came of the event with this root, which is durable by now. After the first call only
    // what has the same root is kept for the ticket.
    Looked Find(EventId root);

   private:
    const std::shared_ptr<AssignmentFeed> feed_;
    std::optional<int64_t> begin_;
    std::string root_;
  };

 private:
  struct Found {
    int64_t offset;
    std::string json;
  };

  void ReadOn();
  void Forget();  // what came before the oldest ticket that does not know its root

  const Embedded& engine_;
  std::mutex mutex_;  // over all below
  int64_t read_ = -1;
  std::multiset<int64_t> begun_;            // of tickets that do not know their root
  std::multiset<std::string> wanted_;       // roots of those that do
  std::map<std::string, Found> found_;      // by root
  std::deque<std::string> roots_in_order_;  // of found_, by offset
};

}  // namespace pm
