#include "model/decode/decode.h"

#include "base/text/diagnostic.h"
#include "base/time/text.h"
#include "model/decode/data_reader.h"
#include "model/decode/json_tree.h"
#include "model/normalise/country.h"
#include "model/normalise/region.h"
#include "model/privacy.h"

namespace pm {
namespace {

constexpr size_t kMaxIdBytes = 256;
// Types of the interface that this release refuses. One that is understood is not looked up here.
constexpr std::string_view kLaterTypes[] = {"lead.merged",
                                            "lead.deleted",
                                            "lead.release",
                                            "lead.transfer",
                                            "lead.reroute",
                                            "person.erased",
                                            "meeting.rescheduled",
                                            "meeting.held",
                                            "meeting.no_show",
                                            "meeting.cancelled",
                                            "qualification.recorded",
                                            "opportunity.created",
                                            "opportunity.updated",
                                            "opportunity.won",
                                            "opportunity.lost",
                                            "handoff.accepted",
                                            "handoff.rejected",
                                            "delivery.confirmed",
                                            "delivery.failed",
                                            "account.merged",
                                            "account.deleted",
                                            "cadence.enrol",
                                            "cadence.pause",
                                            "cadence.resume",
                                            "cadence.exit",
                                            "sla.pause",
                                            "sla.resume"};

class Decoder {
 public:
  Decoder(const DecodeRules& rules, Instant at) : rules_(rules), at_(at) {}

  DecodedEvent Run(std::string_view json) {
    out_.event.raw = json;
    out_.event.payload = HashContent(json);
    out_.event.occurred_at = at_;
    ReadAll(json);
    return std::move(out_);
  }

 private:
  void Refuse(std::string pointer, std::string reason, std::string detail) {
    out_.problems.push_back({std::move(pointer), std::move(reason), std::move(detail), true});
  }

  void ReadAll(std::string_view json) {
    if (json.size() > kMaxEventBytes) {
      return Refuse("", "too_large",
                    fmt::format("{} bytes; an event has at most {}", json.size(), kMaxEventBytes));
    }
    const Result<JsonNode> root = ParseJson(json);
    if (!root.has_value()) return Refuse("", "malformed", root.error().text);
    if (!root->is(JsonNode::Kind::kObject)) {
      return Refuse("", "malformed", "an event is a JSON object");
    }
    ReadEnvelope(*root);
    if (!out_.ok()) return;
    const EventTypeDecl& decl = DeclOf(out_.event.type);
    DataReader reader(rules_, decl, &out_);
    if (const JsonNode* data = root->Find("data")) {
      if (!data->is(JsonNode::Kind::kObject))
        return Refuse("/data", "wrong_type", "data is an object");
      reader.Read(*data);
    }
    Finish(decl, &reader);
  }

  std::string RequiredText(const JsonNode& root, std::string_view key) {
    const JsonNode* node = root.Find(key);
    if (node != nullptr && node->is(JsonNode::Kind::kString) && !node->text.empty() &&
        node->text.size() <= kMaxIdBytes) {
      return node->text;
    }
    Refuse(fmt::format("/{}", key), node == nullptr ? "missing" : "wrong_type",
           fmt::format("'{}' is a text of 1 to {} bytes", key, kMaxIdBytes));
    return {};
  }

  void ReadEnvelope(const JsonNode& root) {
    const JsonNode* version = root.Find("specversion");
    if (version != nullptr && version->text != "1.0") {
      Refuse("/specversion", "unsupported", "CloudEvents 1.0 is understood");
    }
    out_.event.id = RequiredText(root, "id");
    out_.event.source = RequiredText(root, "source");
    const std::string type = RequiredText(root, "type");
    if (const EventTypeDecl* decl = FindEventType(type)) {
      out_.event.type = decl->type;
    } else if (!type.empty()) {
      RefuseType(type);
    }
    ReadTime(root);
    ReadMode(root);
    if (out_.mode == Mode::kBackfill && !MayBePast(out_.event.type)) {
      Refuse("/mode", "not_in_backfill",
             fmt::format("{} is not of the past: a backfill neither asks for anything nor says how "
                         "reps are; send it live",
                         type));
    }
  }

