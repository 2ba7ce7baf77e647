#include <fmt/format.h>

#include "app/reference/pages.h"
#include "rules/compile/checks/catalogue.h"

namespace pm {
namespace {

constexpr std::string_view kBefore = R"(# What is checked of rules

`pointsman rules check DIR` looks for what would go wrong although every rule is well formed. What it says is proved: it finds a lead
that shows it, which the evaluator that decides on leads has confirmed, or it has shown that there is none. What can be proved neither
way is a note, PM0242. What errors keep from being looked at is named in a last line (`not_checked` with `--json`); what stands apart
from them is looked at all the same. One cause is one finding: where it shows at several places, the first is told and the others stand
below it, `also at` (`also` with `--json`). Made by `pointsman docs`.

| check | code | finding is | meaning |
|---|---|---|---|
)";

constexpr std::string_view kAfter = R"(
What is exact: tests joined by `all`, `any` and `not`, in maps and in expressions alike: equality, lists, ranges, beginnings, ends and
parts of texts, truth, presence, times, items of lists, countries, stages, scores and the grades that go with them. A fit score is
tied to the fields that its rules read: what excludes each other does not add up. What signals come to is bounded by limits, windows
and half-lives; where the bound is rough that is said. Expressions that compare a whole number with a sum or multiple of a field, or
with what no value comes to (`x % 2 == 3`, `size(x) < 0`), are exact, too. Other expressions and regular expressions are tried out with
what stands in them.

## How grave a finding is

```yaml
kind: checks
unreachable_row: error      # error, warning, note or off
gap: note
```

With an error the rules are refused.

## Accepting a finding

A comment on the line of the finding, or on lines of its own right above it, names the code, or several, and says why:

```yaml
routes:
  # pointsman: accept PM0228 the fair's route goes on Monday
  - { name: Fair, when: { submission.campaign: fair }, to: { pool: house } }
```

A finding in a text below `|` is accepted at the key that holds the text, or by a comment of the expression, `// pointsman: accept ...`.
Without a reason nothing is accepted, and an acceptance that accepts nothing is a finding itself, PM0243. Rows of a CSV file have no
comments: set the check's severity instead.
)";

std::string_view GravityText(const std::optional<Gravity>& gravity) {
  if (!gravity) return "error or warning";
  for (const auto& [name, value] : YamlNames(std::type_identity<Gravity>())) {
    if (value == *gravity) return name;
  }
  return {};
}

}  // namespace

std::string ChecksPage() {
  std::string text(kBefore);
  for (const CheckDecl& check : kChecks) {
    text += fmt::format("| `{}` | [PM{:04}](../errors/PM{:04}.md) | {} | {} |\n", check.name,
                        check.code, check.code, GravityText(check.gravity), check.meaning);
  }
  return text + std::string(kAfter);
}

}  // namespace pm
