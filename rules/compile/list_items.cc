// Items of `kind: lists` that no field they are looked up for can hold. An item may be meant for
// one field of several, so all of them are asked.
#include <fmt/format.h>

#include "rules/compile/passes.h"
#include "rules/condition_program.h"
#include "rules/literal.h"
#include "rules/text_form.h"

namespace pm {
namespace {

constexpr int kBadLiteral = 210, kTwice = 222;
constexpr size_t kMostItems = 10'000;  // of one list; the work of a large one is bounded
constexpr size_t kMostTold = 3;

struct Readers {
  std::set<uint32_t> fields;    // whose tests look the list up
  bool by_expressions = false;  // what is looked up there may be anything
};
using ReadersOfLists = std::map<std::string, Readers, std::less<>>;

void Collect(const ConditionNode& node, ReadersOfLists* readers) {
  if (node.list) (*readers)[node.list->name].fields.insert(node.field.number);
  for (const ProgramInput& input : node.inputs) {
    if (input.list) (*readers)[input.list->list->name].by_expressions = true;
  }
  for (const auto& child : node.children) Collect(*child, readers);
}

// Why the field never holds the item; empty: it may.
std::string WhyNever(const FieldDecl& field, const std::string& item) {
  const auto form = WholeTextForm(field, item);
  if (!form) return form.error().text;
  if (FoldedItem(*form) == FoldedItem(item)) return {};
  return fmt::format("{} is kept as '{}', so it is never '{}'", field.name, *form, item);
}

// The places of a million items are not kept.
SourcePlace PlaceOfItem(const Draft& draft, const Located<std::string>& name, size_t index) {
  for (const YamlNode& tree : draft.trees) {
    const YamlNode* list = tree.Find(name.value);
    const bool it = list != nullptr && tree.source == name.place.source &&
                    list->items.size() > index &&
                    std::ranges::any_of(tree.entries, [&](const YamlEntry& entry) {
                      return PlaceOf(entry.key).position == name.place.position;
                    });
    if (it) return PlaceOf(list->items[index]);
  }
  return name.place;
}

void CheckItems(CompileContext& context, const Located<std::string>& name,
                const std::vector<std::string>& items, const std::set<uint32_t>& numbers) {
  std::vector<std::pair<size_t, std::string>> never;
  const size_t count = std::min(items.size(), kMostItems);
  for (size_t i = 0; i < count; ++i) {
    std::string why;
    const bool held = std::ranges::any_of(numbers, [&](uint32_t number) {
      const FieldDecl* field = context.builder.fields().Find(FieldNumber{number});
      why = WhyNever(*field, items[i]);
      return why.empty();
    });
    if (!held) never.emplace_back(i, std::move(why));
  }
  if (never.empty()) return;
  if (never.size() == items.size()) {  // it is looked up for another field than it was made for
    const std::string_view others = never.size() > 1 ? "; no other item is one either" : "";
    return context.out.ErrorOf(
        CauseOfUselessList(name.value), kBadLiteral, PlaceOfItem(context.draft, name, 0),
        fmt::format("lists.{}: {}{}", name.value, never.front().second, others));
  }
  never.resize(std::min(never.size(), kMostTold));
  for (const auto& [i, why] : never) {
    context.out.Error(kBadLiteral, PlaceOfItem(context.draft, name, i),
                      fmt::format("lists.{}: {}", name.value, why));
  }
}

// Of items that stand in a list twice, as they are compared.
void CheckTwice(CompileContext& context, const Located<std::string>& name,
                const std::vector<std::string>& items) {
  std::set<std::string> seen;
  size_t told = 0;
  for (size_t i = 0; i < std::min(items.size(), kMostItems) && told < kMostTold; ++i) {
    if (seen.insert(FoldedItem(items[i])).second) continue;
    ++told;
    context.out.Warning(kTwice, PlaceOfItem(context.draft, name, i),
                        fmt::format("lists.{} holds '{}' twice", name.value, items[i]),
                        "leave out one of the two");
  }
}

}  // namespace

std::string CauseOfUselessList(std::string_view list) {
  return fmt::format("no item of lists.{} is ever found", list);
}

void CheckListItems(CompileContext& context) {
  if (context.Sound({"lists"})) {
    for (const ListsDoc& doc : context.draft.lists) {
      for (const auto& [name, items] : doc.lists) CheckTwice(context, name, items);
    }
  }
  const bool all_conditions = context.Sound({"fields", "lists", "screening", "scoring", "lifecycle",
                                             "sla", "cadence", "routing", "handoff"});
  if (!all_conditions) return;
  ReadersOfLists readers;
  for (const auto& [condition, place, scores, consequence] : context.conditions) {
    if (!condition.always()) Collect(*condition.shared_root(), &readers);
  }
  for (const ListsDoc& doc : context.draft.lists) {
    for (const auto& [name, items] : doc.lists) {
      const auto of_list = readers.find(name.value);
      if (of_list == readers.end() || of_list->second.by_expressions) continue;
      CheckItems(context, name, items, of_list->second.fields);
    }
  }
}

}  // namespace pm
