#include "app/reference/rule_book_page.h"

#include "app/reference/markdown_table.h"
#include "app/reference/rule_book_people.h"
#include "base/text/csv.h"
#include "model/value_text.h"
#include "rules/compile/draft.h"
#include "rules/in_words.h"
#include "rules/tables/route_table.h"

namespace pm {
namespace {

std::string When(const Condition& condition) {
  return condition.always() ? "always" : ConditionInWords(condition);
}

std::string Screening(const RuleBook& book) {
  if (book.screening.empty()) return {};
  MarkdownTable table({"rule", "takes out", "as", "held for review"});
  for (const ScreeningRule& rule : book.screening) {
    table.Row({rule.name, When(rule.when), rule.as,
               rule.hold_for_review ? FormatSpan(*rule.hold_for_review) : ""});
  }
  return "\n## Screening\n\nBefore scoring; the first that matches takes the lead out.\n\n" +
         table.Text();
}

std::string PointsOf(const ScoringRule& rule, const RuleBook& book) {
  if (!rule.banded_field) return fmt::format("{:+}", rule.points);
  const FieldDecl* field = book.fields().Find(*rule.banded_field);
  std::vector<std::string> bands;
  for (const Band& band : rule.bands) {
    const bool decimal = field != nullptr && field->type == Type::kDecimal;
    bands.push_back(fmt::format("{:+} from {}", band.points,
                                decimal ? DecimalText(band.from) : std::to_string(band.from)));
  }
  return fmt::format("by {}: {}", field == nullptr ? "?" : field->name, fmt::join(bands, ", "));
}

// The lowest has all scores below the others, wherever it says that it begins.
std::string GradesOf(const std::vector<Grade>& grades) {
  std::string text;
  for (size_t i = 0; i + 1 < grades.size(); ++i)
    text += fmt::format("{} from {}, ", grades[i].name, grades[i].from);
  return text + grades.back().name +
         (grades.size() == 1 ? " at any score"
                             : fmt::format(" below {}", grades[grades.size() - 2].from));
}

std::string Scoring(const RuleBook& book) {
  const ScoringRules& scoring = book.scoring;
  if (scoring.fit.empty() && scoring.engagement.empty()) return {};
  std::string text = "\n## Scoring\n";
  if (!scoring.fit.empty()) {
    MarkdownTable table({"fit: who they are", "when", "points"});
    for (const ScoringRule& rule : scoring.fit) {
      table.Row({rule.name, When(rule.when), PointsOf(rule, book)});
    }
    text += fmt::format("\nFit, at most {}.\n\n{}", scoring.fit_cap, table.Text());
  }
  if (!scoring.engagement.empty()) {
    MarkdownTable table(
        {"engagement: what they did", "signal", "when", "points", "at most", "for"});
    for (const ScoringRule& rule : scoring.engagement) {
      table.Row({rule.name, std::string(DeclOf(rule.signal).name), When(rule.when),
                 PointsOf(rule, book), LimitInWords(rule.at_most),
                 rule.account_scope ? "everybody at the account" : "the person"});
    }
    const std::string fades =
        scoring.half_life.ms > 0
            ? fmt::format("half of it is left after {}", FormatDuration(scoring.half_life))
            : fmt::format("what is older than {} does not count", FormatDuration(scoring.window));
    text += fmt::format("\nEngagement, at most {}; {}.\n\n{}", scoring.engagement_cap, fades,
                        table.Text());
  }
  if (!scoring.fit_grades.empty())
    text += fmt::format("\nGrades of fit: {}.\n", GradesOf(scoring.fit_grades));
  if (!scoring.engagement_grades.empty())
    text += fmt::format("\nGrades of engagement: {}.\n", GradesOf(scoring.engagement_grades));
  return text;
}

std::string Lifecycle(const RuleBook& book) {
  const LifecycleRules& rules = book.lifecycle;
  std::string text = fmt::format("\n## Lifecycle\n\nWhat routes a lead: {}; nothing else does.\n",
                                 fmt::join(rules.route_when, ", "));
  if (!rules.thresholds.empty()) {
    MarkdownTable table({"becomes", "when", "not again for"});
    for (const Threshold& one : rules.thresholds) {
      table.Row({one.to, When(one.when), one.cooldown.ms > 0 ? FormatDuration(one.cooldown) : ""});
    }
    text += "\n" + table.Text();
  }
  if (!rules.repeat.empty()) {
    MarkdownTable table({"another submission, when the lead", "then"});
    for (const RepeatRule& rule : rules.repeat) {
      table.Row({RepeatInWords(rule),
                 WordOf(rule.action) +
                     (rule.to_previous_rep ? std::string(" to the previous rep") : "")});
    }
    text +=
        "\nThe first that matches; without one an open lead takes it and a closed one begins "
        "anew.\n\n" +
        table.Text();
  }
  return text;
}

class Routes {
 public:
  explicit Routes(const RuleBook& book) : book_(book) {}

