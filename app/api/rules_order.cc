#include "app/api/rules_order.h"

#include <algorithm>

#include "model/decode/json_tree.h"

namespace pm {
namespace {

constexpr size_t kMostNoteBytes = 1000;

// Empty when it is absent.
Result<std::string> TextMember(const JsonNode& order, std::string_view name) {
  const JsonNode* member = order.Find(name);
  if (member == nullptr) return std::string();
  if (!member->is(JsonNode::Kind::kString) || member->text.size() > kMostNoteBytes) {
    return Fail(kBadRulesOrder,
                fmt::format("'{}' is a text of at most {} bytes", name, kMostNoteBytes));
  }
  return member->text;
}

Result<bool> BoolMember(const JsonNode& order, std::string_view name) {
  const JsonNode* member = order.Find(name);
  if (member == nullptr) return false;
  if (member->is(JsonNode::Kind::kBool)) return member->boolean;
  return Fail(kBadRulesOrder, fmt::format("'{}' is true or false", name));
}

Result<ContentHash> VersionMember(const JsonNode& order, std::string_view name) {
  PM_TRY(const std::string text, TextMember(order, name));
  if (text.empty()) return ContentHash{};
  const Result<ContentHash> version = ParseContentHash(text);
  if (version.has_value()) return version;
  return Fail(kBadRulesOrder, fmt::format("'{}' is a version of 32 hex digits", name));
}

bool IsInFolder(std::string_view path) {
  return !path.empty() && !path.starts_with('/') && !path.contains("..") && !path.contains('\\') &&
         !path.contains('\0');
}

Result<std::vector<RuleFile>> FilesMember(const JsonNode& files) {
  std::vector<RuleFile> read;
  for (const JsonNode& file : files.items) {
    const JsonNode* path = file.Find("path");
    const JsonNode* text = file.Find("text");
    if (path == nullptr || text == nullptr || !path->is(JsonNode::Kind::kString) ||
        !text->is(JsonNode::Kind::kString)) {
      return Fail(kBadRulesOrder, "each of 'files' has the texts 'path' and 'text'");
    }
    if (!IsInFolder(path->text))
      return Fail(kBadRulesOrder, fmt::format("'{}' is no path in a rule folder", path->text));
    if (!path->text.starts_with("tests/")) read.push_back({path->text, text->text});
  }
  std::ranges::sort(read, {}, &RuleFile::path);
  const auto twice = std::ranges::adjacent_find(read, {}, &RuleFile::path);
  if (twice != read.end())
    return Fail(kBadRulesOrder, fmt::format("'{}' is among the files twice", twice->path));
  return read;
}

}  // namespace

Result<PublishOrder> ReadPublishOrder(std::string_view body) {
  const Result<JsonNode> json = ParseJson(body);
  if (!json.has_value()) return Fail(kBadRulesOrder, json.error().text);
  PublishOrder order;
  PM_TRY(order.version, VersionMember(*json, "version"));
  PM_TRY(order.expect, VersionMember(*json, "expect"));
  PM_TRY(order.note.by, TextMember(*json, "by"));
  PM_TRY(order.note.message, TextMember(*json, "message"));
  PM_TRY(order.note.propagate, BoolMember(*json, "propagate"));
  if (const JsonNode* files = json->Find("files")) {
    PM_TRY(order.files, FilesMember(*files));
  }
  if (order.files.empty() == !order.version) {
    return Fail(kBadRulesOrder, "either 'files' or 'version' says which rules are meant");
  }
  order.note.how = order.version ? "rolled_back" : "published";
  return order;
}

}  // namespace pm
