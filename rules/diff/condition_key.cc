#include "rules/diff/condition_key.h"

#include <fmt/ranges.h>

#include "base/ids.h"
#include "rules/condition_program.h"

namespace pm {
namespace {

constexpr std::string_view kLists = "lists.";

bool IsNamePart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string ContentOf(const TextList& list) {
  return ToText(HashContent(fmt::format("{}", fmt::join(list.items, "\n"))));
}

// Its length at the front of the text: a quoted text, a name with its dots, or one character.
size_t TokenLength(std::string_view text) {
  const char quote = text.front();
  size_t length = 1;
  if (quote == '"' || quote == '\'') {
    while (length < text.size() && text[length] != quote) length += text[length] == '\\' ? 2 : 1;
    return std::min(length + 1, text.size());
  }
  if (!IsNamePart(quote)) return 1;
  while (length < text.size() && (IsNamePart(text[length]) || text[length] == '.')) ++length;
  return length;
}

// `lists.NAME`, perhaps with a call behind it; null: something else.
const TextList* ListCalled(std::string_view token, const ConditionNode& program) {
  token.remove_prefix(kLists.size());
  const std::string_view name = token.substr(0, token.find('.'));
  for (const ProgramInput& input : program.inputs) {
    if (input.list && input.list->list->name == name) return input.list->list.get();
  }
  return nullptr;
}

// The expression with the content of each list in place of its name; texts in it stay.
std::string WithListContents(const ConditionNode& program) {
  std::string out;
  for (std::string_view rest = program.text; !rest.empty();) {
    const std::string_view token = rest.substr(0, TokenLength(rest));
    rest.remove_prefix(token.size());
    const TextList* list = token.starts_with(kLists) ? ListCalled(token, program) : nullptr;
    if (list == nullptr) {
      out += token;
    } else {
      out += "lists[" + ContentOf(*list) + "]";
      out += token.substr(kLists.size() + list->name.size());
    }
  }
  return out;
}

void AppendKey(const std::shared_ptr<const ConditionNode>& node, std::string* out) {
  switch (node->kind) {
    case NodeKind::kTest:
      if (node->list) {
        *out += fmt::format("{} {} lists[{}] {}", node->field.number, OpName(node->op),
                            ContentOf(*node->list), static_cast<int>(node->on_missing));
      } else {
        *out += Condition(node).Text();
      }
      return;
    case NodeKind::kProgram:
      *out += WithListContents(*node);
      return;
    case NodeKind::kAll:
    case NodeKind::kAny:
    case NodeKind::kNot:
      break;
  }
  static constexpr std::string_view kNames[] = {"all", "any", "not"};
  *out += kNames[static_cast<size_t>(node->kind)];
  *out += '(';
  for (const auto& child : node->children) {
    AppendKey(child, out);
    *out += "; ";
  }
  *out += ')';
}

}  // namespace

std::string KeyOf(const Condition& condition) {
  std::string key;
  if (!condition.always()) AppendKey(condition.shared_root(), &key);
  return key;
}

}  // namespace pm
