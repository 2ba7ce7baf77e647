// Where `lead show` and `explain` read a lead from: a running engine's API (at 127.0.0.1:8080
// unless named), or a data directory that no engine has open, by the rules that it holds.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "app/commands/commands.h"
#include "app/views/explanation.h"
#include "engine/runtime/store.h"
#include "rules/book.h"

namespace pm {

// What a command shows of a lead read from a store: JSON or text. `rules` are in force or were
// named; `books` finds those and earlier ones that the store holds.
using LeadPage = std::function<Result<std::string>(
    const StoreView& store, LeadId id, const RuleBook& rules, const BookProvider& books)>;

// Prints the page of lead `id`: with --url what `GET /v1/leads/{id}<path>` answers (asked for text
// unless --json), with --data what `page` makes of the directory.
int ShowLead(const Arguments& arguments, Streams& streams, std::string_view path,
             const LeadPage& page);

}  // namespace pm
