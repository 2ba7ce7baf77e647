// What an expression of the rules may speak of: the fields and `lists.NAME`.
#pragma once
#include <memory>
#include <vector>

#include "rules/book_builder.h"
#include "rules/cel/declarations.h"
#include "rules/condition_program.h"

namespace pm {

struct ExpressionNames {
  // Where a variable's value comes from, by its number: one of the two.
  struct Source {
    const FieldDecl* field = nullptr;
    std::shared_ptr<const ListValue> list;
  };
  cel::Declarations declarations;
  std::vector<Source> sources;
};

// The fields must outlive it.
std::shared_ptr<const ExpressionNames> NamesOfExpressions(const RuleBookBuilder& builder);

// The type of a field's values in CEL: texts are string, decimals double, instants timestamp.
std::string_view CelType(Type type);

// Items that a value of a list field has at most.
uint32_t CelItems(const FieldDecl& field);

// Bytes, or items and their bytes, that a value of the field has at most.
uint32_t CelSize(const FieldDecl& field);

}  // namespace pm
