// Strict YAML: a tree of texts with places. What a scalar means (number, date, country code) is
// decided by the type declared for it, in describe_yaml.h; `NO` and `012` stay as written.
//
// Refused, each with its place: duplicate keys, merge keys `<<`, anchors and aliases (never
// expanded), tags, keys that are not scalars, tabs in indentation, bytes that are not UTF-8, files
// in another encoding (see encoding.h), control characters (also those from escapes, where "\b" is
// mostly a regular expression in the wrong quotes). Accepted: a byte order mark at the front, CRLF,
// any number of documents each begun by `---`.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/diagnostic.h"
#include "base/text/source.h"

namespace pm {

struct YamlEntry;

// A value. Nodes borrow their Source, which must outlive them; copies are deep.
struct YamlNode {
  enum class Kind : uint8_t { kNull, kScalar, kSequence, kMap };
  enum class Style : uint8_t { kPlain, kSingleQuoted, kDoubleQuoted, kLiteral, kFolded };

  Kind kind = Kind::kNull;      // null: no value at all, or a plain `null` or `~`
  Style style = Style::kPlain;  // of scalars
  const Source* source = nullptr;
  size_t offset =
      0;  // in the source's bytes: of a scalar's first character, quote or `|`; of a block
          // collection's first key or dash; of the key, for a value that is not there
  std::string text;                // scalars: after unquoting and unfolding
  std::vector<YamlNode> items;     // sequences
  std::vector<YamlEntry> entries;  // maps, in order
  // It is not to be used, which was told: an alias, a text that cannot be read, what is below a
  // merge key. As a key also one that stands before in the same map, where the first counts.
  bool told = false;

  bool quoted() const { return style != Style::kPlain; }
  // The value under `key`, the first if there are several; null when absent or when this is no map.
  const YamlNode* Find(std::string_view key) const;
};

struct YamlEntry {
  YamlNode key;  // always a scalar
  YamlNode value;
};

struct YamlLimits {
  size_t max_file_bytes = 64 << 20;
  size_t max_nodes = 2'000'000;  // a file, keys and values
  size_t max_scalar_bytes = 1 << 20;
  size_t max_depth = 64;
  size_t max_value_bytes = 3 << 20;  // from where one begins to where the next does
};

// The file's documents in order, empty ones left out. All problems go to `diagnostics`; after a
// syntax error that document is dropped and reading goes on at the next `---`. What is returned
// beside errors is there so that more problems can be found, not to be used. Throws nothing.
// `dropped`, unless null, gets the text of each document that was; an empty one of a file that is
// no text.
std::vector<YamlNode> ParseYaml(const Source& source, Diagnostics& diagnostics,
                                const YamlLimits& limits = {},
                                std::vector<std::string_view>* dropped = nullptr);

// Where the node stands, with the width of its first line.
SourcePlace PlaceOf(const YamlNode& node);

// Where the bytes at `text_offset` of a scalar's text stand in the file, through quotes, escapes,
// folding and block indentation; for errors inside an expression.
SourcePlace PlaceIn(const YamlNode& scalar, size_t text_offset, size_t bytes = 1);

// "a map", "a list", "text", "nothing": for messages.
std::string_view KindName(const YamlNode& node);

}  // namespace pm
