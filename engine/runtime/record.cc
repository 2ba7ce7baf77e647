#include "engine/runtime/record.h"

namespace pm {

namespace {
constexpr char kData = 0, kTick = 1, kSwitch = 2, kSkip = 3, kRetry = 4;
constexpr char kPropagate = 1;

std::optional<RecordBody> DecodeTick(std::string_view bytes) {
  uint64_t until = 0, from = 0;
  if (!TakeVarint(&bytes, &until) || !TakeVarint(&bytes, &from) || !bytes.empty() ||
      from > UINT32_MAX)
    return std::nullopt;
  return TickRecord{Instant{UnZigZag(until)}, static_cast<uint32_t>(from)};
}

std::optional<RecordBody> DecodeSkip(std::string_view bytes) {
  SkipRecord skip;
  uint64_t rows = 0, size = 0;
  if (!TakeVarint(&bytes, &rows)) return std::nullopt;
  for (; rows > 0; --rows) {
    if (!TakeVarint(&bytes, &size) || size > bytes.size()) return std::nullopt;
    skip.rows.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  skip.original = bytes;
  return skip;
}

}  // namespace

std::string EncodeMessageRecord(const Message& message) {
  std::string bytes(1, kData);
  Encode(message, &bytes);
  return bytes;
}

std::string EncodeRecord(const TickRecord& tick) {
  std::string bytes(1, kTick);
  AppendVarint(&bytes, ZigZag(tick.until.ms));
  AppendVarint(&bytes, tick.from);
  return bytes;
}

std::string EncodeRecord(const SwitchRecord& to) {
  std::string bytes(1, kSwitch);
  EncodeId(to.rules, &bytes);
  if (to.propagate) bytes += kPropagate;
  return bytes;
}

std::string EncodeRecord(const SkipRecord& skip) {
  std::string bytes(1, kSkip);
  AppendVarint(&bytes, skip.rows.size());
  for (const std::string& row : skip.rows) {
    AppendVarint(&bytes, row.size());
    bytes += row;
  }
  return bytes + skip.original;
}

std::string EncodeRecord(const RetryRecord& retry) { return kRetry + retry.row; }

std::optional<RecordBody> DecodeRecord(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  const std::string_view body = bytes.substr(1);
  switch (bytes[0]) {
    case kData: {
      Message message;
      if (!Decode(body, &message) || static_cast<int>(message.to) >= kStages) return std::nullopt;
      return message;
    }
    case kTick:
      return DecodeTick(body);
    case kSwitch: {
      SwitchRecord to;
      to.propagate = body.size() == 17 && body.back() == kPropagate;
      if (!DecodeId(to.propagate ? body.substr(0, 16) : body, &to.rules)) return std::nullopt;
      return to;
    }
    case kSkip:
      return DecodeSkip(body);
    case kRetry:
      return RetryRecord{std::string(body)};
    default:
      return std::nullopt;
  }
}

Message RootMessage(std::string body, std::string key, Mode mode, int64_t ordinal) {
  std::string identity;
  AppendBigEndian(&identity, static_cast<uint64_t>(ordinal));
  identity += body;
  Message message;
  message.to = Stage::kIntake;
  message.type = MessageType::kRaw;
  message.mode = mode;
  message.key = std::move(key);
  message.id = message.root = HashEvent(identity);
  message.body = std::move(body);
  return message;
}

}  // namespace pm
