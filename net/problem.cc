#include "net/problem.h"

#include <fmt/format.h>

#include "base/text/json_writer.h"

namespace pm {

HttpResponse ProblemResponse(const Problem& problem) {
  HttpResponse response{.status = problem.status,
                        .content_type = "application/problem+json",
                        .headers = {},
                        .body = {}};
  const std::string code = fmt::format("PM{:04}", problem.code);
  JsonWriter json(&response.body);
  json.BeginObject();
  json.Field("type", problem.code == 0 ? "about:blank" : "urn:pointsman:" + code);
  json.Field("title", problem.title.empty() ? StatusText(problem.status) : problem.title);
  json.Field("status", problem.status);
  if (!problem.detail.empty()) json.Field("detail", problem.detail);
  if (problem.code != 0) json.Field("code", code);
  if (!problem.errors.empty()) {
    json.Key("errors");
    json.BeginArray();
    for (const ProblemField& field : problem.errors) {
      json.BeginObject();
      json.Field("pointer", field.pointer);
      json.Field("detail", field.detail);
      json.EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
  return response;
}

HttpResponse ProblemResponse(int status, const Error& error) {
  return ProblemResponse({.status = status, .code = error.code, .detail = error.text});
}

}  // namespace pm
