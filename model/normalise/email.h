// E-mail addresses as identities. Pure and deterministic (NormalisationVersion of domain.h); any
// thread.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/normalise/domain_set.h"
#include "model/normalise/free_mail.h"

namespace pm {

// The home's `email:` section with its lists. The sets must outlive the call.
struct EmailRules {
  bool strip_plus_addressing = true;  // `jane+demo@acme.com` is jane@acme.com, at every domain.
  bool strip_gmail_dots = true;  // `j.ane@googlemail.com` is jane@gmail.com; both domains are one.
  const DomainSet* free_mail = &BuiltInFreeMail();
  const DomainSet* disposable = &BuiltInDisposable();
};

struct Email {
  std::string address;     // Canonical: lower case, by the rules; two that differ are two people.
  std::string deliver_to;  // Where to write to: the local part as typed, the domain canonical.
  std::string domain;      // Canonical host after the @ of `address`.
  std::string registrable_domain;  // The company's; a host that is a public suffix is its own.
  bool is_free_mail = false;
  bool is_disposable = false;

  // DESIGN section 3: the registrable domain, for free-mail and disposable domains the address
  // itself.
  const std::string& home() const {
    return is_free_mail || is_disposable ? address : registrable_domain;
  }
};

// The form in which addresses are compared where they are no identities: of `deliver_to` the local
// part folded, googlemail.com as gmail.com. Idempotent.
std::string ComparedAddress(std::string_view deliver_to);
// gmail.com for googlemail.com.
std::string_view ComparedMailDomain(std::string_view domain);

// Takes `jane@acme.com`, `mailto:jane@acme.com` and `Jane Doe <jane@acme.com>` with white space
// around. PM0080 unless there is exactly one @, a local part of 1 to 64 bytes of letters (of any
// script), digits and
// !#$%&'*+-/=?^_`{|}~ with single inner dots, and at most 254 bytes in all; PM0081 for the domain.
// Quoted local parts and address literals are refused: nobody at a company has one.
Result<Email> NormaliseEmail(std::string_view text, const EmailRules& rules = {});

}  // namespace pm
