// The rules in force: a compiled, immutable bundle. Everything a stage may ask of the rules is a
// plain struct here; how YAML becomes these is in rules/documents and rules/compile. Safe to read
// from any thread. Names are the writer's; `origin` is where each part is written. An index beside
// rules finds those that may match; all of them are made when the book is built.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time/calendar.h"
#include "base/time/text.h"
#include "model/event_types.h"
#include "model/fields.h"
#include "model/messages/routing.h"
#include "rules/condition.h"
#include "rules/facts.h"
#include "rules/index/rule_index.h"

namespace pm {

class DomainSet;

struct Origin {
  std::string file;  // relative to the rule folder
  int line = 0;
  std::string Text() const { return file + ":" + std::to_string(line); }
};

// ---- who
struct IdentityRules {
  bool strip_plus = true;  // ann+x@acme.com is ann@acme.com
  bool strip_gmail_dots = true;
  // The built-in list of free-mail domains without `not_free`; null: all of it.
  std::shared_ptr<const DomainSet> free_mail = {};
  std::vector<std::string>
      survivorship;  // source classes, strongest first; a source's class is its name's prefix
  Duration stale_after = Days(7);  // leads delivered later than this get the standard SLA
};

// ---- screening: before scoring, first match
struct ScreeningRule {
  std::string name;
  Condition when;
  std::string as;                       // employee, competitor, ...
  std::optional<Span> hold_for_review;  // released to routing after this, unless decided before
  Origin origin;
};

// ---- scoring
struct Band {
  int64_t from;  // inclusive; in the field's unit (decimals: 10^-6)
  int64_t points;
};
struct PointsLimit {
  int64_t points = 0;  // 0: none
  Duration per;
};
struct ScoringRule {
  std::string name;
  Condition when;
  int64_t points = 0;
  std::optional<FieldNumber> banded_field;  // with `bands`
  std::vector<Band> bands;                  // rising `from`
  EventType signal = EventType::kNone;      // engagement rules only
  PointsLimit at_most;
  bool account_scope = false;  // counts for every person of the account
  uint32_t id = 0;             // engagement: hash of the name, stored with contributions
  Origin origin;
};
struct Grade {
  std::string name;
  int64_t from;
};
// The engagement rules of one signal.
struct SignalRules {
  EventType signal = EventType::kNone;
  std::vector<uint32_t> rules;  // places among all engagement rules, rising
  RuleIndex index;              // of them
};
struct ScoringRules {
  int64_t fit_cap = 100;
  int64_t engagement_cap = 100;
  Duration half_life;  // one of the two is set; zero: not
  Duration window;
  std::vector<ScoringRule> fit;
  std::vector<ScoringRule> engagement;
  std::vector<Grade> fit_grades;         // falling `from`
  std::vector<Grade> engagement_grades;  // falling `from`

