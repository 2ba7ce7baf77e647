// Names that are declared and that nothing refers to: mostly remains, or a misspelt name elsewhere.
#include <fmt/format.h>

#include "rules/compile/checks/prover.h"

namespace pm {
namespace {

class UnusedNames {
 public:
  explicit UnusedNames(Prover& prover) : prover_(prover), context_(prover.context()) {}

  void TellPools() {
    for (const TeamDoc& team : context_.draft.teams) {
      for (const auto& [name, pool] : team.pools) {
        Look(NameKind::kPool, name, "no route or overflow leads to it");
      }
    }
  }
  void TellSlas() {
    for (const SlasDoc& doc : context_.draft.slas) {
      for (const auto& [name, tree] : doc.policies) Look(NameKind::kSla, name, "no route names it");
    }
  }
  void TellCadences() {
    for (const auto& [doc, tree] : context_.draft.cadences) {
      Look(NameKind::kCadence, doc.name, "no route names it");
    }
  }
  // One called as a built-in list is used in its place.
  void TellLists() {
    for (const ListsDoc& doc : context_.draft.lists) {
      for (const auto& [name, items] : doc.lists) {
        if (name.value == "free_mail" || name.value == "disposable") continue;
        Look(NameKind::kList, name, "no condition looks into it");
      }
    }
  }
  // What is known of a lead is kept and handed on although no rule reads it: a `meaning` says that
  // this is meant.
  void TellFields() {
    const FieldTable& fields = context_.builder.fields();
    for (const FieldsDoc& doc : context_.draft.fields) {
      for (const auto& [name, field] : doc.fields) {
        const FieldDecl* decl = fields.Find(name.value);
        if (decl == nullptr || !field.meaning.empty()) continue;
        const bool read = context_.builder.slots().Of(FieldNumber{decl->number}) != UINT32_MAX;
        if (read) continue;
        prover_.Tell(CheckKind::kUnusedName, Gravity::kNote, name.place,
                     fmt::format("no rule reads the field '{}'", name.value),
                     "say its `meaning` if its values are only to be kept, or leave it out");
      }
    }
  }

 private:
  void Look(NameKind kind, const Located<std::string>& name, std::string_view why) {
    if (context_.names.IsUsed(kind, name.value)) return;
    prover_.Tell(CheckKind::kUnusedName, name.place,
                 fmt::format("{} '{}' is never used: {}", KindText(kind), name.value, why),
                 "leave it out, or name it where it was meant to be used");
  }

  Prover& prover_;
  CompileContext& context_;
};

}  // namespace

void TellUnusedNames(Prover& prover) {
  UnusedNames names(prover);
  names.TellPools();
  names.TellSlas();
  names.TellCadences();
  names.TellLists();
  names.TellFields();
}

}  // namespace pm
