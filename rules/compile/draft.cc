#include "rules/compile/draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

namespace pm {
namespace {

constexpr int kBadKind = 202, kTwice = 222;

// Lists in which an item counts once, wherever they stand in a document of that kind. Others whose
// items have a place in the book are looked at there.
struct OnceEach {
  std::string_view kind, key;
};
constexpr OnceEach kOnceEach[] = {{"identity", "survivorship"},
                                  {"identity", "not_free"},
                                  {"lifecycle", "route_when"},
                                  {"lifecycle", "stage"},
                                  {"lifecycle", "reason"},
                                  {"cadence", "exit"},
                                  {"sla", "notify"},
                                  {"sla", "escalate"},
                                  {"routing", "match"},
                                  {"calendars", "holidays"},
                                  {"handoff", "briefing"},
                                  {"handoff", "reject_reasons"}};

class DraftReader {
 public:
  DraftReader(Draft& draft, Diagnostics& out) : draft_(draft), out_(out) {
    AddMany("fields", &Draft::fields);
    AddMany("lists", &Draft::lists);
    AddMany("team", &Draft::teams);
    AddMany("calendars", &Draft::calendars);
    AddMany("sla", &Draft::slas);
    AddOne("identity", &Draft::identity);
    AddOne("screening", &Draft::screening);
    AddOne("scoring", &Draft::scoring);
    AddOne("lifecycle", &Draft::lifecycle);
    AddOne("routing", &Draft::routing);
    AddOne("handoff", &Draft::handoff);
    AddOne("privacy", &Draft::privacy);
    AddOne("checks", &Draft::checks);
    readers_["cadence"] = [this](const YamlNode& node) {
      auto& [cadence, tree] = draft_.cadences.emplace_back();
      tree = &node;
      ReadYamlDocument(node, &cadence, out_);
    };
  }

  // A document that was lost to its syntax: by a line of it what kind it is.
  void Lose(std::string_view text) {
    bool known = false;
    while (!text.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (!line.starts_with("kind:")) continue;
      known = LoseKind(FirstWord(line.substr(5)));
      if (!known) break;
    }
    draft_.whole = draft_.whole && known;
  }

  // A document of a file with problems in its syntax, which may have taken parts of it away.
  void Cut(const YamlNode& node) {
    for (const YamlEntry& entry : node.entries) {
      if (entry.key.text == "kind") LoseKind(entry.value.text);
    }
  }

  void Read(const YamlNode& node) {
    if (!ExpectKind(node, YamlNode::Kind::kMap, out_)) return;
    const YamlNode* kind = node.Find("kind");
    if (kind != nullptr && kind->told) {
      draft_.whole = false;
      return;
    }
    if (kind == nullptr || kind->kind != YamlNode::Kind::kScalar || kind->text.empty()) {
      out_.Error(kBadKind, PlaceOf(kind == nullptr ? node : *kind),
                 "the document does not say what it is",
                 "begin it with `kind: routing` or another");
      draft_.whole = false;
      return;
    }
    const auto reader = readers_.find(kind->text);
    if (reader != readers_.end()) {
      const size_t before = out_.errors_met();
      reader->second(node);
      TellTwice(kind->text, node);
      if (out_.errors_met() != before) draft_.wrong_kinds.insert(kind->text);
      return;
    }
    std::vector<std::string_view> names;
    for (const auto& [name, read] : readers_) names.push_back(name);
    std::string hint = DidYouMean(kind->text, names);
    if (hint.empty()) hint = fmt::format("there are {}", fmt::join(names, ", "));
    out_.Error(kBadKind, PlaceOf(*kind), fmt::format("there is no kind '{}'", kind->text),
               std::move(hint));
    draft_.whole = false;
  }

 private:
  static std::string_view FirstWord(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    return text.substr(0, text.find_first_of(" \r"));
  }

