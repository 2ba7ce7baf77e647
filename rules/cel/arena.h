// Memory for the values of one evaluation: taken in order, given back all at once. One thread.
#pragma once
#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pm::cel {

class Arena {
 public:
  explicit Arena(size_t limit_bytes) : limit_(limit_bytes) {}

  // Zero-filled is not promised. Null past the limit: the caller turns that into an error.
  void* Allocate(size_t bytes) {
    bytes = (bytes + 7) & ~size_t{7};
    if (bytes > limit_ - used_) return nullptr;
    used_ += bytes;
    if (bytes > left_) Grow(bytes);
    char* result = next_;
    next_ += bytes;
    left_ -= bytes;
    return result;
  }

  template <class T>
    requires std::is_trivially_destructible_v<T>
  T* New(size_t count) {
    count = std::max<size_t>(count, 1);  // so that null always means that there is no room
    void* memory = count > limit_ / sizeof(T) ? nullptr : Allocate(count * sizeof(T));
    return memory == nullptr ? nullptr : new (memory) T[count];
  }

  // Everything handed out is gone; the first block is kept for the next evaluation.
  void Reset() {
    if (used_ == 0) return;
    used_ = 0;
    blocks_.resize(1);
    next_ = blocks_.front().get();
    left_ = kBlock;
  }
  size_t used() const { return used_; }

 private:
  static constexpr size_t kBlock = 4096;

  void Grow(size_t bytes) {
    const size_t size = blocks_.empty() || bytes <= kBlock ? std::max(bytes, kBlock) : bytes;
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    next_ = blocks_.back().get();
    left_ = size;
  }

  size_t limit_, used_ = 0, left_ = 0;
  char* next_ = nullptr;
  std::vector<std::unique_ptr<char[]>> blocks_;
};

}  // namespace pm::cel
