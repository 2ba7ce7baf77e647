#include "app/simulate/event_data.h"

#include "base/text/json_writer.h"

namespace pm {

std::string EventJson(const EventHead& head, const EventData& data) {
  std::string json;
  JsonWriter w(&json);
  w.BeginObject();
  w.Field("specversion", "1.0");
  w.Field("id", head.id);
  w.Field("source", head.source);
  w.Field("type", head.type);
  if (!head.time.empty()) w.Field("time", head.time);
  if (!head.mode.empty()) w.Field("mode", head.mode);
  w.Key("data");
  w.BeginObject();
  for (const auto& [key, value] : data) {
    w.Key(key);
    w.Raw(value);
  }
  w.EndObject();
  w.EndObject();
  return json;
}

}  // namespace pm
