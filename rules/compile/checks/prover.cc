#include "rules/compile/checks/prover.h"

#include <fmt/format.h>

#include "rules/prove/find_address.h"
#include "rules/prove/find_scores.h"

namespace pm {
namespace {

// All proofs of a folder together: some seconds.
constexpr uint64_t kWorkOfFolder = 60'000'000;
constexpr uint64_t kWorkOfSums = 2'000'000;

ScoreSums SumsOf(RuleBookBuilder& builder, uint64_t* left) {
  for (const FieldNumber field : kScoreFields) builder.slots().Add(field);
  const RuleBook& book = *builder.operator->();
  const LeadSpace space{
      .fields = book.fields(), .slots = book.slots(), .mail = EmailRulesOf(book.identity)};
  uint64_t work = 0;
  ScoreSums sums{.fit = FitSums(space, book.scoring, kWorkOfSums, &work),
                 .engagement = SumsOfEngagement(space, book.scoring, &work)};
  *left -= std::min(*left, work);
  return sums;
}

}  // namespace

Prover::Prover(CompileContext& context)
    : context_(context), left_(kWorkOfFolder), sums_(SumsOf(context.builder, &left_)) {}

LeadAnswer Prover::Find(LeadQuery query, bool earlier_scores) {
  query.budget = std::min(query.budget, left_);
  const RuleBook& book = *context_.builder.operator->();
  LeadAnswer answer = FindLead({.fields = book.fields(),
                                .slots = book.slots(),
                                .scoring = &book.scoring,
                                .sums = &sums_,
                                .earlier_scores = earlier_scores,
                                .mail = EmailRulesOf(book.identity)},
                               query);
  Spend(answer.work);
  return answer;
}

void Prover::Tell(CheckKind check, Gravity gravity, const SourcePlace& place, std::string message,
                  std::string hint, const LeadAnswer* example) {
  const CheckDecl& decl = DeclOf(check);
  Diagnostic finding{.severity = static_cast<Severity>(gravity),
                     .code = decl.code,
                     .place = place,
                     .message = std::move(message),
                     .hint = std::move(hint)};
  if (gravity == Gravity::kOff) finding.severity = Severity::kNote;
  if (example != nullptr && example->found()) {
    const FieldBlock facts(example->facts);
    finding.example = "lead: " + LeadYaml(facts, fields());
    finding.example_json = fmt::format(R"({{"lead":{}}})", LeadJson(facts, fields()));
  }
  context_.out.Add(std::move(finding));
}

void Prover::TellNotProved(const SourcePlace& place, std::string_view what,
                           const LeadAnswer& answer) {
  Tell(CheckKind::kNotProved, place, fmt::format("not proved {}: {}", what, answer.why), {});
}

}  // namespace pm
