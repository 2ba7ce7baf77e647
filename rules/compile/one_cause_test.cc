// One wrong place, one finding: tests/rules/sample has one of everything, and is broken here at
// each key, value, item and cell in the usual ways. Whatever is found names its place and what it
// is about, and a fault is told once, not again wherever something follows from it.
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "base/text/csv.h"
#include "base/text/yaml.h"
#include "rules/compile/compile.h"
#include "rules/folder.h"

namespace pm {
namespace {

using Kind = YamlNode::Kind;

constexpr int kLater = 203;  // what has no effect yet: told of the whole sample as well

struct Fault {
  std::string name;  // `rules.yaml team/pools/strike/members/0 misspelt`
  std::vector<RuleFile> files;
};

// In blocks, a key or item a line; scalars as they were written.
void Write(const YamlNode& node, const std::string& indent, std::string* out) {
  if (node.kind == Kind::kScalar) {
    *out += node.quoted() ? fmt::format(" '{}'\n", node.text) : " " + node.text + "\n";
    return;
  }
  if (node.kind == Kind::kNull || (node.items.empty() && node.entries.empty())) {
    *out += node.kind == Kind::kNull ? "\n" : node.kind == Kind::kMap ? " {}\n" : " []\n";
    return;
  }
  if (!out->empty() && !out->ends_with('\n')) *out += '\n';
  for (const YamlEntry& entry : node.entries) {
    *out += indent + entry.key.text + ":";
    Write(entry.value, indent + "  ", out);
  }
  for (const YamlNode& item : node.items) {
    *out += indent + "-";
    Write(item, indent + "  ", out);
  }
}

std::string Written(const std::vector<YamlNode>& documents) {
  std::string text;
  for (const YamlNode& document : documents) {
    if (!text.empty()) text += "---\n";
    Write(document, "", &text);
  }
  return text;
}

std::string Misspelt(std::string text) { return text.insert(text.size() / 2, "q"); }

YamlNode Scalar(std::string text) {
  YamlNode node;
  node.kind = Kind::kScalar;
  node.text = std::move(text);
  return node;
}

YamlNode ListOf(const YamlNode& node) {
  YamlNode list;
  list.kind = Kind::kSequence;
  list.items = {node};
  return list;
}

YamlNode MapOf(const YamlNode& node) {
  YamlNode map;
  map.kind = Kind::kMap;
  map.entries = {{Scalar("xyz"), node}};
  return map;
}

class FaultMaker {
 public:
  FaultMaker(std::vector<RuleFile> files, std::string path)
      : files_(std::move(files)), path_(std::move(path)) {}

  void Yaml(std::vector<Fault>* faults) {
    faults_ = faults;
    const Source source(path_, FileText());
    Diagnostics none;
    documents_ = ParseYaml(source, none);
    for (YamlNode& document : documents_) {
      const std::string kind = document.Find("kind")->text;
      Collection(kind, &document);
    }
  }

  void Csv(std::vector<Fault>* faults) {
    faults_ = faults;
    const Source source(path_, FileText());
    Diagnostics none;
    CsvReader csv(source, none);
    rows_ = {csv.header()};
    for (CsvRow row; csv.Next(&row);) {
      rows_.emplace_back();
      for (const CsvCell& cell : row.cells) rows_.back().push_back(cell.text);
    }
    for (size_t r = 0; r < rows_.size(); ++r) Row(r);
  }

 private:
  std::string FileText() const { return std::ranges::find(files_, path_, &RuleFile::path)->text; }

  void Add(const std::string& where, std::string_view what, std::string text) {
    Fault fault{fmt::format("{} {} {}", path_, where, what), files_};
    std::ranges::find(fault.files, path_, &RuleFile::path)->text = std::move(text);
    faults_->push_back(std::move(fault));
  }
  void Add(const std::string& where, std::string_view what) {
    Add(where, what, Written(documents_));
  }
  template <class T>
  void Instead(T* place, T value, const std::string& where, std::string_view what) {
    std::swap(*place, value);
    Add(where, what);
    std::swap(*place, value);
  }

  void Collection(const std::string& where, YamlNode* node) {
    for (size_t i = 0; i < node->entries.size(); ++i) {
      const std::string at = where + "/" + node->entries[i].key.text;
      const std::vector<YamlEntry> entries = node->entries;
      node->entries.erase(node->entries.begin() + static_cast<std::ptrdiff_t>(i));
      Add(at, "left out");
      node->entries = entries;
      node->entries.push_back(entries[i]);
      Add(at, "twice");
      node->entries.back().value = Scalar("ES");
      if (at.contains("/when/")) Add(at, "twice and otherwise");
      node->entries = entries;
      node->entries.push_back({Scalar("<<"), Scalar("xyz")});
      if (i == 0) Add(where, "with a merge key");
      node->entries = entries;
      node->entries[i].key.text = Misspelt(entries[i].key.text);
      Add(at, "misspelt key");
      node->entries = entries;
      Value(at, &node->entries[i].value);
    }
    for (size_t i = 0; i < node->items.size(); ++i) {
      const std::string at = fmt::format("{}/{}", where, i);
      const std::vector<YamlNode> items = node->items;
      node->items.push_back(items[i]);
      Add(at, "twice");
      node->items = items;
      Value(at, &node->items[i]);
    }
  }

  void Value(const std::string& where, YamlNode* node) {
    Instead(node, YamlNode(), where, "without value");
    Instead(node, ListOf(*node), where, "as list");
    if (node->kind != Kind::kScalar) {
      Instead(node, Scalar("oops"), where, "as text");
      return Collection(where, node);
    }
    Instead(node, MapOf(*node), where, "as map");
    Instead(node, Scalar(Misspelt(node->text)), where, "misspelt");
    Instead(node, Scalar("zzzz"), where, "unknown");
    Instead(node, Scalar("''"), where, "empty");
  }

