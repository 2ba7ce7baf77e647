#include "rules/compile/checks/prover.h"

#include <fmt/format.h>

namespace pm {
namespace {

// All proofs of a folder together: some seconds.
constexpr uint64_t kWorkOfFolder = 60'000'000;

}  // namespace

Prover::Prover(CompileContext& context) : context_(context), left_(kWorkOfFolder) {}

LeadAnswer Prover::Find(LeadQuery query) {
  query.budget = std::min(query.budget, left_);
  const RuleBook& book = *context_.builder.operator->();
  LeadAnswer answer = FindLead({book.fields(), book.slots(), &book.scoring}, query);
  Spend(answer.work);
  return answer;
}

void Prover::Tell(CheckKind check, const SourcePlace& place, std::string message, std::string hint,
                  const LeadAnswer* example) {
  const CheckDecl& decl = DeclOf(check);
  Diagnostic finding{.severity = static_cast<Severity>(decl.gravity.value_or(Gravity::kWarning)),
                     .code = decl.code,
                     .place = place,
                     .message = std::move(message),
                     .hint = std::move(hint)};
  if (decl.gravity == Gravity::kOff) finding.severity = Severity::kNote;
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