  RuleIndex fit_index;
  std::vector<SignalRules> by_signal;                           // of `engagement`; rising
  std::vector<std::pair<uint32_t, uint32_t>> engagement_by_id;  // id, place; rising
  const SignalRules* RulesOn(EventType signal) const;           // null when it is no rule's signal
  const ScoringRule* EngagementRule(uint32_t id) const;         // null when there is none any more
};

// ---- lifecycle
struct Threshold {
  std::string to;  // mql
  Condition when;
  Duration cooldown;
  Origin origin;
};
enum class RepeatAction : uint8_t { kIgnore, kNotifyOwner, kReopen, kNewLead, kTakeSubmission };
struct RepeatRule {
  std::vector<std::string> stages;   // empty: any
  std::vector<std::string> reasons;  // disposal reasons; empty: any
  Duration within;                   // of the last submission (open) or of the closing; zero: any
  bool same_form = false;
  Condition when;
  RepeatAction action = RepeatAction::kTakeSubmission;
  bool to_previous_rep = false;
  Origin origin;
};
struct LifecycleRules {
  std::vector<std::string> route_when = {"hand_raise", "mql"};  // nothing else routes
  std::vector<Threshold> thresholds;
  std::vector<RepeatRule> repeat;
  RuleIndex threshold_index, repeat_index;
  bool RoutesOn(std::string_view reason) const;
};

// ---- routing
// Where a route leads. Several kinds need a field or a table column, so they are resolved per lead.
enum class TargetFrom : uint8_t { kPool, kRep, kOwner, kSdrOf, kPoolColumn, kRepColumn };
struct Target {
  TargetFrom from = TargetFrom::kPool;
  std::string name;           // pool or rep, or the table's column without `$`
  FieldNumber field;          // kOwner, kSdrOf: the field that names the rep
  std::string else_pool;      // empty: fall through to the next route
  bool wait_if_away = false;  // if_away: wait
};
// A decision table from CSV (DMN unary tests): rows are tested in file order.
class RouteTable;
struct RouteTableHit {
  uint32_t row = 0;  // line in the CSV file
  std::vector<std::pair<std::string_view, std::string_view>>
      cells;  // column -> text of output columns
};
// The row that counts, by the table's hit policy; nullopt when no row matches, or several where one
// is allowed; `why_not` then says so in a sentence. Views live as long as the table. Defined in
// rules/tables.
std::optional<RouteTableHit> LookUp(const RouteTable& table, Facts facts,
                                    std::string* why_not = nullptr);

struct Route {
  std::string name;
  Condition when;
  std::shared_ptr<const RouteTable> table;  // null: none
  Target to;                                // unless `nested` has entries
  std::vector<Route> nested;  // tried in order when `when` holds; none matches: next route
  RuleIndex nested_index;
  std::string sla, cadence,
      priority;  // empty: inherited from the enclosing route, else none / normal
  Origin origin;
};
struct HoldRule {
  Condition until;   // routing waits until this holds ...
  Duration at_most;  // ... but not longer
};
struct RoutingRules {
  std::optional<HoldRule> hold;
  std::vector<Route> routes;
  RuleIndex index;  // of `routes`
  Route otherwise;  // always matches; its target is a pool
};

// ---- people
struct Cap {
  enum class Kind : uint8_t { kOpen, kPerDay, kPerWeek, kPerMonth, kRolling };
  Kind kind = Kind::kOpen;
  int64_t limit = 0;
  Duration window;  // kRolling
};
struct RosterRep {
  std::string id, email, name, zone, hours, role, manager, backup;
  std::vector<std::string> holidays;  // names of .ics files in the rule folder
  std::vector<std::string> leave;     // .ics files or date ranges `2026-12-24/2027-01-02`
  std::vector<std::string> skills, external;
  std::string supports;   // the AE this SDR works for
  std::vector<Cap> caps;  // over all pools
  Instant active_from{INT64_MIN};
  Instant active_to = kNever;
  Origin origin;
};
enum class PoolStrategy : uint8_t { kWeighted, kLeastLoaded, kQueue };
enum class OffHours : uint8_t { kAssign, kHold, kOverflow };
enum class QueueOrder : uint8_t { kDue, kScore, kArrival };
struct PoolMember {
  std::string rep;
  int64_t weight = 1;  // 1..1000
};
struct Pool {
  std::string name;
  std::string desk = "main";
  PoolStrategy strategy = PoolStrategy::kWeighted;
  std::vector<PoolMember> members;  // a queue: who may claim
  std::vector<Cap> caps;            // per member, from this pool
  OffHours off_hours = OffHours::kAssign;
  bool sticky = false;  // by account
  Duration sticky_for;
  bool sticky_backup = false;         // if_away: backup
  std::vector<std::string> overflow;  // in order
  std::vector<QueueOrder> order = {QueueOrder::kDue, QueueOrder::kScore, QueueOrder::kArrival};
  int64_t claim_at_most_open = 0;  // 0: no limit
  Duration claim_return_after;     // zero: never
  std::string hours;               // calendar of the pool (SLA `hours: pool`); empty: always
  std::string zone = "UTC";
  bool keep_when_away = false;  // on_away: keep; else untouched leads of an absent rep go on
  Origin origin;