  static std::string Cell(const std::string& text) {
    std::string cell;
    for (const char c : text) cell += c == '"' ? "\"\"" : std::string(1, c);
    return text.find_first_of(",\"") == std::string::npos ? cell : '"' + cell + '"';
  }
  std::string Table() const {
    std::string text;
    for (const std::vector<std::string>& row : rows_) {
      for (size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : ",") + Cell(row[i]);
      text += '\n';
    }
    return text;
  }

  void Row(size_t r) {
    const std::string at = fmt::format("{}", r + 1);
    const std::vector<std::vector<std::string>> rows = rows_;
    if (r > 0) {
      rows_.push_back(rows[r]);
      Add(at, "twice", Table());
      rows_ = rows;
    }
    rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(r));
    Add(at, "left out", Table());
    rows_ = rows;
    rows_[r].pop_back();
    Add(at, "a cell too few", Table());
    rows_ = rows;
    rows_[r].emplace_back("more");
    Add(at, "a cell too many", Table());
    rows_ = rows;
    for (size_t c = 0; c < rows[r].size(); ++c) {
      const std::string where = fmt::format("{}/{}", at, rows[0][c]);
      for (const std::string& text :
           {Misspelt(rows[r][c]), std::string("zzzz"), std::string(), std::string("one\"quote")}) {
        rows_[r][c] = text;
        Add(where, text.empty() ? "empty" : text, Table());
        rows_ = rows;
      }
    }
  }

  std::vector<RuleFile> files_;
  const std::string path_;
  std::vector<Fault>* faults_ = nullptr;
  std::vector<YamlNode> documents_;
  std::vector<std::vector<std::string>> rows_;
};

std::vector<Fault> AllFaults() {
  const std::vector<RuleFile> sample = *ReadRuleFolder("tests/rules/sample");
  std::vector<Fault> faults;
  FaultMaker(sample, "rules.yaml").Yaml(&faults);
  FaultMaker(sample, "reps.csv").Csv(&faults);
  FaultMaker(sample, "tables/territories.csv").Csv(&faults);
  return faults;
}

std::vector<Diagnostic> Findings(const CompileResult& result) {
  std::vector<Diagnostic> found = result.diagnostics.Sorted();
  std::erase_if(found, [](const Diagnostic& one) { return one.code == kLater; });
  return found;
}

TEST(OneCause, SampleIsWithoutAFault) {
  const CompileResult result = CompileProved(*ReadRuleFolder("tests/rules/sample"));
  EXPECT_TRUE(result.ok());
  for (const Diagnostic& one : Findings(result)) ADD_FAILURE() << one.message;
}

// Faults that are several: what each says of the rules is true by itself.
const std::map<std::string, size_t, std::less<>> kSeveral = {
    {"reps.csv 1/id zzzz", 2},
    {"reps.csv 1/id one\"quote", 2},
    {"rules.yaml scoring/fit left out", 3},
    {"rules.yaml scoring/fit/rules left out", 3},
    {"rules.yaml scoring/engagement left out", 2},
    {"rules.yaml scoring/engagement/rules left out", 2},
    {"rules.yaml scoring/grades/fit/B left out", 4},
    {"rules.yaml scoring/grades/engagement/2 left out", 2},
    {"rules.yaml lifecycle/repeat/1/stage left out", 2},
    {"rules.yaml routing/routes left out", 3},
    {"rules.yaml team/pools left out", 3},
    {"rules.yaml routing/routes/4/when/submission.service as list", 2},
    {"rules.yaml routing/routes/4/when/submission.service misspelt", 2},
    {"rules.yaml routing/routes/4/when/submission.service unknown", 2}};

std::string Told(const std::vector<Diagnostic>& found) {
  std::string text;
  for (const Diagnostic& one : found) {
    const bool placed = one.place.source != nullptr;
    text += fmt::format("\n  {}:{}: {} {}", placed ? one.place.source->path() : "",
                        one.place.position.line, CodeName(one.code), one.message);
  }
  return text;
}

// Only a text that was written empty may stand between quotes.
bool SaysWhereAndWhat(const Diagnostic& one, bool of_empty_text) {
  return one.place.source != nullptr && one.place.position.line > 0 &&
         one.place.position.column > 0 && !one.message.empty() &&
         (of_empty_text || !one.message.contains("''"));
}

TEST(OneCause, IsToldOnceAtItsPlace) {
  size_t faults = 0, told = 0;
  std::set<std::string> several;
  for (const Fault& fault : AllFaults()) {
    const CompileResult result = CompileProved(fault.files);
    const std::vector<Diagnostic> found = Findings(result);
    ++faults;
    told += found.empty() ? 0 : 1;
    for (const Diagnostic& one : found) {
      EXPECT_TRUE(SaysWhereAndWhat(one, fault.name.ends_with(" empty")))
          << fault.name << Told(found);
    }
    if (found.size() < 2) continue;
    several.insert(fault.name);
    const auto known = kSeveral.find(fault.name);
    EXPECT_EQ(found.size(), known == kSeveral.end() ? 1 : known->second)
        << fault.name << Told(found);
  }
  EXPECT_GE(faults, 3000u);
  EXPECT_GE(told, 2500u);
  for (const auto& [name, count] : kSeveral) EXPECT_TRUE(several.contains(name)) << name;
}

}  // namespace
}  // namespace pm
