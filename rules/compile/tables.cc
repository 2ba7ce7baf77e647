#include <fmt/format.h>

#include "base/text/csv.h"
#include "rules/compile/conditions.h"
#include "rules/compile/grades.h"
#include "rules/compile/passes.h"
#include "rules/tables/route_table.h"
#include "rules/text_form.h"

namespace pm {
namespace {

constexpr int kBadCell = 230, kBadColumns = 231;
constexpr size_t kMostRows = 1'000'000;

class TableCompiler {
 public:
  TableCompiler(CompileContext& context, const RouteDoc& route, const Source& source)
      : context_(context), route_(route), source_(source), csv_(source, context.out) {}

  std::shared_ptr<const RouteTable> Compile() {
    const size_t before = context_.out.errors_met();
    if (csv_.header().empty() || !csv_.ExpectCommas(kBadColumns) || !FindColumns()) return nullptr;
    for (CsvRow row; csv_.Next(&row) && rows_.size() < kMostRows;) ReadRow(row);
    if (context_.out.errors_met() != before) return nullptr;
    const HitPolicy hit = route_.hit ? route_.hit->value : HitPolicy::kUnique;
    auto table = std::make_shared<const RouteTable>(source_.path(), std::move(inputs_),
                                                    std::move(outputs_), std::move(rows_), hit);
    if (context_.dump != nullptr && context_.dump->pass == ConditionPass::kPlan) {
      context_.dump->text += fmt::format("table {} of route '{}'\n{}", source_.path(),
                                         route_.name.value, table->PlanText());
    }
    return table;
  }

 private:
  bool FindColumns() {
    bool good = true;
    for (const Located<std::string>& name : route_.match) good = FindInput(name) && good;
    TellMissing();
    for (size_t i = 0; i < csv_.header().size(); ++i) {
      if (std::ranges::find(input_at_, i) != input_at_.end()) continue;
      outputs_.push_back(csv_.header()[i]);
      output_at_.push_back(i);
    }
    if (good && route_.to) {
      good = FindOutput(route_.to->pool, NameKind::kPool) && good;
      good = FindOutput(route_.to->rep, NameKind::kRep) && good;
    }
    return good;
  }

  bool FindInput(const Located<std::string>& name) {
    const FieldDecl* field = ExpectField(context_, name, FactScope::kLead);
    if (field == nullptr) return false;
    const auto at = csv_.Column(name.value);
    if (!at) {
      missing_.push_back(name);
      return false;
    }
    const FieldNumber number{field->number};
    inputs_.push_back({name.value, number, context_.builder.slots().Add(number), field->type});
    fields_.push_back(*field);
    input_at_.push_back(*at);
    return true;
  }

  // The column that `$pool` or `$rep` names; its cells must be names of that kind.
  bool FindOutput(const std::optional<Located<std::string>>& target, NameKind kind) {
    if (!target || !target->value.starts_with('$')) return true;
    const std::string name = target->value.substr(1);
    const auto at = csv_.Column(name);
    if (!at) {
      missing_ = {{name, target->place}};
      TellMissing();
      return false;
    }
    named_.emplace_back(*at, kind);
    return true;
  }

  // Several are mostly a file without its header.
  void TellMissing() {
    if (missing_.empty()) return;
    std::vector<std::string> names;
    for (const Located<std::string>& name : missing_) names.push_back("'" + name.value + "'");
    std::vector<std::string_view> columns(csv_.header().begin(), csv_.header().end());
    std::string hint = HintOfBlanks(columns);
    if (hint.empty() && names.size() == 1) hint = DidYouMean(missing_.front().value, columns);
    if (hint.empty()) hint = fmt::format("it has {}", fmt::join(columns, ", "));
    context_.out.Error(kBadColumns, missing_.front().place,
                       fmt::format("{} has no column {}", source_.path(), fmt::join(names, ", ")),
                       std::move(hint));
  }

  // `lead.country, pool`: blanks are part of a name.
  std::string HintOfBlanks(const std::vector<std::string_view>& columns) const {
    for (const std::string_view column : columns) {
      std::string_view plain =
          column.substr(std::min(column.find_first_not_of(' '), column.size()));
      while (plain.ends_with(' ')) plain.remove_suffix(1);
      const bool wanted = std::ranges::any_of(
          missing_, [&](const Located<std::string>& one) { return one.value == plain; });
      if (wanted && plain != column)
        return fmt::format("write the column '{}' without blanks around it", column);
    }
    return {};
  }

