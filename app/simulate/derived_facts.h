// What a lead file says of fields that the engine sets itself, as the leads that `rules diff` and
// `rules check` show do: the address behind a domain, and rules under which the lead has the
// scores.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "app/simulate/lead_file.h"
#include "base/result.h"
#include "rules/book.h"

namespace pm {

// Puts an address in place of `lead.email_domain` and `lead.free_mail`, unless there is one. A
// block of what was said of these.
std::string GiveAddress(const FieldTable& fields, LeadFile* lead);

struct GivenScores {
  int64_t fit = 0, engagement = 0;
};

// Takes `score.*` out of the file. What it leaves open is what the lead's other fields give by the
// rules, else what some lead gets by them, else anything between their least and most. nullopt: it
// has none, or just what the rules give the lead at that time. PM0720: no lead has these together,
// or more than the rules ever give.
Result<std::optional<GivenScores>> TakeScores(const std::shared_ptr<const RuleBook>& book,
                                              LeadFile* lead, Instant at);

// The same rules, but every lead that is submitted has these scores, and they do not fade.
std::shared_ptr<const RuleBook> WithScores(const RuleBook& book, const GivenScores& scores);
bool GivesScores(const ScoringRules& rules);  // of such

// The same rules but for engagement, which is that much.
std::shared_ptr<const RuleBook> WithEngagement(const RuleBook& book, int64_t engagement);

}  // namespace pm