  void TellTwice(std::string_view kind, const YamlNode& node) {
    for (const YamlNode& item : node.items) TellTwice(kind, item);
    for (const YamlEntry& entry : node.entries) {
      const YamlNode& key = entry.key;
      const YamlNode& value = entry.value;
      const auto is_this = [&](const OnceEach& one) {
        return one.kind == kind && one.key == key.text;
      };
      if (value.kind != YamlNode::Kind::kSequence || std::ranges::none_of(kOnceEach, is_this)) {
        TellTwice(kind, value);
        continue;
      }
      std::set<std::string_view> seen;
      for (const YamlNode& item : value.items) {
        const bool named = item.kind == YamlNode::Kind::kScalar && !item.text.empty();
        if (!named || seen.insert(item.text).second) continue;
        out_.Error(kTwice, PlaceOf(item),
                   fmt::format("'{}' stands in `{}` twice", item.text, key.text),
                   "the first counts; leave out the other");
      }
    }
  }

  bool LoseKind(std::string_view kind) {
    if (!readers_.contains(kind)) return false;
    draft_.wrong_kinds.emplace(kind);
    draft_.lost_kinds.emplace(kind);
    return true;
  }

  template <class T>
  void AddMany(std::string name, std::vector<T> Draft::* member) {
    readers_[std::move(name)] = [this, member](const YamlNode& node) {
      ReadYamlDocument(node, &(draft_.*member).emplace_back(), out_);
    };
  }

  template <class T>
  void AddOne(const std::string& name, std::optional<T> Draft::* member) {
    readers_[name] = [this, name, member](const YamlNode& node) {
      const SourcePlace place = PlaceOf(node);
      const auto [first, is_new] = first_.emplace(name, place);
      if (!is_new) {
        const SourcePlace& before = first->second;
        out_.Error(kBadKind, place, fmt::format("a second document of kind '{}'", name),
                   fmt::format("the first is at {}:{}; join them", before.source->path(),
                               before.position.line));
        return;
      }
      ReadYamlDocument(node, &(draft_.*member).emplace(), out_);
    };
  }

  Draft& draft_;
  Diagnostics& out_;
  std::map<std::string, std::function<void(const YamlNode&)>, std::less<>> readers_;
  std::map<std::string, SourcePlace> first_;
};

bool IsYaml(std::string_view path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }

// Quoted, so that no text can look like structure.
void AppendText(std::string_view text, std::string* out) {
  *out += fmt::format("{}:{}", text.size(), text);
}

void AppendCanonical(const YamlNode& node, std::string* out) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      *out += '~';
      return;
    case YamlNode::Kind::kScalar:
      return AppendText(node.text, out);
    case YamlNode::Kind::kSequence:
      *out += '[';
      for (const YamlNode& item : node.items) AppendCanonical(item, out);
      *out += ']';
      return;
    case YamlNode::Kind::kMap:
      *out += '{';
      for (const YamlEntry& entry : node.entries) {
        AppendText(entry.key.text, out);
        AppendCanonical(entry.value, out);
      }
      *out += '}';
      return;
  }
}

}  // namespace

Draft ReadDraft(const SourceSet& sources, Diagnostics& out) {
  Draft draft;
  DraftReader reader(draft, out);
  for (const Source& source : sources.all()) {
    if (!IsYaml(source.path())) continue;
    const size_t before = out.errors_met();
    std::vector<std::string_view> dropped;
    std::vector<YamlNode> documents = ParseYaml(source, out, {}, &dropped);
    const bool cut = out.errors_met() != before;
    for (const std::string_view text : dropped) reader.Lose(text);
    for (YamlNode& document : documents) {
      const YamlNode& kept = draft.trees.emplace_back(std::move(document));
      reader.Read(kept);
      if (cut) reader.Cut(kept);
    }
  }
  return draft;
}

std::string CanonicalText(const YamlNode& node) {
  std::string text;
  AppendCanonical(node, &text);
  return text;
}

}  // namespace pm
