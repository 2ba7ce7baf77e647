#include "rules/book_builder.h"

#include <fmt/format.h>

#include "model/normalise/email.h"
#include "model/normalise/free_mail.h"
#include "rules/book_parts.h"
#include "rules/condition_share.h"
#include "rules/literal.h"

namespace pm {
namespace {

// What outputs and desk stages read of every lead.
constexpr FieldNumber kOnEveryCard[] = {
    Field("lead.email"),        Field("lead.email_domain"), Field("lead.phone"),
    Field("lead.first_name"),   Field("lead.last_name"),    Field("lead.name"),
    Field("lead.title"),        Field("lead.company"),      Field("lead.country"),
    Field("lead.region"),       Field("lead.postcode"),     Field("lead.language"),
    Field("lead.time_zone"),    Field("lead.linkedin"),     Field("lead.source"),
    Field("lead.status"),       Field("lead.stage"),        Field("lead.phone_country"),
    Field("lead.do_not_email"), Field("lead.do_not_call"),  Field("account.domain"),
    Field("account.name"),      Field("account.country"),   Field("account.region"),
    Field("account.owner"),     Field("score.fit"),         Field("score.engagement"),
    Field("score.grade"),       Field("score.fit_grade"),   Field("score.engagement_grade"),
    Field("score.total"),       Field("submission.source"), Field("submission.message")};

// The name under which this book has the calendar a pinned document was written for.
std::string PinCalendar(const std::string& name, ContentHash hash, const HoursTable& old,
                        HoursTable* own) {
  const CalendarSpec* spec = old.FindCalendar(name);
  if (spec == nullptr) return name;
  const CalendarSpec* ours = own->FindCalendar(name);
  const auto same = [](const CalendarSpec& a, const CalendarSpec& b) {
    return a.always == b.always && a.weekly == b.weekly && a.shifts == b.shifts &&
           a.holidays == b.holidays && a.leave == b.leave;
  };
  if (ours != nullptr && same(*ours, *spec)) return name;
  std::string pinned = fmt::format("{}@{}", name.substr(0, name.find('@')), ToText(hash));
  own->AddCalendar(pinned, *spec);
  return pinned;
}

void IndexEngagement(ScoringRules* scoring) {
  std::map<EventType, SignalRules> by_signal;
  for (uint32_t i = 0; i < scoring->engagement.size(); ++i) {
    const ScoringRule& rule = scoring->engagement[i];
    by_signal[rule.signal].rules.push_back(i);
    scoring->engagement_by_id.emplace_back(rule.id, i);
  }
  std::ranges::sort(scoring->engagement_by_id);
  for (auto& [signal, of_signal] : by_signal) {
    std::vector<index::RuleNeeds> needs;
    for (const uint32_t rule : of_signal.rules) {
      needs.push_back(index::NeedsOf(scoring->engagement[rule].when));
    }
    of_signal.signal = signal;
    of_signal.index = RuleIndex(needs);
    scoring->by_signal.push_back(std::move(of_signal));
  }
}

template <class Rule>
void ShareConditions(std::vector<Rule>* rules, ConditionSharing* sharing) {
  for (Rule& rule : *rules) {
    rule.when = sharing->Share(rule.when);
    if constexpr (requires { rule.nested; }) ShareConditions(&rule.nested, sharing);
  }
}

void IndexNested(Route* route) {
  route->nested_index = IndexOf(route->nested);
  for (Route& inner : route->nested) IndexNested(&inner);
}

}  // namespace

RuleBookBuilder::RuleBookBuilder() : book_(std::make_shared<RuleBook>()) {
  book_->fields_ = std::make_unique<FieldTable>();
  book_->parts_ = std::make_shared<RuleBook::Parts>();
  const auto built_in = [this](std::string name, std::span<const std::string_view> domains) {
    AddList(std::move(name), std::vector<std::string>(domains.begin(), domains.end()));
  };
  built_in("free_mail", FreeMailDomains());
  built_in("disposable", DisposableDomains());
}

RuleBookBuilder::~RuleBookBuilder() = default;

Condition RuleBookBuilder::When(std::string_view field, TestOp op,
                                std::vector<std::string> literals, OnMissing on_missing) {
  const FieldDecl* declared = fields().Find(field);
  PM_CHECK(declared != nullptr);
  auto made = MakeTest({declared, op, std::move(literals), nullptr, on_missing}, &slots());
  PM_CHECK(made.has_value());
  return *std::move(made);
}

void RuleBookBuilder::AddSla(SlaPolicy policy) {
  if (!policy.hash) policy.hash = HashContent("sla " + policy.name);
  auto shared = std::make_shared<const SlaPolicy>(std::move(policy));
  book_->parts_->pinned_slas[shared->hash] = shared;
  book_->parts_->slas[shared->name] = std::move(shared);
}

void RuleBookBuilder::AddCadence(Cadence cadence) {
  if (!cadence.hash) cadence.hash = HashContent("cadence " + cadence.name);
  auto shared = std::make_shared<const Cadence>(std::move(cadence));
  book_->parts_->pinned_cadences[shared->hash] = shared;
  book_->parts_->cadences[shared->name] = std::move(shared);
}

void RuleBookBuilder::AddList(std::string name, const std::vector<std::string>& items) {
  TextList list{.name = name, .items = {}};
  for (const std::string& item : items) list.items.push_back(FoldedItem(item));
  std::ranges::sort(list.items);
  const auto doubles = std::ranges::unique(list.items);
  list.items.erase(doubles.begin(), doubles.end());
  book_->parts_->lists[std::move(name)] = std::make_shared<const TextList>(std::move(list));
}

std::shared_ptr<const TextList> RuleBookBuilder::FindList(std::string_view name) const {
  const auto it = book_->parts_->lists.find(name);
  return it == book_->parts_->lists.end() ? nullptr : it->second;
}

std::vector<std::shared_ptr<const TextList>> RuleBookBuilder::Lists() const {
  std::vector<std::shared_ptr<const TextList>> lists;
  for (const auto& [name, list] : book_->parts_->lists) lists.push_back(list);
  return lists;
}

void RuleBookBuilder::AddCalendar(std::string name, CalendarSpec spec) {
  book_->parts_->hours.AddCalendar(std::move(name), std::move(spec));
}

void RuleBookBuilder::AddDaysOff(std::string file, std::string text) {
  book_->parts_->hours.AddDaysOff(std::move(file), std::move(text));
}

const HoursTable& RuleBookBuilder::hours() const { return book_->parts_->hours; }

void RuleBookBuilder::InheritPinned(const RuleBook* previous) {
  if (previous == nullptr) return;
  RuleBook::Parts& own = *book_->parts_;
  const RuleBook::Parts& old = *previous->parts_;
  for (const auto& [hash, policy] : old.pinned_slas) {
    if (own.pinned_slas.contains(hash)) continue;
    auto copy = std::make_shared<SlaPolicy>(*policy);
    copy->pause_while = policy->pause_while.Rebound(&slots());
    copy->calendar = PinCalendar(policy->calendar, hash, old.hours, &own.hours);
    own.pinned_slas[hash] = std::move(copy);
  }
  for (const auto& [hash, cadence] : old.pinned_cadences) {
    if (own.pinned_cadences.contains(hash)) continue;
    auto copy = std::make_shared<Cadence>(*cadence);
    for (CadenceStep& step : copy->steps) step.skip_if = step.skip_if.Rebound(&slots());
    own.pinned_cadences[hash] = std::move(copy);
  }
}

void RuleBookBuilder::CollectCardFields() {
  std::vector<FieldNumber>& fields = book_->card_fields;
  fields.insert(fields.end(), std::begin(kOnEveryCard), std::end(kOnEveryCard));
  for (const auto& [hash, policy] : book_->parts_->pinned_slas) {
    policy->pause_while.CollectFields(slots(), &fields);
  }
  for (const auto& [hash, cadence] : book_->parts_->pinned_cadences) {
    for (const CadenceStep& step : cadence->steps) step.skip_if.CollectFields(slots(), &fields);
  }
  std::ranges::sort(fields);
  const auto doubles = std::ranges::unique(fields);
  fields.erase(doubles.begin(), doubles.end());
  for (const FieldNumber field : fields) slots().Add(field);
  slots().TakeForms(*book_->fields_);
}

void RuleBookBuilder::AssignDesks() {
  RuleBook::Parts& parts = *book_->parts_;
  std::vector<std::string> desks;  // few, of many pools
  for (const Pool& pool : book_->pools) {
    parts.pool_by_name.emplace(pool.name, &pool);
    if (std::ranges::find(desks, pool.desk) == desks.end()) desks.push_back(pool.desk);
    for (const PoolMember& member : pool.members) parts.desk_of_rep.emplace(member.rep, pool.desk);
  }
  if (desks.empty()) return;
  std::ranges::sort(desks);
  if (std::ranges::find(desks, "main") == desks.end()) parts.common_desk = desks.front();
  parts.desks = std::move(desks);
}

void RuleBookBuilder::IndexReps() {
  RuleBook::Parts& parts = *book_->parts_;
  for (const RosterRep& rep : book_->roster) {
    parts.rep_by_id.emplace(rep.id, &rep);
    if (!rep.email.empty()) parts.rep_by_name.emplace(ComparedAddress(rep.email), rep.id);
    for (const std::string& token : rep.external) parts.rep_by_name.emplace(token, rep.id);
    if (!rep.supports.empty()) parts.supporters[rep.supports].push_back(rep.id);
  }
}

void RuleBookBuilder::IndexRules() {
  RuleBook& book = *book_;
  ConditionSharing sharing;
  ShareConditions(&book.screening, &sharing);
  ShareConditions(&book.scoring.fit, &sharing);
  ShareConditions(&book.scoring.engagement, &sharing);
  ShareConditions(&book.lifecycle.thresholds, &sharing);
  ShareConditions(&book.lifecycle.repeat, &sharing);
  ShareConditions(&book.routing.routes, &sharing);
  book.screening_index = IndexOf(book.screening);
  book.scoring.fit_index = IndexOf(book.scoring.fit);
  IndexEngagement(&book.scoring);
  book.lifecycle.threshold_index = IndexOf(book.lifecycle.thresholds);
  book.lifecycle.repeat_index = IndexOf(book.lifecycle.repeat);
  book.routing.index = IndexOf(book.routing.routes);
  for (Route& route : book.routing.routes) IndexNested(&route);
}

std::shared_ptr<const RuleBook> RuleBookBuilder::Build(ContentHash version) {
  std::ranges::sort(book_->roster, {}, &RosterRep::id);
  std::ranges::sort(book_->pools, {}, &Pool::name);
  CollectCardFields();
  AssignDesks();
  IndexReps();
  IndexRules();
  if (!version) {
    std::string all;
    for (const RuleFile& file : book_->sources_) all += file.path + '\0' + file.text + '\0';
    version = HashContent(all);
  }
  book_->version_ = version;
  return std::move(book_);
}

}  // namespace pm
