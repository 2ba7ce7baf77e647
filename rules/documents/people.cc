#include "rules/documents/people.h"

#include <fmt/format.h>

namespace pm {

bool ReadYaml(const YamlNode& node, MemberOrName* out, Diagnostics& diagnostics) {
  if (node.kind != YamlNode::Kind::kScalar) {
    return ReadYaml<MemberDoc>(node, &out->member, diagnostics);
  }
  return ReadYaml<Located<std::string>>(node, &out->member.rep, diagnostics);
}

std::string_view YamlTypeName(std::type_identity<MemberOrName>) { return "rep or member"; }

bool ReadYaml(const YamlNode& node, OpenCount* out, Diagnostics& diagnostics) {
  Cap cap;
  if (!ReadParsed<Cap>(node, &cap, diagnostics, ParseCap)) return false;
  if (cap.kind != Cap::Kind::kOpen) {
    diagnostics.Error(215, PlaceOf(node), "claims are limited by what is open: '5 open'");
    return false;
  }
  out->open = cap.limit;
  return true;
}

std::string_view YamlTypeName(std::type_identity<OpenCount>) { return "count of open leads"; }

}  // namespace pm
