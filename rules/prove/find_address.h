// A person's address, its domain and whether that is one of free mail: intake makes the last two of
// the first, so that each of the three says something of the others.
#pragma once
#include <array>

#include "model/normalise/email.h"
#include "rules/book.h"
#include "rules/prove/possible.h"

namespace pm {

inline constexpr std::array<FieldNumber, 3> kAddressFields = {
    Field("lead.email"), Field("lead.email_domain"), Field("lead.free_mail")};

// How a home with these rules reads addresses. The rules must outlive it.
EmailRules EmailRulesOf(const IdentityRules& rules);

// What each of kAddressFields may be, and what intake makes of addresses.
struct AddressQuestion {
  const EmailRules& rules;
  std::array<const Possible*, kAddressFields.size()> possible;  // null: nobody asked
};

// A value for each of them; all are missing, or none is. kUnknown when none was found and none was
// ruled out either: exact where the address is asked for whole or by its end, or not at all.
Possible::Answer FindAddress(const AddressQuestion& question,
                             std::array<OwnValue, kAddressFields.size()>* out, uint64_t* work);

}  // namespace pm