  // Requests, reports on steps and all of reps are about now.
  static bool MayBePast(EventType type) {
    if (type == EventType::kNone) return true;
    const Subject subject = DeclOf(type).subject;
    const bool of_step = type == EventType::kStepCompleted || type == EventType::kStepFailed ||
                         type == EventType::kStepSkipped;
    return subject != Subject::kRequest && subject != Subject::kRep && !of_step;
  }

  void RefuseType(std::string_view type) {
    if (std::ranges::find(kLaterTypes, type) != std::end(kLaterTypes)) {
      return Refuse("/type", "unsupported_type",
                    fmt::format("'{}' is not understood by this release", type));
    }
    std::vector<std::string_view> names(std::begin(kLaterTypes), std::end(kLaterTypes));
    for (const EventTypeDecl& decl : kEventTypes) names.push_back(decl.name);
    const std::string_view meant = Nearest(type, names);
    Refuse("/type", "unknown_type",
           fmt::format("there is no event type '{}'{}", type,
                       meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant)));
  }

  void ReadTime(const JsonNode& root) {
    const JsonNode* node = root.Find("time");
    if (node == nullptr) return;
    const Result<Instant> time = ParseInstant(node->text);
    if (!time.has_value()) return Refuse("/time", "invalid_value", time.error().text);
    out_.event.occurred_at = std::min(*time, at_);
  }

  void ReadMode(const JsonNode& root) {
    const JsonNode* node = root.Find("mode");
    if (node == nullptr) return;
    constexpr std::array kModes = {Mode::kLive, Mode::kBackfill, Mode::kShadow, Mode::kTest};
    const auto it = std::ranges::find(kModes, node->text, &ModeName);
    if (it == kModes.end()) {
      return Refuse("/mode", "invalid_value", "mode is live, backfill, shadow or test");
    }
    out_.mode = *it;
  }

  // Who the event is about, and where that one's state lives (DESIGN section 3).
  void Finish(const EventTypeDecl& decl, DataReader* reader) {
    Event& event = out_.event;
    reader->block().Set(Field("event.type"), Value::Text(decl.name));
    event.fields.bytes = reader->block().Build();
    const FieldBlock fields(event.fields);
    if (decl.subject == Subject::kAccount) return AccountHome(fields);
    if (decl.subject == Subject::kRep && fields.Text(Field("event.rep")).empty()) {
      return Refuse("/data/id", "missing", "which rep?");
    }
    const std::string_view phone = fields.Text(Field("lead.phone"));
    if (const std::optional<Email>& email = reader->email()) {
      event.identity = "e:" + email->address;
      event.home = HomeText(*email);
    } else if (phone.starts_with('+')) {
      event.identity = fmt::format("p:{}", phone);
      event.home = event.identity;
    } else if (decl.creates && !event.tokens.empty()) {
      event.identity = "r:" + event.tokens.front();
      event.home = event.identity;
    }
    if (!out_.ok()) return;
    if (decl.type == EventType::kConsentChanged) CheckConsent(fields);
    if (decl.subject == Subject::kWide) FinishSuppression(reader);
    CheckSubject(decl, FieldBlock(event.fields));
  }

  // Without a subject an event can have no effect.
  void CheckSubject(const EventTypeDecl& decl, FieldBlock fields) {
    const Event& event = out_.event;
    const bool ours = event.lead || event.person || event.assignment;
    if (ours || !event.tokens.empty()) return;
    if (decl.subject == Subject::kRequest && event.type != EventType::kLeadClaim) {
      Refuse("/data", "no_subject",
             "the request names no lead: lead_id, assignment_id or an external id");
    }
    const bool person =
        decl.subject == Subject::kPerson ||
        (decl.subject == Subject::kWide && fields.Text(Field("event.scope")) == "person");
    const bool company =
        event.type == EventType::kIntentObserved && !fields.Text(Field("account.domain")).empty();
    if (!person || company || !event.anonymous.empty() || !event.home.empty()) return;
    Refuse("/data", "no_subject",
           "nothing says whom this is about: an id of ours, an external id, an e-mail address, a "
           "phone number or an anonymous id");
  }

