// Regions that the country asked for beside them writes otherwise: `CAL` beside `US` is kept as
// `CA`, though another country may have a region CAL.
#include <fmt/format.h>

#include <array>

#include "model/normalise/region.h"
#include "rules/compile/conditions/syntax.h"
#include "rules/text_form.h"

namespace pm {
namespace {

constexpr int kBadLiteral = 210;

struct Places {
  FieldNumber country, region;
};
constexpr auto kPlaces =
    std::to_array<Places>({{Field("lead.country"), Field("lead.region")},
                           {Field("account.country"), Field("account.region")}});
using Countries = std::array<std::vector<std::string>, kPlaces.size()>;

// The test, if it asks for one of some texts.
const ConditionNode* AsksFor(const ConditionSyntax& syntax, FieldNumber field) {
  if (syntax.kind != ConditionSyntax::Kind::kTest) return nullptr;
  const ConditionNode& test = *syntax.test.shared_root();
  const bool one_of = test.op == TestOp::kEq || test.op == TestOp::kIn;
  return one_of && test.field == field && !test.list ? &test : nullptr;
}

class Checker {
 public:
  explicit Checker(CompileContext& context) : context_(context) {}

  // `countries`: what a test beside it, or above, allows of each place; empty: anything.
  void Check(const ConditionSyntax& syntax, Countries countries) {
    for (size_t i = 0; i < kPlaces.size(); ++i) {
      if (const ConditionNode* test = AsksFor(syntax, kPlaces[i].region)) {
        CheckRegions(syntax, *test, countries[i]);
      }
      if (syntax.kind != ConditionSyntax::Kind::kAll) continue;
      for (const ConditionSyntax& child : syntax.children) {
        const ConditionNode* test = AsksFor(child, kPlaces[i].country);
        if (test == nullptr) continue;
        countries[i].clear();
        for (const Operand& operand : test->operands) countries[i].push_back(operand.text);
      }
    }
    for (const ConditionSyntax& child : syntax.children) Check(child, countries);
  }

 private:
  void CheckRegions(const ConditionSyntax& syntax, const ConditionNode& test,
                    const std::vector<std::string>& countries) {
    for (const Operand& operand : test.operands) {
      const auto why = WhyNoRegionOf(countries, operand.text);
      const FieldTable& fields = context_.builder.fields();
      if (!why) {
        const std::string foreign = ForeignRegion(countries, operand.text);
        if (foreign.empty()) continue;
        context_.out.Warning(kBadLiteral, PlaceOfLiteral(syntax, operand.text, fields), foreign,
                             std::string(kForeignRegionHint));
        continue;
      }
      context_.out.Error(
          kBadLiteral, PlaceOfLiteral(syntax, operand.text, fields),
          fmt::format("{} of {} is kept as '{}', so it is never '{}' there",
                      fields.Find(test.field)->name, why->country, why->code, operand.text),
          fmt::format("write {}", why->code));
    }
  }

  CompileContext& context_;
};

}  // namespace

std::string ForeignRegion(std::span<const std::string> countries, std::string_view region) {
  const std::string others = OthersWithRegion(countries, region);
  if (others.empty()) return {};
  return fmt::format("{} {} no region '{}' ({} has): only leads that name it wrongly are meant",
                     fmt::join(countries, ", "), countries.size() == 1 ? "has" : "have", region,
                     others);
}

void CheckRegions(CompileContext& context, const ConditionSyntax& syntax) {
  Checker(context).Check(syntax, {});
}

}  // namespace pm
