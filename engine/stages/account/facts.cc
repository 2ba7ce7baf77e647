#include "engine/stages/account/account.h"

namespace pm::account {
namespace {

constexpr size_t kMaxFactBytes = 16 * 1024;
constexpr size_t kMaxTextInFacts = 512;

// Cuts at a boundary of UTF-8.
std::string_view CutText(std::string_view text) {
  if (text.size() <= kMaxTextInFacts) return text;
  size_t end = kMaxTextInFacts;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

// Borrowed from the rows.
std::string_view DomainOf(const PersonRow& person, const AccountRow* account) {
  const auto behind_prefix = [](std::string_view home) {
    return home.starts_with("d:") ? home.substr(2) : std::string_view();
  };
  if (account != nullptr) {
    const auto domain = FieldBlock(account->fields.values).Text(Field("account.domain"));
    if (!domain.empty()) return domain;
    if (account->home_text.starts_with("d:")) return behind_prefix(account->home_text);
  }
  return behind_prefix(person.home_text);
}

// In field order, as all blocks are.
std::string DerivedFields(const PersonRow& of, const AccountRow* account, const LeadRow* lead,
                          EventType event) {
  constexpr size_t kUsualBytes = 128;
  std::string block;
  block.reserve(kUsualBytes);
  const std::string_view email = FieldBlock(of.fields.values).Text(Field("lead.email"));
  const std::string_view home = of.home_text;
  const bool is_of_domain = home.starts_with("d:");
  if (!email.empty()) {
    const std::string_view domain = is_of_domain && email.ends_with(home.substr(2))
                                        ? home.substr(2)
                                        : email.substr(email.find('@') + 1);
    AppendPair(Field("lead.email_domain"), Value::Text(domain), &block);
  }
  if (lead != nullptr) AppendPair(Field("lead.stage"), Value::Text(lead->stage), &block);
  if (!email.empty()) {
    const bool free_mail = home.starts_with("e:") && home.substr(2) == email;
    AppendPair(Field("lead.free_mail"), Value::Bool(free_mail), &block);
  }
  if (lead != nullptr) AppendPair(Field("lead.created_at"), Value::At(lead->created_at), &block);
  if (const std::string_view domain = DomainOf(of, account); !domain.empty())
    AppendPair(Field("account.domain"), Value::Text(domain), &block);
  if (event != EventType::kNone)
    AppendPair(Field("event.type"), Value::Text(DeclOf(event).name), &block);
  return block;
}

std::string ScoreFields(const PersonRow& person) {
  if (!person.scored) return {};
  const ScoreState& score = person.score;
  const std::string grade = score.fit_grade + score.engagement_grade;
  std::string block;
  AppendPair(Field("score.fit"), Value::Int(score.fit), &block);
  AppendPair(Field("score.engagement"), Value::Int(score.engagement), &block);
  if (!grade.empty()) AppendPair(Field("score.grade"), Value::Text(grade), &block);
  if (!score.fit_grade.empty())
    AppendPair(Field("score.fit_grade"), Value::Text(score.fit_grade), &block);
  if (!score.engagement_grade.empty())
    AppendPair(Field("score.engagement_grade"), Value::Text(score.engagement_grade), &block);
  AppendPair(Field("score.total"), Value::Int(score.fit + score.engagement), &block);
  return block;
}

}  // namespace

std::string AccountDomain(const Case& c) { return std::string(DomainOf(*c.person, c.account)); }

std::string StandingFacts(const PersonRow& person, const AccountRow* account, const LeadRow& lead) {
  const std::string derived = DerivedFields(person, account, &lead, EventType::kNone);
  const std::string score = ScoreFields(person);
  BlockBuilder all;
  const auto add = [&](FieldBlock block) {
    for (BlockReader r(block); r.Next();) all.Set(r);
  };
  add(FieldBlock(derived));
  if (account != nullptr) add(FieldBlock(account->fields.values));
  add(FieldBlock(person.fields.values));
  add(FieldBlock(lead.submission));
  add(FieldBlock(score));
  return all.Build();
}

CaseFacts::CaseFacts(const Case& c)
    : CaseFacts(c, c.lead == nullptr ? FieldBlock() : FieldBlock(c.lead->submission)) {}

CaseFacts::CaseFacts(const Case& c, FieldBlock submission)
    : blocks_{DerivedFields(*c.person, c.account, c.lead, c.event_type),
              c.account == nullptr ? std::string() : c.account->fields.values.bytes,
              c.person->fields.values.bytes,
              std::string(submission.bytes),
              c.event_fields.bytes,
              ScoreFields(*c.person)},
      sheet_(c.step.rules.slots()) {
  for (const std::string& block : blocks_) sheet_.Add(FieldBlock(block));
}

bool CaseFacts::IsOf(const Case& c) const {
  const auto& [derived, account, person, submission, event, score] = blocks_;
  constexpr std::string_view kNone;
  return person == c.person->fields.values.bytes && event == c.event_fields.bytes &&
         account == (c.account == nullptr ? kNone : c.account->fields.values.bytes) &&
         submission == (c.lead == nullptr ? kNone : c.lead->submission.bytes) &&
         derived == DerivedFields(*c.person, c.account, c.lead, c.event_type) &&
         score == ScoreFields(*c.person);
}

std::string BoundBlock(std::string_view block, size_t max_bytes) {
  if (block.size() <= max_bytes) return std::string(block);
  BlockBuilder cut;
  size_t bytes = 0;
  for (BlockReader r{FieldBlock(block)}; r.Next();) {
    Value value = r.value();
    if (value.type == Type::kText) value.text = CutText(value.text);
    const size_t size = value.text.size() + 16;
    const bool list_too_long = value.type == Type::kTextList && size > kMaxTextInFacts;
    if (list_too_long || bytes + size > max_bytes) continue;
    bytes += size;
    cut.Set(r.field(), value);
  }
  return cut.Build();
}

NamedBlock CaseFacts::Bounded(const FieldTable& fields) const {
  if (!bounded_) {
    bounded_ = BoundBlock(sheet_.ToBlock(), kMaxFactBytes);
    json_ = NameFields(FieldBlock(*bounded_), fields).json;
  }
  return {FieldBlock(*bounded_), &fields, json_};
}

std::string CaseFacts::Pick(const std::vector<FieldNumber>& numbers) const {
  BlockBuilder picked;
  for (const std::string& block : blocks_) {
    for (BlockReader r{FieldBlock(block)}; r.Next();) {
      if (std::ranges::binary_search(numbers, r.field()) && !r.value().missing()) picked.Set(r);
    }
  }
  return picked.Build();
}

std::string CaseFacts::All() const {
  BlockBuilder all;
  for (const std::string& block : blocks_) {
    for (BlockReader r{FieldBlock(block)}; r.Next();) {
      if (!r.value().missing()) all.Set(r);
    }
  }
  return all.Build();
}

Case::Case(Step& s, HomeId h, PersonId p) : step(s), home(h), id(p) {
  PM_CHECK(s.rows.Find<PersonRow>({h, p}) != nullptr);
  person = &s.rows.Edit<PersonRow>({h, p});
  account = s.rows.Find<AccountRow>({h});
  if (person->current) UseLead(person->current);
}

void Case::UseLead(LeadId which) {
  lead_id = which;
  lead = step.rows.Find<LeadRow>({home, which});
  PM_CHECK(lead != nullptr);
  // What the past says of a live lead is told to live readers.
  if (step.past) step.mode = lead->mode == Mode::kLive ? Mode::kLive : Mode::kBackfill;
}

const CaseFacts& Case::facts() const {
  if (!facts_ || !facts_->IsOf(*this)) facts_.emplace(*this);
  return *facts_;
}

LeadRow& Case::EditLead() {
  PM_CHECK(lead != nullptr);
  LeadRow& row = step.rows.Edit<LeadRow>({home, lead_id});
  lead = &row;
  return row;
}

AccountRow& Case::EditAccount() {
  AccountRow& row = step.rows.Edit<AccountRow>({home});
  account = &row;
  return row;
}

}  // namespace pm::account