  // In doubt nothing is allowed.
  void CheckConsent(FieldBlock fields) {
    const std::string_view status = fields.Text(Field("event.status"));
    if (status.empty()) return Refuse("/data/status", "missing", "granted or refused?");
    if (status == "granted" && fields.Text(Field("event.channel")).empty()) {
      Refuse("/data/channel", "missing", "which channel was allowed? 'all' is every one");
    }
  }

  // Without a scope its keys say what it covers.
  std::string_view ScopeOf(FieldBlock fields) const {
    const Event& event = out_.event;
    if (!event.identity.empty() || !event.tokens.empty() || !event.anonymous.empty() ||
        event.person || event.lead || event.assignment) {
      return "person";
    }
    const auto says = [&](FieldNumber field) { return !fields.Text(field).empty(); };
    if (says(Field("account.domain")) || says(Field("lead.website"))) return "domain";
    if (says(Field("lead.country")) || says(Field("lead.region"))) return "region";
    return says(Field("event.channel")) ? "channel" : "";
  }

  void FinishSuppression(DataReader* reader) {
    std::string& bytes = out_.event.fields.bytes;
    BlockBuilder& block = reader->block();
    const std::string given = bytes;
    const FieldBlock fields(given);
    std::string_view scope = fields.Text(Field("event.scope"));
    if (scope.empty()) scope = ScopeOf(fields);
    if (!scope.empty()) block.Set(Field("event.scope"), Value::Text(scope));
    if (scope == "region" && fields.Text(Field("lead.country")).empty()) {
      SplitRegion(fields.Text(Field("lead.region")), &block);
    }
    bytes = block.Build();
    if (scope == "person") return;
    if (CoverageOf(FieldBlock(bytes)).empty()) {
      return Refuse("/data", "missing",
                    "a suppression is of a person, a domain, a country or region, or a channel");
    }
    if (scope == "channel" && fields.Text(Field("event.channel")).empty()) {
      Refuse("/data/channel", "missing", "which channel? 'all' is every one");
    }
  }

  // A region that is a whole country (`DE`), or names its own (`US-CA`).
  static void SplitRegion(std::string_view region, BlockBuilder* block) {
    const size_t dash = region.find('-');
    const auto country = NormaliseCountry(region.substr(0, dash == 2 ? dash : region.size()));
    if (!country) return;
    block->Set(Field("lead.country"), Value::Text(*country));
    if (dash == 2) {
      const Region rest = NormaliseRegion(*country, region.substr(dash + 1));
      block->Set(Field("lead.region"), Value::Text(rest.text));
    } else {
      block->Erase(Field("lead.region"));
    }
  }

  void AccountHome(FieldBlock fields) {
    Event& event = out_.event;
    const Value domains = fields.Get(Field("account.domains"));
    std::string_view domain = fields.Text(Field("account.domain"));
    if (domain.empty() && !domains.missing()) domain = ListItems(domains.text).front();
    if (domain.empty()) domain = fields.Text(Field("lead.website"));
    if (!domain.empty()) {
      event.home = fmt::format("d:{}", domain);
    } else if (!event.tokens.empty()) {
      event.home = "r:" + event.tokens.front();
    } else {
      Refuse("/data", "no_subject", "an account needs a domain or an external id");
    }
  }

  const DecodeRules& rules_;
  const Instant at_;
  DecodedEvent out_;
};

}  // namespace

bool DecodedEvent::ok() const {
  return std::ranges::none_of(problems, [](const DecodeProblem& p) { return p.fatal; });
}

DecodedEvent DecodeEvent(std::string_view json, const DecodeRules& rules, Instant at) {
  return Decoder(rules, at).Run(json);
}

std::string HomeText(const Email& email) {
  return (email.is_free_mail || email.is_disposable ? "e:" : "d:") + email.home();
}

std::optional<Instant> TimeOfEvent(std::string_view json) {
  const Result<JsonNode> root = ParseJson(json);
  if (!root.has_value()) return std::nullopt;
  const JsonNode* node = root->Find("time");
  if (node == nullptr) return std::nullopt;
  const Result<Instant> time = ParseInstant(node->text);
  return time.has_value() ? std::optional(*time) : std::nullopt;
}

}  // namespace pm
