#include "model/normalise/domain_set.h"

#include "base/result.h"
#include "model/normalise/ascii.h"
#include "model/normalise/domain.h"

namespace pm {
namespace {

Result<std::string> Entry(std::string_view text) {
  text = TrimAscii(text);
  if (text.starts_with("*.")) text.remove_prefix(2);
  return CanonicalHost(text);
}

}  // namespace

DomainSet::DomainSet(std::span<const std::string_view> domains,
                     std::span<const std::string_view> except) {
  hosts_.reserve(domains.size());
  for (const std::string_view domain : domains) {
    if (auto host = Entry(domain)) {
      hosts_.insert(*std::move(host));
    } else {
      ++left_out_;
    }
  }
  for (const std::string_view domain : except) {
    if (const auto host = Entry(domain)) hosts_.erase(*host);
  }
}

bool DomainSet::Covers(std::string_view canonical_host, std::string_view registrable) const {
  PM_CHECK(canonical_host.ends_with(registrable));
  while (!hosts_.contains(canonical_host)) {
    if (canonical_host.size() <= registrable.size()) return false;
    canonical_host.remove_prefix(canonical_host.find('.') + 1);
  }
  return true;
}

}  // namespace pm
