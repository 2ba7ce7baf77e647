#include <fmt/format.h>

#include "rules/compile/passes.h"

namespace pm {
namespace {

constexpr int kMostListItems = 1'000'000;

std::pair<int64_t, int64_t> DefaultBounds(Type type) {
  switch (type) {
    case Type::kText:
      return {0, 512};
    case Type::kTextList:
      return {0, 64};
    case Type::kBool:
      return {0, 1};
    case Type::kMissing:
    case Type::kInt:
    case Type::kDecimal:
    case Type::kInstant:
    case Type::kDuration:
      break;
  }
  return {INT64_MIN, INT64_MAX};
}

void CompileField(CompileContext& context, const Located<std::string>& name, const FieldDoc& doc) {
  const bool text = doc.type == Type::kText || doc.type == Type::kTextList;
  if (doc.normalise && !text) {
    context.out.Error(204, doc.normalise->place, "`normalise` is for texts");
  }
  auto [min, max] = DefaultBounds(doc.type);
  min = doc.min.value_or(min);
  max = doc.max.value_or(max);
  if (max < min) context.out.Error(216, doc.place, "`max` is below `min`");
  const Normaliser plain = text ? Normaliser::kTrim : Normaliser::kNone;
  const auto added = context.builder.fields().Add(name.value, doc.type, min, max,
                                                  doc.normalise ? doc.normalise->value : plain,
                                                  doc.personal, doc.meaning);
  if (!added) context.out.Report(added.error(), name.place);
}

}  // namespace

void CompileFields(CompileContext& context) {
  for (const FieldsDoc& doc : context.draft.fields) {
    for (const auto& [name, field] : doc.fields) CompileField(context, name, field);
  }
}

void CompileLists(CompileContext& context) {
  for (const char* name : {"free_mail", "disposable"}) {
    context.names.DeclareBuiltIn(NameKind::kList, name);
  }
  std::set<std::string> declared;
  size_t items = 0;
  for (const ListsDoc& doc : context.draft.lists) {
    for (const auto& [name, list] : doc.lists) {
      if (!declared.insert(name.value).second) {
        context.out.Error(222, name.place, fmt::format("list '{}' is declared twice", name.value));
        continue;
      }
      context.names.DeclareBuiltIn(NameKind::kList, name.value);
      context.builder.AddList(name.value, list);
      items += list.size();
    }
  }
  if (items > kMostListItems) {
    context.out.Error(217, {},
                      fmt::format("the lists hold {} items, more than {}", items, kMostListItems));
  }
}

void CompileIdentity(CompileContext& context) {
  if (!context.draft.identity) return;
  const IdentityDoc& doc = *context.draft.identity;
  context.builder->identity = {.strip_plus = doc.email.plus_addressing == KeepOrStrip::kStrip,
                               .strip_gmail_dots = doc.email.gmail_dots == KeepOrStrip::kStrip,
                               .survivorship = doc.survivorship,
                               .stale_after = doc.stale_after};
}

}  // namespace pm
