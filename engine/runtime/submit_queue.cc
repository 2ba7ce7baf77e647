#include "engine/runtime/submit_queue.h"

#include "engine/runtime/store.h"
#include "engine/runtime/task.h"

namespace pm {

namespace {

constexpr Duration kLongestWait = Hours(1);

size_t BytesOf(const Request& request) {
  size_t bytes = request.document.rest.size() + request.note.message.size();
  bytes += request.document.pieces.size() * sizeof(ContentHash);
  for (const std::string& row : request.retries) bytes += row.size();
  for (const Submission& one : request.submissions) bytes += one.body.size() + one.key.size();
  return bytes;
}

size_t RecordsOf(const Request& request) {
  return request.submissions.size() + request.retries.size() + (request.switch_to ? 1 : 0);
}

}  // namespace

Result<void> SubmitQueue::Push(Request request) {
  for (const Submission& one : request.submissions) {
    if (one.body.size() > kMaxValueBytes)
      return Fail(kTooLarge, fmt::format("a record of {} bytes; the most is {}", one.body.size(),
                                         kMaxValueBytes));
  }
  const size_t records = RecordsOf(request), bytes = BytesOf(request);
  const std::scoped_lock lock(mutex_);
  if (closed_) return Fail(kStopped, "the engine is stopping");
  // A large request finds its place once the queue is empty.
  if (!requests_.empty() && (records_ + records > max_records_ || bytes_ + bytes > max_bytes_))
    return Fail(kOverloaded, fmt::format("{} records ({} bytes) are waiting", records_, bytes_));
  request.at = NowLocked();
  records_ += records;
  bytes_ += bytes;
  requests_.push_back(std::move(request));
  changed_.notify_one();
  return {};
}

void SubmitQueue::Close() {
  const std::scoped_lock lock(mutex_);
  closed_ = true;
  changed_.notify_one();
}

void SubmitQueue::Wake() {
  const std::scoped_lock lock(mutex_);
  woken_ = true;
  changed_.notify_one();
}

void SubmitQueue::NotBefore(Instant at) {
  const std::scoped_lock lock(mutex_);
  last_at_ = std::max(last_at_, at);
}

SubmitQueue::Taken SubmitQueue::Take(Instant until, size_t records, size_t bytes, bool wait) {
  std::unique_lock lock(mutex_);
  const auto ready = [&] { return !requests_.empty() || closed_ || woken_; };
  if (const Duration left = until - clock_.Now(); wait && left.ms > 0)
    changed_.wait_for(lock, std::chrono::milliseconds(std::min(left.ms, kLongestWait.ms)), ready);
  woken_ = false;
  Taken taken;
  size_t taken_records = 0, taken_bytes = 0;
  while (!requests_.empty() && taken_records < records && taken_bytes < bytes) {
    taken_records += RecordsOf(requests_.front());
    taken_bytes += BytesOf(requests_.front());
    taken.requests.push_back(std::move(requests_.front()));
    requests_.pop_front();
  }
  records_ -= taken_records;
  bytes_ -= taken_bytes;
  taken.now = requests_.empty() ? NowLocked() : requests_.front().at;
  taken.closed = closed_ && requests_.empty();
  return taken;
}

size_t SubmitQueue::size() const {
  const std::scoped_lock lock(mutex_);
  return records_;
}

Instant SubmitQueue::NowLocked() {
  last_at_ = std::max(last_at_, clock_.Now());
  return last_at_;
}

}  // namespace pm