  // A queue without members is open to every rep of its desk.
  bool HasMember(std::string_view rep) const;
};

// ---- SLA
enum class Milestone : uint8_t { kAssign = 0, kAccept = 1, kFirstTouch = 2 };
inline constexpr int kMilestones = 3;
std::string_view MilestoneName(Milestone m);  // assign, accept, first_touch
enum class SlaHours : uint8_t { kAssignee, kPool, kProspect, kAlways, kCalendar };
struct MilestoneRule {
  bool on = false;
  Duration within;              // business time
  bool from_assigned = false;   // else from routed
  bool per_assignment = false;  // else per lead: never restarts
};
enum class RungAction : uint8_t { kNotify, kReassign, kEscalate };
struct Rung {
  bool percent = false;
  int64_t percent_of = 0;  // `80%`: of business time
  Duration after_due;      // `due`, `due + 30m`
  RungAction action = RungAction::kNotify;
  std::vector<std::string> notify;  // rep, manager, a rep id or an address
  int64_t reassign_at_most = 3;
  bool else_queue = false;  // after the last: the fallback queue; false: keep
  std::string text;         // as written
};
struct SlaPolicy {
  std::string name;
  ContentHash hash;
  SlaHours hours = SlaHours::kAssignee;
  std::string calendar;  // kCalendar
  Duration grace;
  MilestoneRule milestones[kMilestones];
  std::vector<Rung> ladders[kMilestones];
  Condition pause_while;
  bool pauses = false;
  Origin origin;
};

// ---- cadence
enum class ExitEvent : uint8_t {
  kReplied,
  kMeetingBooked,
  kUnsubscribed,
  kBounced,
  kDisqualified,
  kConverted
};
enum class OnReassign : uint8_t { kContinue, kRestart, kExit };
struct StepWindow {
  int32_t from_minute = 0;  // of the civil day
  int32_t to_minute = 1440;
  bool prospect = true;  // else the rep's zone
  bool set = false;
};
struct StepVariant {
  std::string template_name;
  int64_t share = 100;  // per cent; all together 100
};
struct CadenceStep {
  std::string channel;                // email, call, linkedin, sms, task
  std::string action;                 // `connect`, ... for channels without a template
  std::vector<StepVariant> variants;  // may be empty
  bool automatic = false;             // e-mail and sms may be; others are manual
  bool reply_in_thread = false;
  Span after;
  StepWindow window;
  std::optional<Span> expires;  // manual steps
  bool expiry_exits = false;    // on_expiry: exit (else skip)
  Condition skip_if;
  bool skips = false;
  Origin origin;
};
struct Cadence {
  std::string name;
  ContentHash hash;
  bool once = true;
  std::vector<ExitEvent> exits;
  OnReassign on_reassign = OnReassign::kContinue;
  Span away_longer_than{Days(0), 2};
  bool away_backup = false;  // else pause
  std::string unknown_zone = "safest";
  std::vector<CadenceStep> steps;
  Origin origin;
  bool ExitsOn(ExitEvent e) const;
};

// One source file of a bundle.
struct RuleFile {
  std::string path;  // relative to the folder
  std::string text;
};

class RuleBook {
 public:
  // A book without rules, to be filled: by the compiler, or by hand in tests.
  explicit RuleBook(std::unique_ptr<FieldTable> fields = std::make_unique<FieldTable>(),
                    Slots slots = {}, ContentHash version = {})
      : version_(version), fields_(std::move(fields)), slots_(std::move(slots)) {}

  // Hash over all sources, the tz database and the engine-semantics number.
  ContentHash version() const { return version_; }
  const FieldTable& fields() const { return *fields_; }
  const Slots& slots() const { return slots_; }
  const std::vector<RuleFile>& sources() const { return sources_; }

  IdentityRules identity;
  std::vector<ScreeningRule> screening;
  RuleIndex screening_index;
  ScoringRules scoring;
  LifecycleRules lifecycle;
  RoutingRules routing;
  std::vector<RosterRep> roster;         // by id
  std::vector<Pool> pools;               // by name
  std::vector<FieldNumber> card_fields;  // what desk rules and outputs read of a lead, by number

  const RosterRep* FindRep(std::string_view id) const;
  // By id, address or external id.
  const RosterRep* FindRepBy(std::string_view text) const;
  // Ids of the reps who support this one by the roster, sorted.
  const std::vector<std::string>& SupportersOf(std::string_view rep) const;
  const Pool* FindPool(std::string_view name) const;
  // By id, address or external id: desk of the first pool the rep is in. Who is in none belongs to
  // "main", or to the first desk when there is no "main".
  std::string_view DeskOfRep(std::string_view rep) const;
  std::vector<std::string> Desks() const;  // sorted
  const SlaPolicy* FindSla(std::string_view name) const;
  const SlaPolicy* FindSla(ContentHash hash) const;  // also pinned ones of earlier versions
  const Cadence* FindCadence(std::string_view name) const;
  const Cadence* FindCadence(ContentHash hash) const;
  // Policies and cadences written in this bundle, without those it inherited; sorted.
  std::vector<ContentHash> OwnDocuments() const;
  bool InList(std::string_view list, std::string_view text) const;  // lists.NAME

  // Hours by calendar name in a zone, minus holidays and leave; `always` and an empty name are open
  // throughout. Unknown names or zones give a calendar that is always open: names of rules are
  // checked when they are compiled, those of rep events by the desk. The reference stays valid as
  // long as the book does.
  const Calendar& Hours(std::string_view calendar, std::string_view zone,
                        const std::vector<std::string>& holidays,
                        const std::vector<std::string>& leave) const;
  bool KnowsCalendar(std::string_view calendar) const;
  bool KnowsDaysOff(std::string_view file) const;  // an .ics file that some rule names

 private:
  friend class RuleBookBuilder;
  ContentHash version_;
  std::unique_ptr<FieldTable> fields_;
  Slots slots_;
  std::vector<RuleFile> sources_;
  struct Parts;  // policies, cadences, lists, calendars and their cache
  std::shared_ptr<Parts> parts_;
};

}  // namespace pm
