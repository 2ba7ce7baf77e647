// What a desk keeps of a rep beside the roster: absence, open leads, what was given lately.
#pragma once
#include <vector>

#include "engine/stages/desk/records/keys.h"

namespace pm {

// A hand-over that counts towards caps.
struct Given {
  Instant at;
  uint64_t pool = 0;  // Hash64 of the pool's name; 0: given by name, not by a pool
  LeadId lead;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "at", &Given::at, "When.");
    v.Field(2, "pool", &Given::pool, "From which pool.");
    v.Field(3, "lead", &Given::lead, "Which lead.");
  }
};

struct OpenInPool {
  uint64_t pool = 0;
  int64_t open = 0;
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "pool", &OpenInPool::pool, "From which pool.");
    v.Field(2, "open", &OpenInPool::open, "Open leads.");
  }
};

// What `rep.upserted` said; wins over the roster file.
struct RepAttributes {
  std::vector<std::string> external;
  BlockBytes fields;  // `rep.*`, each usable under the rules it came under
  template <class V>
  static void Describe(V& v) {
    // 1 to 8 were given out once.
    v.Field(9, "external", &RepAttributes::external, "Ids in other systems.");
    v.Field(10, "fields", &RepAttributes::fields, "What was said.");
  }
};

// Whom a text means that only events gave: an address or external id of a rep; or, under the id of
// an AE, the reps who support them.
struct RepNameRow {
  struct Key {
    uint32_t desk = 0;
    uint64_t name = 0;  // hash of the kind (`name`, `supports`) and the text
    void Append(std::string* out) const {
      AppendBigEndian32(out, desk);
      AppendBigEndian(out, name);
    }
  };
  static constexpr char kPrefix = 'm';
  std::vector<std::string> reps;  // sorted
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "reps", &RepNameRow::reps, "Who is meant.");
  }
};

// kDropped: the rules no longer know the rep, or their `active_to` has passed. kBack: what waited
// for the rep goes on.
enum class RepSweep : uint8_t { kNone = 0, kAway = 1, kDeactivated = 2, kDropped = 3, kBack = 4 };

struct RepRow {
  using Key = DeskNameKey;
  static constexpr char kPrefix = 'R';
  std::optional<RepAttributes> attributes;
  Instant away_from = kNever;
  Instant away_until = kNever;  // kNever with away_from set: until rep.back
  bool deactivated = false;
  int64_t open = 0;
  std::vector<OpenInPool> open_by_pool;
  std::vector<Given> given;  // rising `at`; older than any cap's window are dropped
  RepSweep sweep = RepSweep::kNone;
  std::string sweep_after;  // cursor: the last index key done
  std::string release_to;   // rules, pool, manager
  Instant due = kNever;     // the sweep's next step

  template <class V>
  static void Describe(V& v) {
    v.Field(1, "attributes", &RepRow::attributes, "What events said of the rep.");
    v.Field(2, "away_from", &RepRow::away_from, "Absent since.");
    v.Field(3, "away_until", &RepRow::away_until, "Absent until.");
    v.Field(4, "deactivated", &RepRow::deactivated, "Left.");
    v.Field(5, "open", &RepRow::open, "Open leads.");
    v.Field(6, "open_by_pool", &RepRow::open_by_pool, "Open leads by pool.");
    v.Field(7, "given", &RepRow::given, "Hand-overs that caps still count.");
    v.Field(8, "sweep", &RepRow::sweep, "Sweep over the rep's leads that is under way.");
    v.Field(9, "sweep_after", &RepRow::sweep_after, "Where the sweep is.");
    v.Field(10, "release_to", &RepRow::release_to, "Where a departing rep's leads go.");
    v.Field(11, "due", &RepRow::due, "Next step of the sweep.");
  }
};

}  // namespace pm
