// Small built-in lists of where anybody can have a mailbox. A home usually brings longer ones of
// its own; what matters here is that no company's own domain is ever among them.
#pragma once
#include <span>
#include <string_view>

#include "model/normalise/domain_set.h"

namespace pm {

// Sorted, canonical; what is hashed when a home is fixed.
std::span<const std::string_view> FreeMailDomains();
std::span<const std::string_view> DisposableDomains();

const DomainSet& BuiltInFreeMail();
const DomainSet& BuiltInDisposable();

}  // namespace pm
