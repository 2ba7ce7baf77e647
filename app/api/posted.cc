#include "app/api/posted.h"

#include <algorithm>
#include <charconv>

#include "app/api/api.h"
#include "base/text/json_writer.h"
#include "base/text/utf8.h"
#include "base/time/text.h"
#include "model/decode/json_tree.h"

namespace pm {
namespace {

constexpr std::string_view kPrefix = "ce-";

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::string MediaType(const HttpRequest& request) {
  std::string_view type = request.headers.Find("Content-Type").value_or("application/json");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return Lower(type);
}

bool IsKnown(std::string_view media_type) {
  // The form type is what curl sends with -d.
  return media_type == "application/json" || media_type == "text/json" ||
         media_type.starts_with("application/cloudevents") ||
         media_type == "application/x-www-form-urlencoded";
}

// CloudEvents 1.0, HTTP binding, 3.1.3.2: `%` and two hexadecimal digits stand for a byte.
std::string HeaderText(std::string_view value) {
  std::string text;
  for (size_t i = 0; i < value.size(); ++i) {
    unsigned byte = 0;
    const char* digits = value.data() + i + 1;
    const bool encoded = value[i] == '%' && i + 2 < value.size() &&
                         std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    text += encoded ? static_cast<char>(byte) : value[i];
    if (encoded) i += 2;
  }
  return text;
}

Problem Refusal(int status, int code, std::string detail, std::vector<ProblemField> errors = {}) {
  return {.status = status, .code = code, .detail = std::move(detail), .errors = std::move(errors)};
}

// Binary mode: attributes are `ce-` headers, the body is `data`.
std::expected<std::string, Problem> FromBinary(const HttpRequest& request) {
  std::string event;
  JsonWriter w(&event);
  w.BeginObject();
  for (const auto& [header, value] : request.headers) {
    const std::string name = Lower(header);
    if (!name.starts_with(kPrefix) || name.size() == kPrefix.size()) continue;
    const std::string text = HeaderText(value);
    if (ValidUtf8Prefix(text) != text.size()) {
      return std::unexpected(Refusal(
          400, kBadEvent, fmt::format("the header {} is not UTF-8; nothing was taken", name)));
    }
    w.Field(std::string_view(name).substr(kPrefix.size()), text);
  }
  if (!request.body.empty()) {
    w.Key("data");
    if (ParseJson(request.body).has_value()) {
      w.Raw(request.body);
    } else {
      w.String(request.body);  // refused by the decoder, and kept
    }
  }
  w.EndObject();
  return event;
}

std::expected<Posted, Problem> Split(const HttpRequest& request) {
  const std::string coding = Lower(request.headers.Find("Content-Encoding").value_or("identity"));
  if (coding != "identity") {
    return std::unexpected(
        Refusal(415, kWrongMediaType,
                fmt::format("the body is '{}': send it as it is, not encoded", coding)));
  }
  const std::string type = MediaType(request);
  const bool structured = type.starts_with("application/cloudevents");
  if (!structured && (request.headers.Find("ce-id") || request.headers.Find("ce-type"))) {
    auto event = FromBinary(request);
    if (!event.has_value()) return std::unexpected(std::move(event).error());
    return Posted{{{.body = *std::move(event)}}};
  }
  if (!IsKnown(type)) {
    return std::unexpected(
        Refusal(415, kWrongMediaType,
                fmt::format("'{}': send application/json or application/cloudevents+json", type)));
  }
  const Result<std::vector<std::string_view>> events = SplitBatch(request.body);
  if (!events.has_value()) return Posted{{{.body = request.body}}};
  Posted posted;
  const size_t first = request.body.find_first_not_of(" \t\r\n");
  posted.is_batch = first != std::string::npos && request.body[first] == '[';
  for (const std::string_view event : *events) {
    posted.events.push_back({.body = std::string(event)});
  }
  return posted;
}

std::string PointerIn(const Posted& posted, size_t index, std::string_view pointer) {
  return posted.is_batch ? fmt::format("/{}{}", index, pointer) : std::string(pointer);
}

HttpResponse NothingUnderstood(const Posted& posted) {
  Problem problem =
      Refusal(400, kBadEvent,
              posted.is_batch ? "no event can be understood; they are kept in dead-letters"
                              : "the event cannot be understood; it is kept in dead-letters");
  for (size_t i = 0; i < posted.events.size(); ++i) {
    for (const DecodeProblem& found : posted.events[i].problems) {
      problem.errors.push_back({PointerIn(posted, i, found.pointer), found.detail});
    }
  }
  return ProblemResponse(problem);
}

void WriteProblems(JsonWriter& w, const Posted& posted) {
  w.BeginArray();
  for (size_t i = 0; i < posted.events.size(); ++i) {
    for (const DecodeProblem& found : posted.events[i].problems) {
      w.BeginObject();
      w.Field("index", static_cast<int64_t>(i));
      w.Field("pointer", found.pointer);
      w.Field("reason", found.reason);
      w.Field("detail", found.detail);
      w.Field("refused", posted.events[i].refused());
      w.EndObject();
    }
  }
  w.EndArray();
}

}  // namespace

bool PostedEvent::refused() const {
  return std::ranges::any_of(problems, [](const DecodeProblem& p) { return p.fatal; });
}

std::expected<Posted, Problem> ReadPosted(const HttpRequest& request) {
  auto posted = Split(request);
  if (!posted.has_value()) return posted;
  if (posted->events.size() > kMaxBatch) {
    return std::unexpected(Refusal(413, kBadEvent,
                                   fmt::format("{} events; a batch has at most {}; none was taken",
                                               posted->events.size(), kMaxBatch)));
  }
  std::vector<ProblemField> errors;
  for (size_t i = 0; i < posted->events.size(); ++i) {
    const size_t bytes = posted->events[i].body.size();
    if (bytes > kMaxEventBytes)
      errors.push_back({PointerIn(*posted, i, ""), fmt::format("{} bytes", bytes)});
  }
  if (!errors.empty()) {
    return std::unexpected(
        Refusal(413, kBadEvent,
                fmt::format("an event has at most {} bytes; nothing was taken", kMaxEventBytes),
                std::move(errors)));
  }
  return posted;
}

void Look(Posted* posted, const RuleBook& rules, Instant now) {
  const DecodeRules decode{rules.fields(), {}};
  for (PostedEvent& event : posted->events) {
    DecodedEvent decoded = DecodeEvent(event.body, decode, now);
    event.id = decoded.event.id;
    event.type = decoded.event.type;
    event.mode = decoded.mode;
    event.problems = std::move(decoded.problems);
    if (!posted->is_batch) event.event = std::move(decoded.event);
  }
}

HttpResponse AnswerTo(const Posted& posted, const PostOutcome* outcome) {
  const int64_t refused = std::ranges::count_if(posted.events, &PostedEvent::refused);
  const auto all = static_cast<int64_t>(posted.events.size());
  if (all > 0 && refused == all) return NothingUnderstood(posted);
  HttpResponse response{202, "application/json", {}, {}};
  JsonWriter w(&response.body);
  w.BeginObject();
  w.Field("accepted", all - refused);
  w.Field("refused", refused);
  w.Key("ids");
  w.BeginArray();
  for (const PostedEvent& event : posted.events) w.String(event.id);
  w.EndArray();
  w.Key("correlationids");
  w.BeginArray();
  for (const PostedEvent& event : posted.events) w.String(ToText(event.root));
  w.EndArray();
  w.Key("problems");
  WriteProblems(w, posted);
  if (outcome != nullptr) {
    w.Key("assignment");
    w.Null();
    w.Field("outcome", outcome->is);
    if (outcome->lead) w.Field("lead_id", ToText(outcome->lead));
    if (!outcome->reason.empty()) w.Field("reason", outcome->reason);
    if (outcome->until != kNever) w.Field("until", FormatInstant(outcome->until));
  }
  w.EndObject();
  return response;
}

}  // namespace pm
