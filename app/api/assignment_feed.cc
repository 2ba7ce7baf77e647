#include "app/api/assignment_feed.h"

#include <algorithm>
#include <array>

#include "engine/runtime/commit_set.h"

namespace pm {
namespace {

constexpr auto kAnswers = std::to_array<std::string_view>(
    {"assignment.routed", "assignment.queued", "assignment.claimed", "assignment.notified",
     "assignment.accepted", "assignment.reassigned", "assignment.released",
     "assignment.transferred", "request.refused"});

std::string_view RootOf(std::string_view json) {
  constexpr std::string_view kKey = "\"correlationid\":\"";
  const size_t at = json.find(kKey);
  if (at == std::string_view::npos) return {};
  const size_t begin = at + kKey.size();
  return json.substr(begin, json.find('"', begin) - begin);
}

}  // namespace

AssignmentFeed::Ticket::Ticket(std::shared_ptr<AssignmentFeed> feed) : feed_(std::move(feed)) {
  const std::lock_guard lock(feed_->mutex_);
  begin_ = feed_->engine_.TopicEnd(Topic::kAssignments) - 1;
  if (feed_->begun_.empty() && feed_->wanted_.empty()) feed_->read_ = *begin_;
  feed_->begun_.insert(*begin_);
}

AssignmentFeed::Ticket::~Ticket() {
  const std::lock_guard lock(feed_->mutex_);
  if (begin_) feed_->begun_.extract(*begin_);
  if (!root_.empty()) feed_->wanted_.extract(root_);
  feed_->Forget();
}

AssignmentFeed::Looked AssignmentFeed::Ticket::Find(EventId root) {
  const std::lock_guard lock(feed_->mutex_);
  feed_->ReadOn();
  if (begin_) {
    root_ = ToText(root);
    feed_->wanted_.insert(root_);
    feed_->begun_.extract(*begin_);
    begin_.reset();
    feed_->Forget();
  }
  Looked looked{{}, feed_->read_};
  const auto found = feed_->found_.find(root_);
  if (found != feed_->found_.end()) looked.json = found->second.json;
  return looked;
}

void AssignmentFeed::ReadOn() {
  for (;;) {
    const auto entries = engine_.ReadTopic(static_cast<uint8_t>(Topic::kAssignments), read_, 500);
    if (!entries.has_value()) {  // trimmed from under us: rows know the rest
      read_ = engine_.TopicEnd(Topic::kAssignments) - 1;
      return;
    }
    if (entries->empty()) return;
    for (const LogEntry& entry : *entries) {
      read_ = entry.offset;
      Output output;
      if (!DecodeOutput(entry.bytes, &output)) continue;
      if (std::ranges::find(kAnswers, output.type) == kAnswers.end()) continue;
      const std::string root(RootOf(output.json));
      if (begun_.empty() && !wanted_.contains(root)) continue;
      const bool first = found_.try_emplace(root, entry.offset, std::move(output.json)).second;
      if (first) roots_in_order_.push_back(root);
    }
  }
}

void AssignmentFeed::Forget() {
  const int64_t oldest = begun_.empty() ? read_ : *begun_.begin();
  std::deque<std::string> kept;
  while (!roots_in_order_.empty()) {
    const auto found = found_.find(roots_in_order_.front());
    if (found->second.offset > oldest) break;
    if (wanted_.contains(found->first)) {
      kept.push_back(found->first);
    } else {
      found_.erase(found);
    }
    roots_in_order_.pop_front();
  }
  roots_in_order_.insert(roots_in_order_.begin(), kept.begin(), kept.end());
}

}  // namespace pm
