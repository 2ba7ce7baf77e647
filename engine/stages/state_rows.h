// What a changelog and a restore must know of rows, by their bytes alone: when one is due, and
// which ones belong together, so that one record keeps them all. Pure; keys are as stored, with the
// world's byte.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time/instant.h"

namespace pm {

struct StateRows {
  // kNever: it has no timer.
  std::function<Instant(std::string_view key, std::string_view bytes)> due;
  // Key of the row at the head of those that this one belongs to (it may be itself); empty: it
  // stands alone.
  std::function<std::string(std::string_view key, std::string_view bytes)> head;
  // The head may say something else when the bytes change; else the key alone decides, and `head`
  // takes no bytes.
  std::function<bool(std::string_view key)> head_is_in_bytes;
  // Keys of all rows that may belong to a head, itself first, as its own bytes have it; of no
  // bytes: there is no such row. None twice.
  std::function<std::vector<std::string>(std::string_view head,
                                         std::optional<std::string_view> bytes)>
      rows;
  // Key of a row that is kept with each of several heads, always as it is, so that it need not be
  // written alone when one of them is; of that row itself: its own key. Empty: there is none.
  std::function<std::string(std::string_view head)> rider;
};

// A person with the first lead and identities, and the company rides with each; an assignment with
// SLA run, enrolment and its place among the rep's open leads. All else stands alone.
StateRows RealStateRows();

}  // namespace pm
