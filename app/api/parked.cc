#include "app/api/parked.h"

#include "app/api/api.h"

namespace pm {
namespace {

constexpr size_t kMostRetries = 1000;  // in one request

void AnswerList(const ParkedApi& parked, const HttpRequest& request, Responder responder) {
  const Result<int64_t> limit = QueryNumber(request, "limit", 100, 1, 1000);
  if (!limit.has_value()) return responder.Send(ProblemResponse(400, limit.error()));
  const Result<ParkedList> list = parked.list(static_cast<size_t>(*limit));
  if (!list.has_value()) return responder.Send(EngineTookNothing(list.error()));
  responder.Send(WantsText(request) ? TextResponse(ToText(*list))
                                    : JsonResponse(200, ToJson(*list)));
}

// Answers once the records are durable: the timers then fire with the next tick.
void Retry(const ParkedApi& parked, std::vector<ParkedPlace> places, Responder responder) {
  std::vector<std::string> rows;
  for (const ParkedPlace& place : places) rows.push_back(place.row);
  const std::string body = RetriedJson(rows);
  if (rows.empty()) return responder.Send(JsonResponse(200, body));
  auto answer = std::make_shared<Responder>(std::move(responder));
  const auto done = [answer, body](const Result<void>& durable) {
    answer->Send(durable.has_value() ? JsonResponse(200, body)
                                     : EngineTookNothing(durable.error()));
  };
  const Result<void> taken = parked.retry(std::move(places), done);
  if (!taken.has_value()) answer->Send(EngineTookNothing(taken.error()));
}

}  // namespace

ParkedApi ParkedOfEngine(Embedded& engine, RulesInForce rules) {
  ParkedApi parked;
  parked.list = [&engine, rules = std::move(rules)](size_t most) -> Result<ParkedList> {
    ParkedList list = ListParked(*engine.View(), *rules(), most);
    list.count = std::max(list.count, engine.status().parked);
    return list;
  };
  parked.find = [&engine](std::string_view id) {
    const auto view = engine.View();
    std::vector<ParkedPlace> places;
    if (id.empty()) {
      for (std::string& row : ParkedKeys(*view, kMostRetries))
        places.push_back({{}, std::move(row)});
    } else if (auto row = FindParked(*view, id)) {
      places.push_back({{}, *std::move(row)});
    }
    return places;
  };
  parked.retry = [&engine](std::vector<ParkedPlace> places, ParkedApi::Done done) {
    std::vector<std::string> rows;
    for (ParkedPlace& place : places) rows.push_back(std::move(place.row));
    return engine.Retry(
        std::move(rows), [done = std::move(done)](const Result<Accepted>& accepted) {
          done(accepted.has_value() ? Result<void>{} : std::unexpected(accepted.error()));
        });
  };
  return parked;
}

ParkedApi ParkedOfTasks(std::function<WorkerStatus()> status, RulesInForce rules,
                        ParkedApi::Retry retry) {
  ParkedApi parked{.retry = std::move(retry)};
  parked.list = [status, rules = std::move(rules)](size_t most) -> Result<ParkedList> {
    const std::shared_ptr<const RuleBook> book = rules();
    if (book == nullptr) return Fail(kUnknownRules, "the rules in force are not compiled here");
    ParkedList list;
    for (const TaskStatus& task : status().stages.tasks) {
      list.count += task.parked;
      for (const auto& [row, why] : task.parked_rows)
        if (list.rows.size() < most) list.rows.push_back(ViewOfParked(row, why, *book));
    }
    return list;
  };
  parked.find = [status = std::move(status)](std::string_view id) {
    std::vector<ParkedPlace> places;
    for (const TaskStatus& task : status().stages.tasks) {
      for (const auto& [row, why] : task.parked_rows)
        if (id.empty() || ParkedId(row) == id) places.push_back({task.id, row});
    }
    if (places.size() > kMostRetries) places.resize(kMostRetries);
    return places;
  };
  return parked;
}

void AddParkedRoutes(HttpServer& server, ParkedApi parked) {
  const auto api = std::make_shared<const ParkedApi>(std::move(parked));
  server.Handle("GET", "/v1/parked", [api](const HttpRequest& request, Responder responder) {
    AnswerList(*api, request, std::move(responder));
  });
  server.Handle("POST", "/v1/parked/{id}/retry",
                [api](const HttpRequest& request, Responder responder) {
                  const std::string_view id = request.Part("id");
                  std::vector<ParkedPlace> places = api->find(id);
                  if (places.empty()) {
                    return responder.Send(ProblemResponse(
                        404, {kNotParked, fmt::format("no row parked here has the id {}", id)}));
                  }
                  Retry(*api, std::move(places), std::move(responder));
                });
  server.Handle("POST", "/v1/parked/retry", [api](const HttpRequest&, Responder responder) {
    Retry(*api, api->find({}), std::move(responder));
  });
}

}  // namespace pm
