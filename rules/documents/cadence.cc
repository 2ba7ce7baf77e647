#include "rules/documents/cadence.h"

#include <fmt/format.h>

namespace pm {
namespace {

constexpr int kEither = 204;

bool ReadOne(const YamlNode& node, ContentDoc* out, Diagnostics& diagnostics) {
  if (node.kind != YamlNode::Kind::kScalar) return ReadYaml<ContentDoc>(node, out, diagnostics);
  return ReadYaml(node, &out->template_name, diagnostics);
}

void CheckShares(const ContentsDoc& contents, Diagnostics& out) {
  if (contents.variants.size() < 2) return;
  int64_t sum = 0;
  for (const ContentDoc& variant : contents.variants) sum += variant.share ? variant.share->of : 0;
  if (sum != 100) {
    out.Error(kEither, contents.place,
              fmt::format("the shares of the variants add up to {}%, not 100%", sum));
  }
}

}  // namespace

bool ReadYaml(const YamlNode& node, ContentsDoc* out, Diagnostics& diagnostics) {
  out->place = PlaceOf(node);
  if (node.kind != YamlNode::Kind::kSequence) {
    return ReadOne(node, &out->variants.emplace_back(), diagnostics);
  }
  bool good = true;
  for (const YamlNode& item : node.items) {
    good = ReadOne(item, &out->variants.emplace_back(), diagnostics) && good;
  }
  if (node.items.empty()) diagnostics.Error(kEither, PlaceOf(node), "no variant at all");
  return good && !node.items.empty();
}

std::string_view YamlTypeName(std::type_identity<ContentsDoc>) { return "content or variants"; }

void StepDoc::Check(const YamlNode& node, Diagnostics& out) const {
  int channels = 0;
  for (const auto* contents : {&email, &call, &linkedin, &sms, &task}) {
    if (!contents->has_value()) continue;
    ++channels;
    CheckShares(**contents, out);
  }
  if (channels != 1) {
    out.Error(kEither, PlaceOf(node),
              "a step is one of `email`, `call`, `linkedin`, `sms` and `task`");
    return;
  }
  const bool automatic = mode && mode->value == ModeDoc::kAuto;
  if (automatic && !email && !sms) {
    out.Error(kEither, mode->place, "only e-mail and sms can be sent without the rep",
              "leave out the mode, or write `mode: manual`");
  }
  for (const auto* contents : {&email, &sms}) {
    if (automatic && contents->has_value() && (*contents)->variants.front().expires) {
      out.Error(kEither, (*contents)->variants.front().expires->place,
                "an automatic step does not wait for the rep, so it cannot expire");
    }
  }
}

void ThrottleDoc::Check(const YamlNode& node, Diagnostics& out) const {
  if (per_rep.empty() && per_domain.empty()) {
    out.Error(kEither, PlaceOf(node), "a throttle needs `per_rep` or `per_domain`");
  }
}

void CadenceDoc::Check(const YamlNode& node, Diagnostics& out) const {
  WarnLaterKey(node, "throttle", "caps of the pool limit what a rep gets", out);
}

}  // namespace pm
