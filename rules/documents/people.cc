#include "rules/documents/people.h"

#include <fmt/format.h>

#include "rules/documents/scalar_hints.h"

namespace pm {

bool ReadYaml(const YamlNode& node, MemberOrName* out, Diagnostics& diagnostics) {
  if (node.kind != YamlNode::Kind::kScalar) {
    return ReadYaml<MemberDoc>(node, &out->member, diagnostics);
  }
  return ReadYaml<Located<std::string>>(node, &out->member.rep, diagnostics);
}

std::string_view YamlTypeName(std::type_identity<MemberOrName>) { return "rep or member"; }

void MemberDoc::Check(const YamlNode& node, Diagnostics& out) const {
  WarnLaterKey(node, "skills", "give the pool only members who have the skill", out);
}

void PoolDoc::Check(const YamlNode& node, Diagnostics& out) const {
  WarnLaterKey(node, "after_leave", "a rep who returns gets the same share as the others", out);
}

bool ReadYaml(const YamlNode& node, CatchUp* out, Diagnostics& diagnostics) {
  out->all = node.kind == YamlNode::Kind::kScalar && node.text == "all";
  return out->all || ReadYamlInt(node, &out->leads, {.min = 0, .max = 1'000'000}, diagnostics);
}

std::string_view YamlTypeName(std::type_identity<CatchUp>) { return "whole number or `all`"; }

bool ReadYaml(const YamlNode& node, OpenCount* out, Diagnostics& diagnostics) {
  Cap cap;
  if (!ReadParsed<Cap>(node, &cap, diagnostics, ParseOpenCount, HintOfCount)) return false;
  if (cap.kind != Cap::Kind::kOpen) {
    diagnostics.Error(215, PlaceOf(node), "claims are limited by what is open: '5 open'");
    return false;
  }
  out->open = cap.limit;
  return true;
}

std::string_view YamlTypeName(std::type_identity<OpenCount>) { return "count of open leads"; }

}  // namespace pm
