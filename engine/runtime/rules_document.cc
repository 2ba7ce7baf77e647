#include "engine/runtime/rules_document.h"

namespace pm {

namespace {

std::string DocumentName(ContentHash rules) { return "rules-document/" + ToText(rules); }
std::string PieceName(ContentHash piece) { return "rules-piece/" + ToText(piece); }
// Where stores of before there were pieces have the whole document.
std::string WholeName(ContentHash rules) { return "rules/" + ToText(rules); }

}  // namespace

RulesDocument WriteRulesPieces(Store& store, std::string_view document) {
  const std::unique_ptr<StoreView> view = store.Snapshot();
  RulesDocument written;
  for (; document.size() >= kRulesPieceBytes; document.remove_prefix(kRulesPieceBytes)) {
    const std::string_view piece = document.substr(0, kRulesPieceBytes);
    const ContentHash hash = HashContent(piece);
    written.pieces.push_back(hash);
    if (view->Meta(PieceName(hash)).has_value()) continue;
    const MetaWrite write = {PieceName(hash), std::string(piece)};
    if (const Result<void> done = store.WriteAhead({&write, 1}); !done.has_value())
      StorageFailed(done.error().text);
  }
  written.rest = document;
  return written;
}

MetaWrite RulesDocumentWrite(ContentHash rules, const RulesDocument& document) {
  return {DocumentName(rules), Encoded(document)};
}

std::optional<std::string> ReadRulesDocument(const StoreView& store, ContentHash rules) {
  const std::optional<std::string> bytes = store.Meta(DocumentName(rules));
  if (!bytes) return store.Meta(WholeName(rules));
  RulesDocument document;
  if (!Decode(*bytes, &document)) return std::nullopt;
  std::string whole;
  whole.reserve(document.pieces.size() * kRulesPieceBytes + document.rest.size());
  for (const ContentHash piece : document.pieces) {
    const std::optional<std::string> text = store.Meta(PieceName(piece));
    if (!text) return std::nullopt;
    whole += *text;
  }
  return whole + document.rest;
}

}  // namespace pm
