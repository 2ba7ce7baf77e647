#include "base/text/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <istream>

#include "base/text/encoding.h"
#include "base/text/utf8.h"
#include "base/text/yaml_slips.h"
#include "base/text/yaml_text.h"

namespace pm {
namespace {

using Kind = YamlNode::Kind;
using Style = YamlNode::Style;

constexpr size_t kMostDoubled = 8;  // keys of one map that are told one by one

// Leaves yaml-cpp from inside a callback; the reason has been reported.
struct StopReading {};

// Builds the tree of one stretch of the file from yaml-cpp's events.
class TreeBuilder : public YAML::EventHandler {
 public:
  // `nodes_left` runs over the whole file.
  TreeBuilder(const Source& source, size_t start, YamlFeed& feed, const YamlLimits& limits,
              size_t* nodes_left, Diagnostics& diagnostics)
      : source_(source),
        start_(start),
        feed_(feed),
        limits_(limits),
        nodes_left_(*nodes_left),
        out_(diagnostics) {}

  std::vector<YamlNode> TakeDocuments() { return std::move(documents_); }

  // yaml-cpp takes the end of the text for the closing quote. False when it was reported.
  bool ExpectClosedQuote(size_t end) {
    if (!last_quoted_) return true;
    const size_t begin = *last_quoted_;
    if (HasClosingQuote(source_.text().substr(begin, end - begin))) return true;
    out_.Error(104, PlaceAt(source_, begin), "this quote is not closed");
    return false;
  }

  // What can still be said about a document that was broken off.
  void BreakOff() {
    for (Frame& frame : frames_) CheckDuplicates(&frame.node);
    frames_.clear();
  }

  // `end`: of the stretch.
  void Syntax(const YAML::Mark& mark, size_t end, std::string_view message) {
    if (feed_.cut_off()) return TellCutOff();
    const size_t offset = mark.is_null() ? start_ : std::min(Offset(mark), end);
    YamlSlip slip =
        ExplainSyntax(source_.text().substr(start_, end - start_), offset - start_, message);
    out_.Error(104, PlaceAt(source_, start_ + slip.offset), std::move(slip.message),
               std::move(slip.hint));
  }

