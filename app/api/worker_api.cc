#include "app/api/worker_api.h"

#include "base/text/json_writer.h"
#include "base/time/text.h"

namespace pm {
namespace {

void WriteTask(const TaskStatus& task, JsonWriter& w) {
  w.BeginObject();
  w.Field("stage", StageName(task.id.stage));
  w.Field("partition", task.id.partition);
  w.Field("phase", PhaseName(task.phase));
  if (!task.why.empty()) w.Field("why", task.why);
  if (task.awaited) w.Field("awaits_rules", ToText(*task.awaited));
  if (task.phase == TaskPhase::kRestores) {
    w.Field("records_left", task.records_left);
    w.Field("records_per_second", task.records_per_second);
    if (task.seconds_left) w.Field("seconds_left", *task.seconds_left);
  }
  if (task.phase == TaskPhase::kRuns) {
    if (task.committed >= 0) w.Field("committed", task.committed);
    if (task.lag) w.Field("lag", *task.lag);
    if (task.tick.ms > 0) w.Field("tick", FormatInstant(task.tick));
    if (task.rules) w.Field("rules", ToText(task.rules));
    w.Field("parked", static_cast<int64_t>(task.parked));
  }
  w.EndObject();
}

void WriteReasons(const std::vector<UnreadyReason>& reasons, JsonWriter& w) {
  if (reasons.empty()) return;
  w.Key("not_ready");
  w.BeginArray();
  for (const UnreadyReason& one : reasons) {
    w.BeginObject();
    w.Field("reason", UnreadyName(one.reason));
    w.Field("why", one.text);
    w.EndObject();
  }
  w.EndArray();
}

void WriteStandby(const StandbyStatus& standby, JsonWriter& w) {
  w.BeginObject();
  w.Field("stage", StageName(standby.id.stage));
  w.Field("partition", standby.id.partition);
  if (standby.lag) w.Field("lag", *standby.lag);
  if (!standby.given_up.empty()) w.Field("given_up", standby.given_up);
  w.EndObject();
}

void BeginInput(const TopicPartition& input, JsonWriter& w) {
  w.BeginObject();
  w.Field("topic", input.topic);
  w.Field("partition", input.partition);
}

void WriteIntake(const IntakeStatus& intake, JsonWriter& w) {
  w.BeginObject();
  w.Key("inputs");
  w.BeginArray();
  for (const InputStatus& input : intake.inputs) {
    BeginInput(input.partition, w);
    w.Field("committed", input.committed);
    if (input.lag) w.Field("lag", *input.lag);
    w.EndObject();
  }
  // What is in trouble is not read, and stands nowhere else.
  for (const auto& [input, trouble] : intake.troubles) {
    BeginInput(input, w);
    w.Field("trouble", trouble.text);
    w.EndObject();
  }
  w.EndArray();
  if (intake.awaits_rules) w.Field("awaits_rules", ToText(*intake.awaits_rules));
  w.Field("keeps_time", intake.keeps_time);
  if (intake.last_tick.ms > 0) w.Field("last_tick", FormatInstant(intake.last_tick));
  if (intake.keeps_time) w.Field("tick_held_seconds", intake.held.ms / Seconds(1).ms);
  w.EndObject();
}

void Refuse(WorkerApi& context, const char* method, const char* path, std::string text) {
  context.server.Handle(method, path,
                        [text = std::move(text)](const HttpRequest&, Responder responder) {
                          responder.Send(ProblemResponse(501, {kNotOnKafka, text}));
                        });
}

void RefuseTheRest(WorkerApi& context) {
  Refuse(context, "POST", "/v1/events",
         "a worker on Kafka takes events from the topics of `kafka: inputs`, not over HTTP");
  Refuse(context, "GET", "/v1/topics/{topic}",
         fmt::format("on Kafka what comes out is in the topics {0}.leads, {0}.assignments and so "
                     "on; read them with isolation.level=read_committed",
                     context.prefix));
  const std::string rows = "a worker on Kafka has a part of the state only, and does not show it";
  for (const char* path : {"/v1/leads/{id}", "/v1/leads/{id}/explain", "/v1/queues"})
    Refuse(context, "GET", path, rows);
}

}  // namespace

std::string WorkerBody(uint32_t worker, const WorkerStatus& status) {
  std::string body;
  JsonWriter w(&body);
  w.BeginObject();
  w.Field("worker", worker);
  const std::vector<UnreadyReason> reasons = status.not_ready();
  w.Field("ready", reasons.empty());
  WriteReasons(reasons, w);
  w.Field("rebalances", static_cast<int64_t>(status.stages.counters.rebalances));
  w.Key("tasks");
  w.BeginArray();
  for (const TaskStatus& task : status.stages.tasks) WriteTask(task, w);
  w.EndArray();
  w.Key("standbys");
  w.BeginArray();
  for (const StandbyStatus& standby : status.stages.standbys) WriteStandby(standby, w);
  w.EndArray();
  w.Key("intake");
  WriteIntake(status.intake, w);
  w.EndObject();
  return body;
}

std::string ReadinessBody(const WorkerStatus& status, bool stops) {
  int64_t running = 0, left = 0, rate = 0;
  for (const TaskStatus& task : status.stages.tasks) {
    running += task.phase == TaskPhase::kRuns ? 1 : 0;
    left += task.records_left;
    rate += task.records_per_second;
  }
  const std::set<ContentHash> awaited = status.awaited_rules();
  std::string body;
  JsonWriter w(&body);
  w.BeginObject();
  const std::vector<UnreadyReason> reasons = status.not_ready();
  w.Field("status", stops             ? "stops"
                    : reasons.empty() ? "ready"
                                      : UnreadyName(reasons.front().reason));
  WriteReasons(reasons, w);
  w.Field("tasks", static_cast<int64_t>(status.stages.tasks.size()));
  w.Field("running", running);
  if (left > 0) {
    w.Field("records_left", left);
    w.Field("records_per_second", rate);
    if (rate > 0) w.Field("seconds_left", left / rate);
  }
  if (!awaited.empty()) {
    w.Key("awaited_rules");
    w.BeginArray();
    for (const ContentHash rules : awaited) w.String(ToText(rules));
    w.EndArray();
  }
  w.EndObject();
  return body;
}

void AddWorkerApi(WorkerApi& context) {
  context.server.Handle("GET", "/metrics", [&context](const HttpRequest&, Responder responder) {
    responder.Send({200, "text/plain; version=0.0.4; charset=utf-8", {}, context.metrics()});
  });
  context.server.Handle("GET", "/healthz", [](const HttpRequest&, Responder responder) {
    responder.Send(JsonResponse(200, R"({"status":"ok"})"));
  });
  context.server.Handle("GET", "/readyz", [&context](const HttpRequest&, Responder responder) {
    const WorkerStatus status = context.status();
    const bool stops = context.stopping();
    responder.Send(
        JsonResponse(status.is_ready() && !stops ? 200 : 503, ReadinessBody(status, stops)));
  });
  context.server.Handle("GET", "/v1/workers", [&context](const HttpRequest&, Responder responder) {
    responder.Send(JsonResponse(200, WorkerBody(context.worker, context.status())));
  });
  AddRulesRoutes(context.rules);
  AddParkedRoutes(context.server,
                  ParkedOfTasks(context.status, context.rules_in_force, context.retry));
  RefuseTheRest(context);
}

}  // namespace pm
