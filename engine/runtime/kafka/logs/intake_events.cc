#include "engine/runtime/kafka/logs/intake_events.h"

#include "base/ids.h"
#include "base/text/base64.h"
#include "base/text/json_writer.h"
#include "engine/runtime/record.h"
#include "model/decode/json_tree.h"

namespace pm {

namespace {

constexpr std::string_view kPrefix = "ce_";
constexpr std::string_view kContentType = "content-type";

bool IsBinary(const KafkaRecord& record) {
  return std::ranges::any_of(record.headers, [](const auto& header) {
    return header.first == "ce_specversion" || header.first == "ce_type";
  });
}

bool IsJson(std::string_view type) {
  return type.empty() || type.starts_with("application/json") || type.starts_with("text/json");
}

std::string FromBinary(const KafkaRecord& record) {
  std::string event, type;
  for (const auto& [name, value] : record.headers) {
    if (name == kContentType) type = value;
  }
  const bool json = IsJson(type);
  // Pasted as it stands, it could close the object and say other things than the headers.
  if (json && !record.value.empty() && !ParseJson(record.value)) return std::string(record.value);
  JsonWriter w(&event);
  w.BeginObject();
  for (const auto& [name, value] : record.headers) {
    if (name.starts_with(kPrefix)) w.Field(std::string_view(name).substr(kPrefix.size()), value);
  }
  if (!type.empty()) w.Field("datacontenttype", type);
  if (!record.value.empty() && json) {
    w.Key("data");
    w.Raw(record.value);
  } else if (!record.value.empty()) {
    w.Field("data_base64", Base64(record.value));
  }
  w.EndObject();
  return event;
}

}  // namespace

std::vector<std::string> EventsIn(const KafkaRecord& record) {
  if (IsBinary(record)) return {FromBinary(record)};
  std::string_view text = record.value;
  while (!text.empty() && std::string_view(" \t\r\n").find(text[0]) != std::string_view::npos)
    text.remove_prefix(1);
  if (text.starts_with('[')) {
    const auto split = SplitBatch(text);
    if (split) return {split->begin(), split->end()};
  }
  return {std::string(record.value)};
}

Message RootOf(const KafkaRecord& record, size_t index, std::string event) {
  std::string place = record.partition->topic;
  place += '\0';
  AppendBigEndian32(&place, static_cast<uint32_t>(record.partition->partition));
  AppendBigEndian(&place, static_cast<uint64_t>(record.offset));
  AppendBigEndian(&place, index);
  // Two places of one hash matter only if the very same bytes stand there.
  return RootMessage(std::move(event), std::string(record.key), Mode::kLive,
                     static_cast<int64_t>(Hash64(place)));
}

}  // namespace pm
