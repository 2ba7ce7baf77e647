// GET /v1/rules/versions, /v1/rules/versions/{version} and POST /v1/rules: which rules were in
// force, their sources, and other ones put in force.
#include <ranges>

#include "app/api/api.h"
#include "app/api/rules_order.h"
#include "app/server/rule_publisher.h"
#include "base/describe_json.h"

namespace pm {
namespace {

// Of the versions in force, the latest first.
std::string VersionsBody(const RulesHistory& history, ContentHash in_force) {
  std::string body;
  JsonWriter w(&body);
  w.BeginObject();
  w.Field("in_force", ToText(in_force));
  w.Key("versions");
  w.BeginArray();
  for (const RulesSwitch& one : history.switches | std::views::reverse) {
    w.BeginObject();
    w.Field("version", ToText(one.rules));
    w.Field("at", FormatInstant(one.at));
    w.Field("how", one.how);
    if (!one.by.empty()) w.Field("by", one.by);
    if (!one.message.empty()) w.Field("message", one.message);
    if (one.propagate) w.Field("propagate", true);
    w.EndObject();
  }
  w.EndArray();
  w.EndObject();
  return body;
}

std::string SourcesBody(ContentHash version, const std::vector<RuleFile>& files) {
  std::string body;
  JsonWriter w(&body);
  w.BeginObject();
  w.Field("version", ToText(version));
  w.Key("files");
  w.BeginArray();
  for (const RuleFile& file : files) {
    w.BeginObject();
    w.Field("path", file.path);
    w.Field("text", file.text);
    w.EndObject();
  }
  w.EndArray();
  w.EndObject();
  return body;
}

std::string AnswerBody(const PublishAnswer& answer) {
  std::string body;
  JsonWriter w(&body);
  w.BeginObject();
  w.Field("version", ToText(answer.version));
  w.Field("previous", ToText(answer.previous));
  w.Field("changed", answer.version != answer.previous);
  w.Field("published", answer.published);
  if (!answer.warnings.empty()) w.Field("warnings", answer.warnings);
  w.Key("touched");
  WriteJson(answer.impact, w);
  w.EndObject();
  return body;
}

HttpResponse Refusal(const Error& error) {
  switch (error.code) {
    case kRulesRefused:
      return ProblemResponse(422, error);
    case kDropsReps:
    case kMovesReps:
    case kOtherInForce:
    case kNotCompiledByAll:
      return ProblemResponse(409, error);
    case kNoSuchVersion:
      return ProblemResponse(404, error);
    default:
      return EngineTookNothing(error);
  }
}

void AnswerSources(RulesApi& context, const HttpRequest& request, Responder responder) {
  const std::string_view part = request.Part("version");
  const Result<ContentHash> version =
      part == "current" ? context.keeper.in_force() : ParseContentHash(part);
  if (!version.has_value()) return responder.Send(ProblemResponse(400, version.error()));
  const auto files = StoredSources(*context.keeper.View(), *version);
  if (!files.has_value()) {
    return responder.Send(ProblemResponse(404, {kNoSuchVersion, files.error().text}));
  }
  responder.Send(JsonResponse(200, SourcesBody(*version, *files)));
}

void Publish(RulesApi& context, const HttpRequest& request, Responder responder) {
  Result<PublishOrder> order = ReadPublishOrder(request.body);
  if (!order.has_value()) return responder.Send(ProblemResponse(400, order.error()));
  order->dry_run = request.Query("dry_run").value_or("false") != "false";
  auto answer = std::make_shared<Responder>(std::move(responder));
  const bool taken =
      context.publisher.Post(*std::move(order), [answer](const Result<PublishAnswer>& published) {
        answer->Send(published.has_value() ? JsonResponse(200, AnswerBody(*published))
                                           : Refusal(published.error()));
      });
  if (!taken) {
    answer->Send(EngineTookNothing({kOverloaded, "too many changes of rules wait already"}));
  }
}

}  // namespace

void AddRulesRoutes(RulesApi& context) {
  context.server.Handle(
      "GET", "/v1/rules/versions", [&context](const HttpRequest&, Responder responder) {
        responder.Send(JsonResponse(200, VersionsBody(ReadRulesHistory(*context.keeper.View()),
                                                      context.keeper.in_force())));
      });
  context.server.Handle("GET", "/v1/rules/versions/{version}",
                        [&context](const HttpRequest& request, Responder responder) {
                          AnswerSources(context, request, std::move(responder));
                        });
  context.server.Handle("POST", "/v1/rules",
                        [&context](const HttpRequest& request, Responder responder) {
                          Publish(context, request, std::move(responder));
                        });
}

}  // namespace pm
