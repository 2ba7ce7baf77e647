#include "model/decode/json_tree.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

namespace pm {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr int kNoEvents = 300;
constexpr int kNoJson = 301;
constexpr int kMaxDepth = 16;

class TreeBuilder {
 public:
  explicit TreeBuilder(std::string* why) : why_(why) {}

  template <class V>
  bool Build(V& value, int depth, JsonNode* node) {
    if (depth > kMaxDepth) return Refuse(fmt::format("deeper than {} levels", kMaxDepth));
    ondemand::json_type type{};
    if (!Good(value.type().get(type))) return false;
    switch (type) {
      case ondemand::json_type::object:
        return BuildObject(value, depth, node);
      case ondemand::json_type::array:
        return BuildArray(value, depth, node);
      case ondemand::json_type::string: {
        node->kind = JsonNode::Kind::kString;
        std::string_view text;
        if (!Good(value.get_string().get(text))) return false;
        node->text = text;
        return true;
      }
      case ondemand::json_type::number:
        return BuildNumber(value, node);
      case ondemand::json_type::boolean:
        node->kind = JsonNode::Kind::kBool;
        return Good(value.get_bool().get(node->boolean));
      case ondemand::json_type::null:
        return BuildNull(value);
    }
    return Refuse("no JSON value");
  }

 private:
  bool Refuse(std::string why) {
    *why_ = std::move(why);
    return false;
  }
  bool Good(simdjson::error_code error) {
    return error == simdjson::SUCCESS || Refuse(simdjson::error_message(error));
  }

  template <class V>
  bool BuildObject(V& value, int depth, JsonNode* node) {
    node->kind = JsonNode::Kind::kObject;
    ondemand::object object;
    if (!Good(value.get_object().get(object))) return false;
    for (auto field : object) {
      std::string_view name;
      ondemand::value inner;
      if (!Good(field.unescaped_key().get(name))) return false;
      JsonNode& child = node->members.emplace_back(JsonMember{std::string(name), {}}).value;
      if (!Good(field.value().get(inner)) || !Build(inner, depth + 1, &child)) return false;
    }
    return true;
  }

  template <class V>
  bool BuildArray(V& value, int depth, JsonNode* node) {
    node->kind = JsonNode::Kind::kArray;
    ondemand::array array;
    if (!Good(value.get_array().get(array))) return false;
    for (auto element : array) {
      ondemand::value inner;
      if (!Good(element.get(inner)) || !Build(inner, depth + 1, &node->items.emplace_back())) {
        return false;
      }
    }
    return true;
  }

  template <class V>
  bool BuildNumber(V& value, JsonNode* node) {
    node->kind = JsonNode::Kind::kNumber;
    std::string_view token;
    if (!Good(simdjson::simdjson_result<std::string_view>(value.raw_json_token()).get(token))) {
      return false;
    }
    while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ')
      token.remove_suffix(1);
    const bool plain = std::ranges::all_of(token, [](char c) {
      return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    });
    if (!plain || token.size() > 64)
      return Refuse(fmt::format("'{}' is no number", token.substr(0, 64)));
    node->text = token;
    // Raw tokens do not move the cursor; reading the value does, and its range does not matter.
    const auto error = value.get_double().error();
    return error != simdjson::INCORRECT_TYPE || Refuse("no number");
  }

  template <class V>
  bool BuildNull(V& value) {
    bool null = false;
    return Good(simdjson::simdjson_result<bool>(value.is_null()).get(null)) &&
           (null || Refuse("no JSON value"));
  }

  std::string* why_;
};

}  // namespace

const JsonNode* JsonNode::Find(std::string_view name) const {
  const auto it = std::find_if(members.rbegin(), members.rend(),
                               [&](const JsonMember& member) { return member.name == name; });
  return it == members.rend() ? nullptr : &it->value;
}

const JsonNode* JsonNode::At(std::initializer_list<std::string_view> path) const {
  const JsonNode* node = this;
  for (const std::string_view name : path) {
    if (node = node->Find(name); node == nullptr) return nullptr;
  }
  return node;
}

std::string_view JsonNode::Text(std::initializer_list<std::string_view> path) const {
  const JsonNode* node = At(path);
  return node == nullptr ? std::string_view() : node->text;
}

Result<JsonNode> ParseJson(std::string_view json) {
  static thread_local ondemand::parser parser;
  const simdjson::padded_string padded(json);
  ondemand::document document;
  if (const auto error = parser.iterate(padded).get(document)) {
    return Fail(kNoJson, simdjson::error_message(error));
  }
  ondemand::value root;
  std::string why;
  JsonNode node;
  if (const auto error = document.get_value().get(root)) {
    return Fail(kNoJson, error == simdjson::SCALAR_DOCUMENT_AS_VALUE
                             ? "no object or array"
                             : simdjson::error_message(error));
  }
  if (!TreeBuilder(&why).Build(root, 0, &node)) return Fail(kNoJson, why);
  const char* next = nullptr;
  if (document.current_location().get(next) != simdjson::OUT_OF_BOUNDS) {
    return Fail(kNoJson, "there are bytes after the end");
  }
  return node;
}

Result<std::vector<std::string_view>> SplitBatch(std::string_view json) {
  const Result<JsonNode> whole = ParseJson(json);
  if (!whole.has_value()) return Fail(kNoEvents, whole.error().text);
  if (whole->is(JsonNode::Kind::kObject)) return std::vector<std::string_view>{json};
  static thread_local ondemand::parser parser;
  const simdjson::padded_string padded(json);
  ondemand::document document;
  ondemand::array array;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_array().get(array) != simdjson::SUCCESS) {
    return Fail(kNoEvents, "the body is neither an event nor an array of events");
  }
  std::vector<std::string_view> events;
  for (auto element : array) {
    ondemand::value value;
    std::string_view raw;
    if (element.get(value) != simdjson::SUCCESS ||
        simdjson::to_json_string(value).get(raw) != simdjson::SUCCESS) {
      return Fail(kNoEvents, "an element of the array cannot be read");
    }
    events.push_back(json.substr(static_cast<size_t>(raw.data() - padded.data()), raw.size()));
  }
  return events;
}

}  // namespace pm
