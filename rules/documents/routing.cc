#include "rules/documents/routing.h"

namespace pm {
namespace {

constexpr int kEither = 204;

}  // namespace

void TargetDoc::Check(const YamlNode& node, Diagnostics& out) const {
  const int named = int{pool.has_value()} + int{rep.has_value()} + int{owner.has_value()} +
                    int{sdr_of.has_value()} + int{ae_of.has_value()};
  if (named != 1) {
    out.Error(kEither, PlaceOf(node),
              "a target is one of `pool`, `rep`, `owner`, `sdr_of` and `ae_of`");
  } else if (if_away && pool) {
    out.Error(kEither, if_away->place, "`if_away` goes with a rep or an owner");
  }
}

void RouteDoc::Check(const YamlNode& node, Diagnostics& out) const {
  if (to.has_value() == routes.has_value()) {
    out.Error(kEither, PlaceOf(node), "a route needs either `to` or `routes`");
  }
  if (table.has_value() == match.empty()) {
    out.Error(kEither, table ? table->place : match.front().place,
              "`table` and `match` go together");
  } else if (hit && !table) {
    out.Error(kEither, hit->place, "`hit` goes with a table");
  } else if (table && routes) {
    out.Error(kEither, table->place,
              "a table gives the target of its own route, not of nested ones");
  }
}

}  // namespace pm
