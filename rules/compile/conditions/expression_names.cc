#include "rules/compile/conditions/expression_names.h"

#include "rules/compile/conditions/field_hints.h"

namespace pm {
namespace {

// Bytes of all items of a list field together, for the bound on work: intake bounds their number.
constexpr uint32_t kListBytes = 2048;

template <class... Args>
void Declare(ExpressionNames& names, ExpressionNames::Source source, Args&&... args) {
  const auto number = names.declarations.AddVariable(std::forward<Args>(args)...);
  PM_CHECK(number.has_value());
  names.sources.resize(names.declarations.variables().size());
  names.sources[*number] = std::move(source);
}

}  // namespace

std::string_view CelType(Type type) {
  switch (type) {
    case Type::kBool:
      return "bool";
    case Type::kInt:
      return "int";
    case Type::kDecimal:
      return "double";
    case Type::kText:
      return "string";
    case Type::kTextList:
      return "list(string)";
    case Type::kInstant:
      return "timestamp";
    case Type::kDuration:
      return "duration";
    case Type::kMissing:
      break;
  }
  return "dyn";
}

uint32_t CelItems(const FieldDecl& field) {
  const bool bounded = field.max > 0 && field.max < UINT32_MAX;
  return bounded ? static_cast<uint32_t>(field.max) : kListBytes;
}

uint32_t CelSize(const FieldDecl& field) {
  if (field.type == Type::kTextList) return std::max(kListBytes, CelItems(field));
  const bool bounded = field.type == Type::kText && field.max > 0 && field.max < UINT32_MAX;
  return bounded ? static_cast<uint32_t>(field.max) : cel::kDefaultMaxSize;
}

std::shared_ptr<const ExpressionNames> NamesOfExpressions(const RuleBookBuilder& builder) {
  const auto names = std::make_shared<ExpressionNames>();
  for (const FieldDecl& field : builder.fields().all()) {
    Declare(*names, {.field = &field, .list = nullptr}, field.name, CelType(field.type),
            CelSize(field), !AlwaysPresent(field), CelItems(field));
  }
  for (const auto& list : builder.Lists()) {
    size_t size = list->items.size();
    for (const std::string& item : list->items) size += item.size();
    Declare(*names, {.field = nullptr, .list = std::make_shared<const ListValue>(list)},
            "lists." + list->name, "list(string)",
            static_cast<uint32_t>(std::min<size_t>(size, UINT32_MAX)), false,
            static_cast<uint32_t>(list->items.size()));
  }
  std::vector<std::string> fields;
  for (const FieldDecl& field : builder.fields().all()) fields.emplace_back(field.name);
  names->declarations.set_name_hint([fields = std::move(fields)](std::string_view name) {
    std::string clock = HintOfClock(name);
    return clock.empty() ? HintOfFieldName(name, fields) : clock;
  });
  return names;
}

}  // namespace pm
