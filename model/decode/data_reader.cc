#include "model/decode/data_reader.h"

#include "base/text/diagnostic.h"
#include "base/text/utf8.h"
#include "model/decode/bare_key.h"
#include "model/decode/closed_words.h"
#include "model/normalise/phone.h"
#include "model/normalise/region.h"
#include "model/normalise/text.h"
#include "model/privacy.h"

namespace pm {
namespace {

constexpr size_t kMaxTokens = 16;
constexpr size_t kMaxTokenBytes = 256;
constexpr size_t kMaxProblems = 50;       // of undeclared fields, and of all else
constexpr size_t kMaxProblemBytes = 300;  // of a pointer, of a detail: a name may be long

std::string Bounded(std::string text) {
  if (text.size() <= kMaxProblemBytes) return text;
  text.resize(ValidUtf8Prefix(std::string_view(text).substr(0, kMaxProblemBytes)));
  return text + "...";
}

// A key as RFC 6901 writes it in a pointer.
std::string Escaped(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

// What the members of a nested object are called as fields; nullopt: it is no such object. An empty
// prefix means that the members are looked up as if they stood in `data` itself.
std::optional<std::string_view> PrefixOf(std::string_view key) {
  if (key == "utm") return "submission.utm_";
  if (key == "custom" || key == "fields" || key == "traits" || key == "properties") return "";
  if (key == "lead" || key == "person") return "lead.";
  if (key == "account" || key == "company") return "account.";
  if (key == "submission") return "submission.";
  if (key == "event") return "event.";
  if (key == "rep") return "rep.";
  if (key == "actor") return "event.actor_";
  return std::nullopt;
}

// What a JSON value says of consent; nullopt when that is not clear.
std::optional<bool> RefusalOf(const JsonNode& value) {
  if (value.is(JsonNode::Kind::kBool)) return !value.boolean;
  return ParseRefusal(value.text);
}

}  // namespace

DataReader::DataReader(const DecodeRules& rules, const EventTypeDecl& decl, DecodedEvent* out)
    : rules_(rules), decl_(decl), out_(out) {
  context_.email = &rules_.email;
}

void DataReader::Read(const JsonNode& data) {
  TakeCountries("", data);
  for (const auto& [key, value] : data.members) ReadMember("/data/", "", key, value);
  DerivePhoneCountry();
  NoteWhatWasCut();
}

void DataReader::TakeCountries(std::string_view prefix, const JsonNode& object) {
  for (const auto& [key, value] : object.members) {
    const std::optional<std::string_view> inner = prefix.empty() ? PrefixOf(key) : std::nullopt;
    const bool whose = inner && (*inner == "lead." || *inner == "account.");
    if (whose && value.is(JsonNode::Kind::kObject)) TakeCountries(*inner, value);
    if (!key.ends_with("country") || key.ends_with("_country")) continue;
    const FieldDecl* field = FieldOf(prefix, key);
    std::string* country = field == nullptr ? nullptr : CountryFor(*field);
    if (country == nullptr) continue;
    const FieldOutcome read = ReadField(*field, value, context_);
    if (!read.storage.empty()) *country = read.storage;
  }
  TakeCountriesOfRegions(prefix, object);
}

void DataReader::TakeCountriesOfRegions(std::string_view prefix, const JsonNode& object) {
  for (const auto& [key, value] : object.members) {
    if (!key.ends_with("region") || !value.is(JsonNode::Kind::kString)) continue;
    const std::optional<NamedRegion> region = RegionWithCountry(value.text);
    const FieldDecl* field = region ? FieldOf(prefix, key) : nullptr;
    std::string* country = field == nullptr ? nullptr : CountryFor(*field);
    if (country == nullptr || !country->empty()) continue;
    *country = region->country;
    block_.Set(country == &account_country_ ? Field("account.country") : Field("lead.country"),
               Value::Text(region->country));
  }
}

std::string* DataReader::CountryFor(const FieldDecl& field) {
  if (field.number == Field("account.country").number ||
      field.number == Field("account.region").number) {
    return &account_country_;
  }
  const bool lead =
      field.number == Field("lead.country").number || field.number == Field("lead.region").number;
  return lead ? &context_.country : nullptr;
}

// What one of the two does not say the other does.
FieldContext DataReader::ContextOf(const FieldDecl& decl) const {
  const bool account = decl.name.starts_with("account.");
  const std::string& own = account ? account_country_ : context_.country;
  const std::string& other = account ? context_.country : account_country_;
  return {.country = own.empty() ? other : own, .email = context_.email};
}

void DataReader::DerivePhoneCountry() {
  if (!phone_ || says_phone_country_) return;
  const std::string_view country = NormalisePhone(*phone_).country;
  const Value known = country.empty() ? Value{} : Value::Text(country);
  block_.Set(Field("lead.phone_country"), known);  // that of another number would be wrong
}

void DataReader::ReadMember(const std::string& path, std::string_view prefix, std::string_view key,
                            const JsonNode& value) {
  const std::string pointer = path + Escaped(key);
  if (prefix.empty() && ReadSpecial(pointer, key, value)) return;
  const std::optional<std::string_view> nested = PrefixOf(key);
  if (prefix.empty() && nested && value.is(JsonNode::Kind::kObject)) {
    for (const auto& [inner, inner_value] : value.members) {
      ReadMember(pointer + "/", *nested, inner, inner_value);
    }
    return;
  }
  const FieldDecl* decl = FieldOf(prefix, key);
  if (decl == nullptr) {
    const std::string_view meant = unknown_ < kMaxProblems ? NearestField(key) : std::string_view();
    return Note(pointer, std::string(kUnknownField),
                meant.empty()
                    ? fmt::format("no field '{}{}'; declare it with kind: fields", prefix, key)
                    : fmt::format("no field '{}{}'; did you mean '{}'?", prefix, key, meant));
  }
  SetField(pointer, *decl, value);
}

bool DataReader::ReadSpecial(const std::string& pointer, std::string_view key,
                             const JsonNode& value) {
  if (key == "external_ids" || key == "external") return ReadTokens(pointer, value), true;
  if (key == "consent" && decl_.type == EventType::kLeadSubmitted) {
    return ReadConsent(pointer, value), true;
  }
  if (!value.is(JsonNode::Kind::kString)) return false;
  const auto read_id = [&](const auto& id, auto* target) {
    if (id.has_value()) {
      *target = *id;
    } else {
      Note(pointer, "invalid_value", id.error().text, true);
    }
    return true;
  };
  Event& event = out_->event;
  if (key == "anonymous_id") {
    std::string id = CleanText(value.text);
    if (id.size() > kMaxTokenBytes) {
      Note(pointer, "too_long", fmt::format("at most {} bytes", kMaxTokenBytes));
    } else {
      event.anonymous = std::move(id);
    }
    return true;
  }
  if (key == "id" && decl_.subject == Subject::kRep) {
    block_.Set(Field("event.rep"), Value::Text(CleanText(value.text)));
    return true;
  }
  if (key == "lead_id" || key == "lead") return read_id(ParseLeadId(value.text), &event.lead);
  if (key == "person" && value.text.contains('@')) {
    return SetEmail(pointer, *rules_.fields.Find(Field("lead.email")), value), true;
  }
  if (key == "person_id" || key == "person") {
    return read_id(ParsePersonId(value.text), &event.person);
  }
  if (key == "assignment_id" || key == "assignment") {
    return read_id(ParseAssignmentId(value.text), &event.assignment);
  }
  return false;
}

void DataReader::SetField(const std::string& pointer, const FieldDecl& decl,
                          const JsonNode& value) {
  if (decl.number == Field("lead.email").number) return SetEmail(pointer, decl, value);
  if (SetClosedWord(pointer, decl, value)) return;
  JsonNode truth;
  const JsonNode* json = &value;
  if (decl.number == Field("submission.hand_raise").number && value.is(JsonNode::Kind::kString)) {
    const std::string kind = FoldText(value.text);
    const bool plain = kind == "true" || kind == "false" || kind == "yes" || kind == "no" ||
                       kind == "1" || kind == "0" || IsJunk(kind, JunkList::kText);
    if (!plain) {
      block_.Set(Field("submission.hand_raise_kind"), Value::Text(kind));
      truth = value;
      truth.text = "true";
      json = &truth;
    }
  }
  const FieldOutcome outcome = ReadField(decl, *json, ContextOf(decl));
  const bool takes =
      outcome.kind == FieldOutcome::Kind::kSet || outcome.kind == FieldOutcome::Kind::kClear;
  if (takes && decl.number == Field("lead.phone").number) phone_ = outcome.storage;
  if (takes && decl.number == Field("lead.phone_country").number) says_phone_country_ = true;
  switch (outcome.kind) {
    case FieldOutcome::Kind::kSet: {
      if (!outcome.reason.empty()) Note(pointer, outcome.reason, outcome.detail);
      const bool text = outcome.value.type == Type::kText || outcome.value.type == Type::kTextList;
      Value set = outcome.value;
      if (text) set.text = outcome.storage;  // a moved outcome moves its storage
      return block_.Set({decl.number}, set);
    }
    case FieldOutcome::Kind::kClear:
      return block_.Set({decl.number}, Value{});
    case FieldOutcome::Kind::kIgnore:
      return;
    case FieldOutcome::Kind::kProblem:
      return Note(pointer, outcome.reason, outcome.detail,
                  MustBeUnderstood(decl_.type, {decl.number}));
  }
}

bool DataReader::SetClosedWord(const std::string& pointer, const FieldDecl& decl,
                               const JsonNode& value) {
  const bool truth = value.is(JsonNode::Kind::kBool);
  const std::string_view said = !truth          ? std::string_view(value.text)
                                : value.boolean ? "true"
                                                : "false";
  const std::optional<ClosedWord> found = FindClosedWord(decl_.type, {decl.number}, said);
  if (!found || value.is(JsonNode::Kind::kNull)) return false;
  if (!found->word.empty()) {
    block_.Set({decl.number}, Value::Text(found->word));
  } else if (!value.is(JsonNode::Kind::kString) || !IsJunk(said, JunkList::kText)) {
    Note(pointer, "invalid_value", fmt::format("'{}' is none of {}", CleanText(said), found->known),
         found->fatal);
  }
  return true;
}

void DataReader::SetEmail(const std::string& pointer, const FieldDecl& decl,
                          const JsonNode& value) {
  if (value.is(JsonNode::Kind::kNull)) {
    block_.Set({decl.number}, Value{});
    block_.Set(Field("lead.email_domain"), Value{});
    return block_.Set(Field("lead.free_mail"), Value{});
  }
  if (!value.is(JsonNode::Kind::kString)) {
    return Note(pointer, "wrong_type", "an e-mail address is a text");
  }
  if (IsJunk(value.text, JunkList::kText)) return;
  Result<Email> email = NormaliseEmail(value.text, rules_.email);
  if (!email.has_value()) return Note(pointer, "invalid_value", email.error().text);
  block_.Set(Field("lead.email"), Value::Text(email->deliver_to));
  block_.Set(Field("lead.email_domain"), Value::Text(email->registrable_domain));
  block_.Set(Field("lead.free_mail"), Value::Bool(email->is_free_mail || email->is_disposable));
  email_ = *std::move(email);
}

void DataReader::AddToken(const std::string& pointer, std::string_view system_object,
                          std::string_view id) {
  std::vector<std::string>& tokens = out_->event.tokens;
  std::string token = FoldText(system_object);
  const std::string clean = CleanText(id);
  if (token.empty() || clean.empty() || token.size() + clean.size() >= kMaxTokenBytes ||
      tokens.size() == kMaxTokens) {
    return Note(pointer, "invalid_value",
                fmt::format("an external id is system:object:id; at most {} of them", kMaxTokens));
  }
  token += ':';
  token += clean;
  if (std::ranges::find(tokens, token) == tokens.end()) tokens.push_back(std::move(token));
}

void DataReader::ReadTokens(const std::string& pointer, const JsonNode& value) {
  for (const auto& [name, id] : value.members) {
    AddToken(pointer + "/" + Escaped(name), name, id.text);
  }
  for (const JsonNode& item : value.items) {
    const size_t colon = item.text.rfind(':');
    AddToken(pointer, item.text.substr(0, colon == std::string::npos ? 0 : colon),
             colon == std::string::npos ? "" : std::string_view(item.text).substr(colon + 1));
  }
}

void DataReader::ReadConsent(const std::string& pointer, const JsonNode& value) {
  constexpr std::string_view kForm =
      "consent is said by channel (email, call, sms, linkedin, all), each true or false";
  if (value.is(JsonNode::Kind::kNull)) return;
  if (!value.is(JsonNode::Kind::kObject)) {
    return Note(pointer, "invalid_value", std::string(kForm));
  }
  std::string consents;
  for (const auto& [key, said] : value.members) {
    if (said.is(JsonNode::Kind::kNull)) continue;
    const std::optional<std::string_view> channel = ParseChannel(key);
    const std::optional<bool> refused = RefusalOf(said);
    if (!channel || !refused) {
      Note(pointer + "/" + Escaped(key), "invalid_value", std::string(kForm));
      continue;
    }
    AppendListItem(&consents, fmt::format("{}:{}", *channel, *refused ? "refused" : "granted"));
  }
  if (!consents.empty()) block_.Set(Field("event.consents"), Value::List(consents));
}

const FieldDecl* DataReader::FieldOf(std::string_view prefix, std::string_view key) const {
  if (prefix.empty()) return FieldOfBareKey(rules_.fields, decl_, key);
  std::string name(prefix);
  name += key;
  return rules_.fields.Find(name);
}

std::string_view DataReader::NearestField(std::string_view key) const {
  const bool whole = key.contains('.');  // `account.industy`, as rules name it
  std::vector<std::string_view> names;
  for (const FieldDecl& decl : rules_.fields.all()) {
    const std::string_view name = decl.name;
    names.push_back(whole ? name : name.substr(name.find('.') + 1));
  }
  return Nearest(key, names);
}

// Fields that nobody declared are counted apart, so that they do not crowd out what else is wrong.
void DataReader::Note(std::string pointer, std::string reason, std::string detail, bool fatal) {
  size_t& noted = reason == kUnknownField ? unknown_ : faults_;
  if (noted++ >= kMaxProblems && !fatal) return;
  out_->problems.push_back(
      {Bounded(std::move(pointer)), std::move(reason), Bounded(std::move(detail)), fatal});
}

void DataReader::NoteWhatWasCut() {
  const auto note = [&](size_t noted, std::string_view reason) {
    if (noted <= kMaxProblems) return;
    out_->problems.push_back({"/data", std::string(reason),
                              fmt::format("{} more of them are not listed", noted - kMaxProblems)});
  };
  note(unknown_, kUnknownField);
  note(faults_, "too_many_problems");
}

}  // namespace pm
