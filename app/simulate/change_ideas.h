// Which single change of a lead might bring it nearer to a route: what stands in the way of the
// route, or makes an earlier one take it. Ideas only; whoever asks tries them.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "app/simulate/lead_trial.h"
#include "app/simulate/value_ideas.h"

namespace pm {

// A route that leads somewhere, with those that enclose it, outermost first.
struct RoutePath {
  std::vector<const Route*> routes;
  const Route& leaf() const { return *routes.back(); }
};
// In the order they are tried, `otherwise` last. They live as long as the book.
std::vector<RoutePath> PathsOf(const RuleBook& book);
// Null when there is none of that name.
const RoutePath* FindPath(const std::vector<RoutePath>& paths, std::string_view name);
// The rep can get a lead by it, as far as the rules can say.
bool MayLeadTo(const RuleBook& book, const RoutePath& path, std::string_view rep);
// The same of a row of the route's table: by its pool or rep column; without one, any row does.
bool RowLeadsTo(const RuleBook& book, const Route& route, size_t row, std::string_view rep);

// `trial` has a lead that is not where it is wanted. `rep` empty: any will do.
std::vector<ValueIdea> IdeasFor(const RuleBook& book, const std::vector<RoutePath>& paths,
                                const LeadTrial& trial, const RoutePath& wanted,
                                const std::string& rep);

}  // namespace pm
