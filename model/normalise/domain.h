// Hosts and the domains companies register. Pure and deterministic for one build
// (NormalisationVersion); no I/O, any thread. The public suffix list is the one compiled into
// libpsl, both of its sections: a company under a hosting provider's suffix (`acme.myshopify.com`)
// is its own.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace pm {

// A host as DNS has it: lower case, international labels as `xn--` (UTS 46, non-transitional), one
// trailing dot dropped. PM0081 unless it has two labels or more of letters, digits and inner
// hyphens, at most 63 bytes each and 253 in all, the last not a number; so IP addresses and
// `localhost` fail.
Result<std::string> CanonicalHost(std::string_view text);

// The part of a canonical host that someone registered: `mail.acme.co.uk` -> `acme.co.uk`. A host
// that is itself a public suffix is its own answer. The view points into `canonical_host`.
std::string_view RegistrableDomain(const std::string& canonical_host);

// A company's domain out of what people type and browsers send: a URL or host with scheme, user,
// `www.`, port, path, trailing dots, capitals or international letters -> the registrable domain.
// PM0081 as above.
Result<std::string> NormaliseDomain(std::string_view text);

// Changes when a domain or an e-mail address may normalise differently: our rules, the public
// suffix list and Unicode's tables. Fixed at first start (DESIGN section 6), so that homes never
// move silently.
std::string NormalisationVersion();

}  // namespace pm