  std::string Text() {
    Add(book_.routing.routes, "");
    Row("", book_.routing.otherwise, "what no route took");
    std::string text = "\n## Routes\n\nThe first that matches and can take the lead.\n";
    if (book_.routing.hold) {
      text += fmt::format("Routing waits for {}, but not longer than {}.\n",
                          ConditionInWords(book_.routing.hold->until),
                          FormatDuration(book_.routing.hold->at_most));
    }
    return text + "\n" + table_.Text();
  }

 private:
  void Add(const std::vector<Route>& routes, const std::string& above) {
    int number = 0;
    for (const Route& route : routes) {
      const std::string place = above + std::to_string(++number);
      Row(place, route, When(route.when));
      Add(route.nested, place + ".");
    }
  }

  void Row(const std::string& place, const Route& route, const std::string& when) {
    std::string which = when;
    if (route.table != nullptr) {
      const std::string row = fmt::format("a row of {} matches", route.table->file());
      which = route.when.always() ? row : fmt::format("{}, and {}", when, row);
    }
    table_.Row({place, route.name, which,
                route.nested.empty() ? TargetInWords(route.to, book_.fields()) : "those within",
                route.sla, route.cadence, route.priority, route.origin.Text()});
  }

  const RuleBook& book_;
  MarkdownTable table_{{"#", "route", "when", "to", "SLA", "cadence", "priority", "written at"}};
};

void CollectTables(const std::vector<Route>& routes,
                   std::vector<std::pair<std::string, const RouteTable*>>* tables) {
  for (const Route& route : routes) {
    if (route.table != nullptr) tables->emplace_back(route.name, route.table.get());
    CollectTables(route.nested, tables);
  }
}

// As its file has it: what its cells became is for the matcher.
std::string TableText(const RuleBook& book, const RouteTable& table) {
  const auto file = std::ranges::find(book.sources(), table.file(), &RuleFile::path);
  if (file == book.sources().end()) return {};
  const Source source(file->path, file->text);
  Diagnostics ignored;
  CsvReader reader(source, ignored);
  MarkdownTable shown(reader.header());
  CsvRow row;
  size_t rows = 0;
  while (reader.Next(&row)) {
    if (++rows > kMostTableRows) continue;
    std::vector<std::string> cells;
    for (const CsvCell& cell : row.cells) cells.push_back(cell.text);
    shown.Row(cells);
  }
  return shown.Text() +
         (rows > kMostTableRows ? fmt::format("\nand {} more rows.\n", rows - kMostTableRows) : "");
}

std::string Tables(const RuleBook& book) {
  std::vector<std::pair<std::string, const RouteTable*>> tables;
  CollectTables(book.routing.routes, &tables);
  std::string text;
  for (const auto& [route, table] : tables) {
    text +=
        fmt::format("\n### {}, for {}\n\n{} rows; of several that match: {}.\n\n{}", table->file(),
                    route, table->rows().size(), WordOf(table->hit()), TableText(book, *table));
  }
  return text.empty() ? "" : "\n## Tables\n" + text;
}

std::string FieldsAndLists(const RuleBook& book) {
  const SourceSet sources(book.sources());
  Diagnostics ignored;
  const Draft draft = ReadDraft(sources, ignored);
  MarkdownTable fields({"field", "type", "meaning"}), lists({"list", "texts"});
  for (const FieldsDoc& doc : draft.fields) {
    for (const auto& [name, field] : doc.fields) {
      fields.Row({name.value, std::string(TypeName(field.type)), field.meaning});
    }
  }
  for (const ListsDoc& doc : draft.lists) {
    for (const auto& [name, texts] : doc.lists) {
      lists.Row({name.value, std::to_string(texts.size())});
    }
  }
  return (fields.empty() ? "" : "\n## Fields of its own\n\n" + fields.Text()) +
         (lists.empty() ? "" : "\n## Lists\n\n" + lists.Text());
}

}  // namespace

std::string RuleBookPage(const RuleBook& book, const std::string& title) {
  return fmt::format("# {}\n\nMade by `pointsman rules docs`; version {}.\n", title,
                     ToText(book.version())) +
         Screening(book) + Scoring(book) + Lifecycle(book) + Routes(book).Text() + Tables(book) +
         PeopleSections(book) + FieldsAndLists(book);
}

}  // namespace pm
