// The form in which rules compare the texts of a field. Mostly it is the form intake keeps them in
// (`Google` is `google`); of e-mail addresses, which are kept as they were written, the letters are
// folded. What a rule says is brought into the same form, or refused where no value of the field
// ever has it. Pure; any thread.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/field_block.h"
#include "model/normalise/region.h"
#include "rules/condition_node.h"

namespace pm {

// A whole text, as for eq and in. PM0210 when the field never holds it: a name for a country code,
// a telephone number without its calling code, what counts as nothing (empty, `N/A`).
Result<std::string> WholeTextForm(const FieldDecl& field, std::string_view text);

// That a host of a company, `mail.acme.com`, is brought to its domain, so that the rule takes all
// of acme.com. nullopt for what stands for itself.
struct HostAsDomain {
  std::string text, hint;
};
std::optional<HostAsDomain> FindHostAsDomain(const FieldDecl& field, std::string_view written);

// Of a region, in its own form, when the country is one of some: that none of them keeps it so, and
// how the first does (`CAL` of US is CA). nullopt: one may have it, or no country is known.
std::optional<NamedRegion> WhyNoRegionOf(std::span<const std::string> countries,
                                         std::string_view region);

// Who has a region that none of some countries has, though the regions of all of them are known:
// `DE, BY` of US and BY. Empty: one may have it, no country is named, or nobody knows the region.
std::string OthersWithRegion(std::span<const std::string> countries, std::string_view region);

// A part of a text, as for starts_with, ends_with and contains (`op`). PM0210 when it is empty or
// no text of the field has such a part.
Result<std::string> TextPartForm(const FieldDecl& field, TestOp op, std::string_view text);

// What is compared has no capitals.
bool IsInSmallLetters(const FieldDecl& field);

// Fields whose values are compared in another form than they are kept in.
bool IsComparedOtherwise(const FieldDecl& field);
// Of a text or list of such a field: whether it has that form already, which most have, and the
// form. Text as Value::text has it.
bool IsComparedForm(const Value& value);
std::string ComparedForm(const Value& value);

}  // namespace pm
