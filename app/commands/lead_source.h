// Where `lead show` and `explain` read a lead from: a running engine's API, or a data directory
// that no engine has open.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "app/commands/commands.h"
#include "engine/runtime/store.h"
#include "rules/book.h"

namespace pm {

// What a command shows of a lead read from a store: JSON or text.
using LeadPage = std::function<Result<std::string>(const StoreView& store, LeadId id,
                                                   std::shared_ptr<const RuleBook> rules)>;

// Prints the page of lead `id`: with --url what `GET /v1/leads/{id}<path>` answers (asked for text
// unless --json), with --data what `page` makes of the directory.
int ShowLead(const Arguments& arguments, Streams& streams, std::string_view path,
             const LeadPage& page);

}  // namespace pm
