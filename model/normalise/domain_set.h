// A set of domains such as lists.free_mail or lists.disposable. Immutable once made: any thread may
// ask.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "model/normalise/string_map.h"

namespace pm {

class DomainSet {
 public:
  DomainSet() = default;

  // `domains` without `except` (the home's `not_free`). Entries are canonical hosts or anything
  // CanonicalHost takes, or such with a leading `*.`; others are left out and counted.
  explicit DomainSet(std::span<const std::string_view> domains,
                     std::span<const std::string_view> except = {});

  bool Contains(std::string_view canonical_host) const { return hosts_.contains(canonical_host); }

  // Whether the host or a parent of it, up to its registrable domain, is listed:
  // `eu.mailinator.com` is covered by `mailinator.com`, and nothing is covered by `co.uk`.
  // `registrable` must be a suffix of it.
  bool Covers(std::string_view canonical_host, std::string_view registrable) const;

  size_t size() const { return hosts_.size(); }
  size_t left_out() const { return left_out_; }

 private:
  std::unordered_set<std::string, StringHash, std::equal_to<>> hosts_;
  size_t left_out_ = 0;
};

}  // namespace pm
