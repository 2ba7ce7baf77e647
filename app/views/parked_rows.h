// Rows whose timer failed and stands still (engine/runtime/task.h, ParkedRow), as people ask for
// them. The API and the terminal show the same.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time/instant.h"
#include "engine/runtime/store.h"
#include "engine/runtime/task.h"
#include "rules/book.h"

namespace pm {

// Timers are counted under these names: sla, cadence, assignment, lead, rep, housekeeping; all
// those of modes `shadow` and `test` under rehearsal. By the first byte of a row's key.
std::string_view KindOfTimer(char row_prefix);

struct ParkedView {
  std::string id;      // 16 hex digits, the same for the same row
  std::string kind;    // KindOfTimer
  std::string row;     // in words
  LeadId lead_id;      // none: it is not of a lead ...
  PersonId person_id;  // ... nor of a person
  std::string desk;    // empty: it is at no desk
  Instant parked_at = kNever;
  Instant due = kNever;
  std::string why;
  template <class V>
  static void Describe(V& v) {
    using T = ParkedView;
    v.Field(1, "id", &T::id, "To name it by.");
    v.Field(2, "kind", &T::kind, "Kind of timer.");
    v.Field(3, "row", &T::row, "What stands still.");
    v.Field(4, "lead_id", &T::lead_id, "The lead, if it is of one.");
    v.Field(5, "person_id", &T::person_id, "The person, if it is of one.");
    v.Field(6, "desk", &T::desk, "The desk, if it is of one.");
    v.Field(7, "parked_at", &T::parked_at, "Since when it stands still.");
    v.Field(8, "due", &T::due, "What it was due at.");
    v.Field(9, "why", &T::why, "The broken invariant.");
  }
};

struct ParkedList {
  size_t count = 0;              // of all
  std::vector<ParkedView> rows;  // the first of them, in the order of their keys
};
// Of a whole row key; `rules` names desks.
ParkedView ViewOfParked(std::string_view row, const ParkedRow& why, const RuleBook& rules);
// At most so many rows. `count` is as many as were read: who knows of more sets it.
ParkedList ListParked(const StoreView& store, const RuleBook& rules, size_t most);
std::string ToJson(const ParkedList& list);
std::string ToText(const ParkedList& list);
std::string RetriedJson(const std::vector<std::string>& rows);  // their ids, by their keys

// Keys of the parked rows, at most so many.
std::vector<std::string> ParkedKeys(const StoreView& store, size_t most);
// The key of the one with this id.
std::optional<std::string> FindParked(const StoreView& store, std::string_view id);
// The id of a row by its key.
std::string ParkedId(std::string_view row);

}  // namespace pm
