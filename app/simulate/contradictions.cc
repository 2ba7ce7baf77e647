#include "app/simulate/contradictions.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "model/value_text.h"
#include "rules/prove/find_address.h"

namespace pm {
namespace {

class Reader {
 public:
  Reader(const RuleBook& book, std::string_view type) : rules_(DecodeRulesOf(book)), type_(type) {}

  // The fields it sets.
  std::string Block(const EventData& data) const {
    const EventHead head{.id = "lead", .source = "form", .type = type_};
    return DecodeEvent(EventJson(head, data), rules_, {}).event.fields.bytes;
  }

 private:
  const DecodeRules rules_;
  const std::string_view type_;
};

bool IsOfTheLead(const FieldDecl& decl) {
  const Entity entity = EntityOf(decl);
  return entity == Entity::kLead || entity == Entity::kAccount || entity == Entity::kSubmission;
}

bool MeanTheSame(const FieldDecl& decl, const Value& a, const Value& b) {
  const bool addresses = decl.normalise == Normaliser::kEmail && !a.missing() && !b.missing();
  return a == b || (addresses && ComparedAddress(a.text) == ComparedAddress(b.text));
}

}  // namespace

DecodeRules DecodeRulesOf(const RuleBook& book) {
  return {book.fields(), EmailRulesOf(book.identity)};
}

std::vector<std::string> KeysThatDisagree(const RuleBook& book, std::string_view event_type,
                                          const EventData& data) {
  const Reader reader(book, event_type);
  const std::string block = reader.Block(data);
  const std::string backwards = reader.Block({data.rbegin(), data.rend()});
  if (block == backwards) return {};
  std::map<std::string, std::string> alone;
  for (const auto& [key, value] : data) alone[key] = reader.Block({{key, value}});
  std::vector<std::string> lines;
  std::set<std::string> told;  // what follows from two keys is one fault
  for (BlockReader r{FieldBlock(block)}; r.Next();) {
    const FieldDecl* decl = book.fields().Find(r.field());
    if (decl == nullptr || MeanTheSame(*decl, FieldBlock(backwards).Get(r.field()), r.value()))
      continue;
    std::string keys, said;
    for (const auto& [key, sets] : alone) {
      if (!FieldBlock(sets).Has(r.field())) continue;
      keys += key + '\n';
      said += fmt::format("{}'{}' says {}", said.empty() ? "" : ", ", key,
                          ValueText(FieldBlock(sets).Get(r.field()), decl->unit));
    }
    if (told.insert(keys).second) lines.push_back(fmt::format("{}: {}", decl->name, said));
  }
  return lines;
}

std::vector<std::string> ValuesOverruled(const RuleBook& book, FieldBlock given, FieldBlock facts) {
  std::vector<std::string> lines;
  for (BlockReader r(given); r.Next();) {
    const FieldDecl* decl = book.fields().Find(r.field());
    const Value taken = facts.Get(r.field());
    if (decl == nullptr || !IsOfTheLead(*decl) || r.value().missing() || taken.missing()) continue;
    if (MeanTheSame(*decl, taken, r.value())) continue;
    lines.push_back(fmt::format("{}: it is given as {}, but all together make it {}", decl->name,
                                ValueText(r.value(), decl->unit), ValueText(taken, decl->unit)));
  }
  return lines;
}

}  // namespace pm