  void ReadRow(const CsvRow& row) {
    RouteTable::Row made;
    made.line = static_cast<uint32_t>(row.line);
    for (size_t i = 0; i < inputs_.size(); ++i) {
      const CsvCell& cell = row.cells[input_at_[i]];
      auto read = ReadCell(fields_[i], cell.text);
      if (read) {
        for (const std::string& text : read->texts) {
          ExpectGradeOrStage(context_, inputs_[i].field, text, csv_.PlaceOf(cell));
        }
        WarnOfHosts(cell, fields_[i], *read);
        made.cells.push_back(*std::move(read));
      } else {
        context_.out.Report(read.error().error, csv_.PlaceIn(cell, read.error().offset),
                            HintOfCell(fields_[i], cell.text));
      }
    }
    CheckRegions(row, made);
    for (const size_t at : output_at_) {
      const std::string& text = row.cells[at].text;
      made.outputs.push_back(text == "-" ? std::string() : text);
    }
    for (const auto& [at, kind] : named_) ExpectName(row.cells[at], kind);
    rows_.push_back(std::move(made));
  }

  // Of domains that take more than is written. What was brought to another form has other dots.
  void WarnOfHosts(const CsvCell& cell, const FieldDecl& field, const TableCell& read) {
    const auto dots = [](std::string_view text) { return std::ranges::count(text, '.'); };
    ptrdiff_t kept = 0;
    for (const std::string& text : read.texts) kept += dots(text);
    if (read.texts.empty() || dots(cell.text) == kept) return;
    for (const std::string& written : WrittenValues(field, cell.text)) {
      if (const auto host = FindHostAsDomain(field, written))
        context_.out.Warning(kBadCell, csv_.PlaceOf(cell), host->text, host->hint);
    }
  }

  // Regions that the row's country writes otherwise.
  void CheckRegions(const CsvRow& row, const RouteTable::Row& made) {
    if (made.cells.size() != inputs_.size()) return;  // a cell was wrong
    for (const auto& [country, region] :
         {std::pair(Field("lead.country"), Field("lead.region")),
          std::pair(Field("account.country"), Field("account.region"))}) {
      const auto at = std::ranges::find(inputs_, country, &RouteTable::Column::field);
      const auto of = std::ranges::find(inputs_, region, &RouteTable::Column::field);
      if (at == inputs_.end() || of == inputs_.end()) continue;
      const TableCell& countries = made.cells[static_cast<size_t>(at - inputs_.begin())];
      const auto index = static_cast<size_t>(of - inputs_.begin());
      const TableCell& regions = made.cells[index];
      if (countries.negated || regions.negated) continue;
      for (const std::string& text : regions.texts) {
        const auto why = WhyNoRegionOf(countries.texts, text);
        const SourcePlace place = csv_.PlaceOf(row.cells[input_at_[index]]);
        const std::string foreign = why ? "" : ForeignRegion(countries.texts, text);
        if (!foreign.empty()) {
          context_.out.Warning(kBadCell, place, foreign, std::string(kForeignRegionHint));
        }
        if (!why) continue;
        context_.out.Error(kBadCell, place,
                           fmt::format("{} of {} is kept as '{}', so it is never '{}' there",
                                       of->name, why->country, why->code, text),
                           fmt::format("write {}", why->code));
      }
    }
  }

  // `-` and an empty cell name nobody.
  void ExpectName(const CsvCell& cell, NameKind kind) {
    if (cell.text.empty() || cell.text == "-") return;
    context_.names.Use(kind, cell.text);
    if (context_.names.Has(kind, cell.text)) return;
    context_.names.Expect(kind, {cell.text, csv_.PlaceOf(cell)}, context_.out);
  }

  CompileContext& context_;
  const RouteDoc& route_;
  const Source& source_;
  CsvReader csv_;
  std::vector<RouteTable::Column> inputs_;
  std::vector<FieldDecl> fields_;  // by input column
  std::vector<size_t> input_at_, output_at_;
  std::vector<Located<std::string>> missing_;  // columns that the file does not have
  std::vector<std::pair<size_t, NameKind>> named_;
  std::vector<std::string> outputs_;
  std::vector<RouteTable::Row> rows_;
};

}  // namespace

std::shared_ptr<const RouteTable> CompileTable(CompileContext& context, const RouteDoc& route) {
  const Source* source = context.UseFile(*route.table);
  const bool told = route.match.empty();  // by the document itself
  if (source == nullptr || told) return nullptr;
  return TableCompiler(context, route, *source).Compile();
}

}  // namespace pm
