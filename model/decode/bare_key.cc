#include "model/decode/bare_key.h"

#include <string>

#include "model/decode/closed_words.h"

namespace pm {
namespace {

std::string_view EntityPrefix(Entity entity) {
  switch (entity) {
    case Entity::kLead:
      return "lead.";
    case Entity::kAccount:
      return "account.";
    case Entity::kSubmission:
      return "submission.";
    case Entity::kEvent:
      return "event.";
    case Entity::kRep:
      return "rep.";
    case Entity::kScore:
      return "score.";
  }
  return "";
}

}  // namespace

const FieldDecl* FieldOfBareKey(const FieldTable& fields, const EventTypeDecl& type,
                                std::string_view key) {
  if (const std::string_view known = FieldOfKey(type.type, key); !known.empty()) {
    return fields.Find(known);
  }
  if (const FieldDecl* whole = fields.Find(key)) return whole;
  std::string name;
  for (const Entity entity : {type.plain, type.otherwise, Entity::kLead, Entity::kSubmission,
                              Entity::kAccount, Entity::kEvent}) {
    name = EntityPrefix(entity);
    name += key;
    if (const FieldDecl* field = fields.Find(name)) return field;
  }
  return nullptr;
}

}  // namespace pm
