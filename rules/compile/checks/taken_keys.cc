#include "rules/compile/checks/taken_keys.h"

#include <fmt/format.h>

#include "model/decode/bare_key.h"
#include "rules/compile/checks/catalogue.h"

namespace pm {
namespace {

constexpr size_t kMostNamed = 2;  // of the types of events in a message

struct TakenKey {
  const FieldDecl* from = nullptr;
  std::vector<std::string_view> types;  // for people
};

// Whether events of the type are read for the field: what else they say of it counts for nothing.
bool IsReadFrom(const EventTypeDecl& type, const FieldDecl& field) {
  if (field.set_by == SetBy::kEngine) return false;
  const FieldNumber number{field.number};
  const bool of_person = number == Field("lead.email") || number == Field("lead.phone");
  switch (EntityOf(field)) {
    case Entity::kLead:
      if (type.subject == Subject::kAccount) return number == Field("lead.website");
      if (type.subject == Subject::kRequest) return of_person;
      return type.subject != Subject::kRep;
    case Entity::kAccount:
      return type.subject != Subject::kRep && type.subject != Subject::kRequest;
    case Entity::kSubmission:  // these come first in the events that are read for them
    case Entity::kEvent:
    case Entity::kRep:
    case Entity::kScore:
      break;
  }
  return false;
}

// By the field that had the key.
std::vector<TakenKey> KeysTakenBy(std::string_view name, const FieldTable& fields,
                                  const FieldTable& built_in) {
  const std::string_view key = name.substr(name.find('.') + 1);
  std::vector<TakenKey> taken;
  for (const EventTypeDecl& type : kEventTypes) {
    const FieldDecl* was = FieldOfBareKey(built_in, type, key);
    if (was == nullptr || !IsReadFrom(type, *was)) continue;
    if (FieldOfBareKey(fields, type, key)->name != name) continue;
    auto known = std::ranges::find(taken, was, &TakenKey::from);
    if (known == taken.end()) known = taken.insert(taken.end(), {was, {}});
    known->types.push_back(type.type == EventType::kLeadSubmitted ? "a form" : type.name);
  }
  return taken;
}

std::string InTypes(const std::vector<std::string_view>& types) {
  if (types.size() <= kMostNamed) return fmt::format("in {}", fmt::join(types, " and "));
  return fmt::format("in {} and {} more types of event",
                     fmt::join(types.begin(), types.begin() + kMostNamed, ", "),
                     types.size() - kMostNamed);
}

void TellTakenKeys(CompileContext& context, const Located<std::string>& name,
                   const std::vector<TakenKey>& taken) {
  const std::string_view key = std::string_view(name.value).substr(name.value.find('.') + 1);
  std::string message, names;
  for (const TakenKey& one : taken) {
    message += message.empty()
                   ? fmt::format("`{}` {} is {} now, no longer {}", key, InTypes(one.types),
                                 name.value, one.from->name)
                   : fmt::format("; {} no longer {}", InTypes(one.types), one.from->name);
    names += fmt::format("{}`{}`", names.empty() ? "" : " or ", one.from->name);
  }
  context.out.Warning(
      DeclOf(CheckKind::kTakenKey).code, name.place, std::move(message),
      fmt::format("give the field a key of its own, or send {} by its whole name", names));
}

}  // namespace

void CheckTakenKeys(CompileContext& context) {
  const FieldTable built_in;
  for (const FieldsDoc& doc : context.draft.fields) {
    for (const auto& [name, field] : doc.fields) {
      const auto taken = KeysTakenBy(name.value, context.builder.fields(), built_in);
      if (!taken.empty()) TellTakenKeys(context, name, taken);
    }
  }
}

}  // namespace pm
