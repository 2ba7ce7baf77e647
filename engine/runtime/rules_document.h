// The document of published rules in a store's meta. All of it that fills whole pieces is written
// ahead of the switch, so that the switch's own commit is small however large the rules are. A
// piece is named by its content: it is never changed, one that no switch came to need does no harm,
// and documents share the pieces in which they are alike.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "engine/runtime/store.h"

namespace pm {

// What a commit of the engine may have to wait for while rules are published beside it.
inline constexpr size_t kRulesPieceBytes = size_t{64} << 10;

// Stored under the hash of the rules, by the commit that puts them in force.
struct RulesDocument {
  std::vector<ContentHash> pieces;  // of kRulesPieceBytes each, in order; all of them are durable
  std::string rest;                 // what follows them, shorter than a piece
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "pieces", &RulesDocument::pieces, "Its pieces, in order.");
    v.Field(2, "rest", &RulesDocument::rest, "What follows them.");
  }
};

// Makes the pieces durable that the store does not hold, each by a write of its own. From any
// thread; a storage error ends the process.
RulesDocument WriteRulesPieces(Store& store, std::string_view document);
MetaWrite RulesDocumentWrite(ContentHash rules, const RulesDocument& document);
// The whole document; nothing when the store does not hold it, or not all of it.
std::optional<std::string> ReadRulesDocument(const StoreView& store, ContentHash rules);

}  // namespace pm