  void TellCutOff() {
    out_.Error(
        109, PlaceAt(source_, start_ + feed_.reached()),
        fmt::format("more than {} bytes without the end of a value", limits_.max_value_bytes),
        "close its quotes and brackets, or write a long list with a line for each entry");
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!begun_) {
      begun_ = true;
      return;
    }
    out_.Error(104, PlaceAt(source_, Offset(mark)), "text after the end of the document",
               "a new document begins with a line '---'");
    throw StopReading();
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode node = Begin(mark, Kind::kNull, "", anchor);
    // yaml-cpp marks a missing value at the token after it, where it would mislead.
    const bool in_map = !frames_.empty() && frames_.back().node.kind == Kind::kMap;
    if (in_map && frames_.back().key.has_value()) node.offset = frames_.back().key->offset;
    if (!in_map) node.offset = LastWrittenBefore(node.offset);
    Attach(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    const bool merged = !frames_.empty() && frames_.back().key && IsMerge(*frames_.back().key);
    if (!merged) {  // else it was told of the key
      out_.Error(107, PlaceAt(source_, Offset(mark)), "aliases are not allowed",
                 "write the value out, or give the shared part a name of its own");
    }
    YamlNode node = Begin(mark, Kind::kScalar, "", 0);
    node.told = true;
    Attach(std::move(node));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = Begin(mark, Kind::kScalar, tag, anchor);
    node.style = StyleAt(node.offset);
    node.text = value;
    if (node.style == Style::kSingleQuoted || node.style == Style::kDoubleQuoted) {
      last_quoted_ = node.offset;
    }
    CheckText(node);
    Attach(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(Begin(mark, Kind::kSequence, tag, anchor));
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(Begin(mark, Kind::kMap, tag, anchor));
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Frame {
    YamlNode node;
    std::optional<YamlNode> key;  // of a map, waiting for its value
  };

  size_t Offset(const YAML::Mark& mark) const {
    return std::min(start_ + static_cast<size_t>(std::max(mark.pos, 0)), source_.text().size());
  }

  char CharAt(size_t offset) const {
    return offset < source_.text().size() ? source_.text()[offset] : '\0';
  }

  size_t LastWrittenBefore(size_t offset) const {
    const std::string_view rest = source_.text().substr(offset);
    if (rest.starts_with('~') || rest.starts_with("null") || rest.starts_with("Null") ||
        rest.starts_with("NULL")) {
      return offset;
    }
    const size_t found = source_.text().substr(start_, offset - start_).find_last_not_of(" \r\n");
    return found == std::string_view::npos ? start_ : start_ + found;
  }

  YamlNode Begin(const YAML::Mark& mark, Kind kind, const std::string& tag, YAML::anchor_t anchor) {
    YamlNode node;
    node.kind = kind;
    node.source = &source_;
    node.offset = Offset(mark);
    feed_.Reached(node.offset - start_);
    if (anchor != 0) {
      out_.Error(107, PlaceAt(source_, node.offset), "anchors are not allowed");
    }
    const bool tagged = !tag.empty() && tag != "?" && tag != "!";
    if (tagged || (kind != Kind::kNull && CharAt(node.offset) == '!')) {
      out_.Error(108, PlaceAt(source_, node.offset), "tags are not allowed",
                 "the key decides the type of its value");
    }
    if (nodes_left_ == 0) {
      Limit(node.offset, fmt::format("more than {} values in one file", limits_.max_nodes));
    }
    --nodes_left_;
    return node;
  }

  [[noreturn]] void Limit(size_t offset, std::string message) {
    out_.Error(109, PlaceAt(source_, offset), std::move(message));
    throw StopReading();
  }

  Style StyleAt(size_t offset) const {
    switch (CharAt(offset)) {
      case '\'':
        return Style::kSingleQuoted;
      case '"':
        return Style::kDoubleQuoted;
      case '|':
        return Style::kLiteral;
      case '>':
        return Style::kFolded;
      default:
        return Style::kPlain;
    }
  }

  void CheckText(YamlNode& node) {
    if (node.text.size() > limits_.max_scalar_bytes) {
      out_.Error(109, PlaceAt(source_, node.offset),
                 fmt::format("a text of more than {} bytes", limits_.max_scalar_bytes));
      node.text.clear();
      node.told = true;
    }
    if (node.style != Style::kDoubleQuoted) return;
    const auto control = std::ranges::find_if(node.text, IsForbiddenControl);
    node.told =
        node.told || control != node.text.end() || ValidUtf8Prefix(node.text) != node.text.size();
    if (control != node.text.end()) {
      const auto at = static_cast<size_t>(control - node.text.begin());
      out_.Error(102, PlaceIn(node, at), "an escape that makes a control character",
                 "single quotes keep a backslash as it is");
    } else if (ValidUtf8Prefix(node.text) != node.text.size()) {
      out_.Error(101, PlaceIn(node, ValidUtf8Prefix(node.text)),
                 "an escape that makes no character");
    }
  }

  void Open(YamlNode node) {
    if (frames_.size() >= limits_.max_depth) {
      Limit(node.offset, fmt::format("nested deeper than {} levels", limits_.max_depth));
    }
    frames_.push_back({std::move(node), {}});
  }

  void Close() {
    YamlNode node = std::move(frames_.back().node);
    frames_.pop_back();
    const char begin = CharAt(node.offset);
    if (begin == '{' || begin == '[') MendCutTexts(&node, out_);
    CheckDuplicates(&node);
    Attach(std::move(node));
  }

  void Attach(YamlNode node) {
    if (frames_.empty()) {
      const bool nothing = node.kind == Kind::kNull;
      if (!nothing) documents_.push_back(std::move(node));
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.kind == Kind::kSequence) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.key.has_value()) {
      frame.key = AsKey(std::move(node));
    } else {
      node.told = node.told || IsMerge(*frame.key);
      frame.node.entries.push_back({*std::move(frame.key), std::move(node)});
      frame.key.reset();
    }
  }

  static bool IsMerge(const YamlNode& key) {
    return key.style == Style::kPlain && key.text == "<<";
  }

  YamlNode AsKey(YamlNode node) {
    if (node.kind != Kind::kScalar) {
      out_.Error(110, PlaceAt(source_, node.offset),
                 fmt::format("a key must be text, this is {}", KindName(node)));
      YamlNode key;
      key.kind = Kind::kScalar;
      key.source = &source_;
      key.offset = node.offset;
      key.told = true;
      return key;
    }
    if (IsMerge(node)) {
      out_.Error(106, PlaceOf(node), "merge keys are not allowed", "write the keys out");
      node.told = true;
    }
    return node;
  }

  // Those that stand before in the map, in order.
  static std::vector<YamlEntry*> MarkDuplicates(YamlNode* map) {
    std::vector<YamlEntry*> entries;
    for (YamlEntry& entry : map->entries) {
      if (!entry.key.told) entries.push_back(&entry);
    }
    const auto key = [](const YamlEntry* entry) -> const std::string& { return entry->key.text; };
    std::ranges::stable_sort(entries, {}, key);
    std::vector<YamlEntry*> again;
    for (size_t i = 1; i < entries.size(); ++i) {
      if (key(entries[i]) == key(entries[i - 1])) again.push_back(entries[i]);
    }
    std::ranges::sort(again);
    for (YamlEntry* entry : again) entry->key.told = true;
    return again;
  }

  void CheckDuplicates(YamlNode* map) {
    const std::vector<YamlEntry*> again = MarkDuplicates(map);
    for (const YamlEntry* entry : std::span(again).first(std::min(again.size(), kMostDoubled))) {
      const auto first = std::ranges::find_if(
          map->entries, [&](const YamlEntry& one) { return one.key.text == entry->key.text; });
      const int32_t line = source_.PositionAt(first->key.offset).line;
      out_.Error(105, PlaceOf(entry->key), "duplicate key " + Quoted(entry->key.text),
                 fmt::format("it stands already in line {}", line));
    }
    if (again.size() <= kMostDoubled) return;
    out_.Error(
        105, PlaceAt(source_, map->offset),
        fmt::format("{} more keys of this map stand in it twice", again.size() - kMostDoubled),
        "leave out one of each two");
  }

  const Source& source_;
  const size_t start_;
  YamlFeed& feed_;
  const YamlLimits& limits_;
  size_t& nodes_left_;
  Diagnostics& out_;
  std::vector<Frame> frames_;
  std::vector<YamlNode> documents_;
  std::optional<size_t> last_quoted_;  // where it begins
  bool begun_ = false;
};

// False when reading was broken off; why has been reported.
bool ParseStretch(YamlFeed& feed, size_t end, TreeBuilder& builder) {
  try {
    std::istream stream(&feed);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    if (!feed.cut_off()) return builder.ExpectClosedQuote(end);
    builder.TellCutOff();
  } catch (const StopReading&) {
  } catch (const YAML::Exception& e) {
    builder.Syntax(e.mark, end, e.msg);
  } catch (const std::exception& e) {
    builder.Syntax(YAML::Mark::null_mark(), end, e.what());
  }
  builder.BreakOff();
  return false;
}

}  // namespace

const YamlNode* YamlNode::Find(std::string_view key) const {
  const auto found =
      std::ranges::find_if(entries, [&](const YamlEntry& e) { return e.key.text == key; });
  return found == entries.end() ? nullptr : &found->value;
}

std::vector<YamlNode> ParseYaml(const Source& source, Diagnostics& diagnostics,
                                const YamlLimits& limits, std::vector<std::string_view>* dropped) {
  std::vector<YamlNode> documents;
  const auto drop = [&](size_t start, size_t end) {
    if (dropped != nullptr) dropped->push_back(source.text().substr(start, end - start));
  };
  if (source.text().size() > limits.max_file_bytes) {
    diagnostics.Error(109, {&source, {}},
                      fmt::format("larger than {} bytes", limits.max_file_bytes));
    drop(0, source.text().size());
    return documents;
  }
  if (!ExpectText(source, diagnostics)) {
    drop(0, 0);
    return documents;
  }
  const CleanText clean = CleanYamlText(source, diagnostics);
  size_t nodes_left = limits.max_nodes;
  for (const auto& [start, end] : DocumentStretches(clean.text)) {
    if (ReportTabs(source, clean, start, end, diagnostics)) {
      drop(start, end);
      continue;
    }
    YamlFeed feed(clean.text.substr(start, end - start), limits.max_value_bytes);
    TreeBuilder builder(source, start, feed, limits, &nodes_left, diagnostics);
    const bool whole = ParseStretch(feed, end, builder);
    if (whole) {
      std::ranges::move(builder.TakeDocuments(), std::back_inserter(documents));
    } else {
      drop(start, nodes_left == 0 ? source.text().size() : end);
    }
    if (nodes_left == 0) break;
  }
  return documents;
}

std::string_view KindName(const YamlNode& node) {
  switch (node.kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kScalar:
      return "text";
    case Kind::kSequence:
      return "a list";
    case Kind::kMap:
      return "a map";
  }
  return "";
}

}  // namespace pm
