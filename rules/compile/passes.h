// Pass 3, compile: each kind of document over the names declared, into the book. All report and go
// on, so that every problem is told at once.
#pragma once
#include "rules/compile/context.h"

namespace pm {

// In this order.
void CompileFields(CompileContext& context);     // first: others' conditions read them
void CompileLists(CompileContext& context);      // lists, before conditions
void CompileCalendars(CompileContext& context);  // hours of reps, pools and SLAs
void CompileRoster(CompileContext& context);
void DeclareNames(CompileContext& context);    // pools, SLAs, cadences
void CompilePools(CompileContext& context);    // all but their members
void CompileMembers(CompileContext& context);  // of pools
void CompileIdentity(CompileContext& context);
void CompileScreening(CompileContext& context);
void CompileScoring(CompileContext& context);
void CompileLifecycle(CompileContext& context);
void CompileSlas(CompileContext& context);
void CompileCadences(CompileContext& context);
void CompileRouting(CompileContext& context);
void CompileHandoff(CompileContext& context);  // nothing of it is in the book yet
void CompilePrivacy(CompileContext& context);  // nothing of it is in the book yet

// Once all conditions are compiled: items of lists that nothing they are looked up for can be. Not
// when a condition may be lacking.
void CheckListItems(CompileContext& context);
// Of a list none of whose items any field holds that it is looked up for, for Diagnostics::Also:
// that a condition then never or always holds follows from it.
std::string CauseOfUselessList(std::string_view list);

// Where a route leads. `table` is that of the route, or null.
Target CompileTarget(CompileContext& context, const TargetDoc& doc, const RouteTable* table);

// The decision table of a route; null and reported when it cannot be used.
std::shared_ptr<const RouteTable> CompileTable(CompileContext& context, const RouteDoc& route);

// PM0216 for a length that is no time at all, so that what it belongs to would mean nothing.
void RefuseNoTime(CompileContext& context, const Located<Duration>& time, std::string message,
                  std::string hint = {});

// Reads an .ics file of the folder once; true when it may be used.
bool UseDaysOff(CompileContext& context, const Located<std::string>& name);

// Pass 4, check: what would go wrong although every part is well formed. Each check is made when
// the kinds of documents it looks at have no problem, whatever is wrong with others.
void CheckBook(CompileContext& context);
void WarnUnusedFiles(CompileContext& context);

}  // namespace pm
