#include "app/views/lead_view.h"

#include "app/views/parked_rows.h"
#include "app/views/read_rows.h"
#include "engine/runtime/task.h"
#include "engine/stages/account/records/account_row.h"
#include "engine/stages/account/records/redirect_row.h"
#include "engine/stages/desk/records/enrolment.h"
#include "engine/stages/desk/records/rep_row.h"
#include "engine/stages/desk/records/sla_run.h"

namespace pm {
namespace {

constexpr int kNoSuchLead = 714;
constexpr int kMaxMoves = 16;

std::string_view StateName(SlaState state) {
  constexpr std::string_view kNames[] = {"running", "met", "breached"};
  return kNames[static_cast<size_t>(state)];
}

SlaView ViewSla(const SlaRun& run, const RuleBook& rules) {
  SlaView view;
  const SlaPolicy* policy = rules.FindSla(run.policy);
  view.policy = policy != nullptr ? policy->name : ToText(run.policy);
  view.paused_since = run.paused_since;
  for (const MilestoneRun& m : run.milestones) {
    view.milestones.push_back({std::string(MilestoneName(m.milestone)),
                               std::string(StateName(m.state)), m.started, m.due, m.met_at,
                               m.used});
  }
  for (const SlaLedgerEntry& e : run.ledger) {
    view.ledger.push_back(fmt::format("{} ({}): {} to {}", e.why, e.who, FormatInstant(e.from),
                                      e.to == kNever ? "now" : FormatInstant(e.to)));
  }
  return view;
}

CadenceView ViewCadence(const Enrolment& e) {
  CadenceView view;
  view.cadence = e.cadence;
  view.state = !e.running() ? "ended" : e.paused() ? "paused" : "running";
  view.step = e.step;
  if (e.running()) view.planned = e.planned;
  view.paused_until = e.paused_until;
  view.paused_why = e.paused_why;
  if (e.open.has_value()) view.open_step = ToText(e.open->id);
  view.delays = e.delays;
  return view;
}

// By the roster, unless events say otherwise.
std::string NameOfRep(const StoreView& store, const RuleBook& rules, const RepRow::Key& key,
                      World world) {
  auto row = ReadRow<RepRow>(store, key, world);
  if (!row.has_value() || !row->attributes.has_value()) row = ReadRow<RepRow>(store, key);
  if (row.has_value() && row->attributes.has_value()) {
    const std::string_view said = FieldBlock(row->attributes->fields).Text(Field("rep.name"));
    if (!said.empty()) return std::string(said);
  }
  const RosterRep* rep = rules.FindRep(key.name);
  return rep == nullptr ? std::string() : rep->name;
}

PlacementView ViewPlacement(const StoreView& store, const AssignmentRow& row,
                            const std::string& desk, const RuleBook& rules) {
  PlacementView view;
  view.id = {DeskHash(desk), row.card.lead, row.seq};
  view.desk = desk;
  view.pool = row.pool, view.route = row.route, view.origin = row.origin, view.via = row.via;
  view.priority = row.priority, view.rep = row.rep, view.previous_rep = row.previous_rep;
  view.reason = row.reason;
  view.rep_name =
      NameOfRep(store, rules, {DeskHash(desk), row.rep}, WorldOf(static_cast<Mode>(row.mode)));
  view.routed_at = row.routed_at, view.queued_at = row.queued_at;
  view.assigned_at = row.assigned_at, view.accepted_at = row.accepted_at;
  view.touched_at = row.touched_at;
  view.passed_over = row.passed_over;
  return view;
}

std::string BothFields(const LeadRows& rows) {
  std::string all;
  const FieldBlock company = rows.company ? FieldBlock(rows.company->fields.values) : FieldBlock();
  FieldBlock::Merge(company, FieldBlock(rows.person.fields.values), &all);
  return all;
}

// Lines of `name  value`, without those that have none.
class Page {
 public:
  void Line(std::string_view name, std::string_view value) {
    if (!value.empty()) text_ += fmt::format("{:<14}{}\n", name, value);
  }
  void Line(std::string_view name, Instant at) {
    if (at != kNever) Line(name, FormatInstant(at));
  }
  void Head(std::string_view title) { text_ += fmt::format("\n{}\n", title); }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

void WriteWho(const LeadView& view, Page& page) {
  page.Line("lead", ToText(view.lead.id));
  if (view.mode != ModeName(Mode::kLive)) page.Line("mode", view.mode);
  page.Line("name", view.contact.name);
  page.Line("title", view.contact.title);
  page.Line("company", view.contact.company);
  page.Line("account", view.lead.account);
  page.Line("e-mail", view.contact.email);
  page.Line("phone", view.contact.phone);
  page.Line("source", view.contact.source);
  page.Line("place", view.place);
  page.Line("stage", view.lead.stage);
  page.Line("screened as", view.screened_as);
  page.Line("held until", view.held_until);
  page.Line("ended", view.end_reason);
  page.Line("score", fmt::format("fit {}, engagement {} {}", view.score.fit, view.score.engagement,
                                 view.score.grade));
  for (const std::string& reason : view.score.reasons) page.Line("", reason);
  for (const std::string& channel : view.refusals) page.Line("refuses", channel);
  for (const std::string& timer : view.parked) page.Line("stands still", timer);
}

void WriteWork(const LeadView& view, Page& page) {
  if (const auto& a = view.assignment) {
    page.Head("assignment");
    page.Line("rep", a->rep.empty() ? "nobody yet" : a->rep);
    page.Line("pool", a->pool);
    page.Line("route", fmt::format("{} ({})", a->route, a->origin));
    page.Line("via", a->via);
    page.Line("routed", a->routed_at);
    page.Line("assigned", a->assigned_at);
    page.Line("accepted", a->accepted_at);
    page.Line("touched", a->touched_at);
  }
  if (view.sla.has_value()) {
    page.Head("SLA " + view.sla->policy);
    for (const MilestoneView& m : view.sla->milestones) {
      const bool stands = m.due == kNever;
      page.Line(m.milestone, stands ? fmt::format("{}, its time stands still", m.state)
                                    : fmt::format("{}, due {}", m.state, FormatInstant(m.due)));
    }
    for (const std::string& entry : view.sla->ledger) page.Line("paused", entry);
  }
  if (view.cadence.has_value()) {
    page.Head("cadence " + view.cadence->cadence);
    page.Line("state", view.cadence->state);
    if (view.cadence->step > 0) page.Line("step", std::to_string(view.cadence->step));
    page.Line("planned", view.cadence->planned);
    page.Line("paused", view.cadence->paused_why);
  }
}

// Of the lead's rows those whose timer failed and stands still.
std::vector<std::string> ParkedTimers(const StoreView& store, const LeadRows& rows, LeadId id,
                                      const DeskLeadKey& at_desk) {
  std::vector<std::string> parked;
  for (const std::string& row :
       {RowKey<account::LeadRow>({rows.home, id}, rows.world),
        RowKey<AssignmentRow>(at_desk, rows.world), RowKey<SlaRun>(at_desk, rows.world),
        RowKey<Enrolment>(at_desk, rows.world)}) {
    if (const auto why = ReadRow<ParkedRow>(store, {row})) {
      parked.push_back(fmt::format("{} since {}: {} (parked row {})", KindOfTimer(row.front()),
                                   FormatInstant(why->at), why->why, ParkedId(row)));
    }
  }
  return parked;
}

std::optional<LeadRows> ReadLeadIn(World world, const StoreView& store, LeadId id) {
  LeadRows rows;
  rows.world = world;
  rows.home = {id.person.home};
  for (int moves = 0; moves < kMaxMoves; ++moves) {
    auto lead = ReadRow<account::LeadRow>(store, {rows.home, id}, world);
    if (!lead.has_value()) {
      auto redirect = ReadRow<account::RedirectRow>(store, {rows.home, id.person}, world);
      if (!redirect.has_value())
        redirect = ReadRow<account::RedirectRow>(store, {rows.home, {}}, world);
      if (!redirect.has_value() || redirect->to == rows.home) break;
      rows.home = redirect->to;
      continue;
    }
    rows.lead = *std::move(lead);
    auto person = ReadRow<account::PersonRow>(store, {rows.home, rows.lead.person}, world);
    if (!person.has_value()) break;
    rows.person = *std::move(person);
    rows.company = ReadRow<account::AccountRow>(store, {rows.home}, world);
    if (rows.company.has_value()) {
      rows.account_domain = FieldBlock(rows.company->fields.values).Text(Field("account.domain"));
      if (rows.account_domain.empty() && rows.company->home_text.starts_with("d:")) {
        rows.account_domain = rows.company->home_text.substr(2);
      }
    }
    if (account::AtDesk(rows.lead)) {
      rows.assignment = ReadRow<AssignmentRow>(store, {DeskHash(rows.lead.desk), id}, world);
    }
    return rows;
  }
  return std::nullopt;
}

}  // namespace

Result<LeadRows> ReadLead(const StoreView& store, LeadId id) {
  for (const World world : kWorlds) {
    if (auto rows = ReadLeadIn(world, store, id)) return *std::move(rows);
  }
  return Fail(kNoSuchLead, fmt::format("there is no lead {}", ToText(id)));
}

Result<LeadView> ViewLead(const StoreView& store, LeadId id, const RuleBook& rules) {
  PM_TRY(const LeadRows rows, ReadLead(store, id));
  const account::LeadRow& lead = rows.lead;
  const account::PersonRow& person = rows.person;
  LeadView view;
  view.lead = {id, lead.person, rows.account_domain, lead.stage, {}};
  for (const std::string& token : person.tokens) {
    if (!token.starts_with("anonymous:")) view.lead.external.tokens.push_back(token);
  }
  view.home = person.home_text;
  view.place = account::PlaceName(lead.place);
  const std::string fields = BothFields(rows);
  std::string everything;
  FieldBlock::Merge(FieldBlock(fields), FieldBlock(lead.submission), &everything);
  view.contact = ContactOf(FieldBlock(everything));
  const account::ScoreState& score = person.score;
  view.score = {score.fit, score.engagement, score.fit_grade + score.engagement_grade,
                score.reasons};
  view.fields = NameFields(FieldBlock(fields), rules.fields());
  view.submission = NameFields(FieldBlock(lead.submission), rules.fields());
  view.hand_raise = lead.hand_raise;
  view.created_at = lead.created_at, view.held_until = lead.due, view.ended_at = lead.ended_at;
  view.screened_as = lead.screened_as, view.end_reason = lead.end_reason;
  for (const account::StoredDecision& d : lead.decisions) view.decisions.push_back(ToText(d.id));
  for (const ChannelWord& word : person.consents) {
    if (!word.refused) continue;
    view.refusals.push_back(
        fmt::format("{} ({}, {})", word.channel, word.said_by, FormatInstant(word.at)));
  }
  for (const LeadId& other : person.leads) {
    if (other != id) view.other_leads.push_back(ToText(other));
  }
  const DeskLeadKey key{DeskHash(lead.desk), id};
  if (rows.assignment) view.assignment = ViewPlacement(store, *rows.assignment, lead.desk, rules);
  if (const auto run = ReadRow<SlaRun>(store, key, rows.world)) view.sla = ViewSla(*run, rules);
  if (const auto enrolment = ReadRow<Enrolment>(store, key, rows.world)) {
    view.cadence = ViewCadence(*enrolment);
  }
  view.mode = ModeName(lead.mode);
  view.parked = ParkedTimers(store, rows, id, key);
  return view;
}

std::string ToJson(const LeadView& view) { return ToJson<LeadView>(view); }

std::string ToText(const LeadView& view) {
  Page page;
  WriteWho(view, page);
  WriteWork(view, page);
  return page.Take();
}

}  // namespace pm
