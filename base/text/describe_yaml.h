// Documents read by ONE description of each struct, which also yields reference pages
// (describe_docs.h) and can yield a JSON Schema: whoever visits decides.
//
//   struct Claim {
//     static constexpr std::string_view kYamlName = "claim";     // section name in the docs
//     int64_t at_most = 5;                                       // initialisers are the defaults
//     Duration return_after;
//     SourcePlace place;                                               // optional: set to where it
//     stands template <class V> static void Describe(V& v) {
//       v.Field("at_most", &Claim::at_most, "Open leads a rep may hold.", {.min = 1, .max = 1000});
//       v.Required("return_after", &Claim::return_after, "Unworked leads return to the queue.");
//     }
//     void Check(const YamlNode& node, Diagnostics& out);        // optional: what spans several
//     keys
//     // Optional, for hints: what writers call the keys elsewhere, and the map that a text `*` in
//     // its place is short for.
//     static constexpr Habit kYamlHabits[] = {{"limit", "at_most"}};
//     static constexpr std::string_view kYamlShort = "{ at_most: * }";
//     bool whole = true;  // optional: set to false when some of it could not be read
//   };
//
// A visitor has Field (may be absent), Required, and Rest (all other keys, each a name the user
// chose; a member of type YamlMap). Members may be bool, int64_t, std::string, enums with
// `constexpr auto YamlNames(std::type_identity<E>)` giving an array of YamlName<E> (for hints also
// `constexpr std::span<const Habit> YamlHabits(std::type_identity<E>)`), described structs,
// Located<T>, std::optional, std::unique_ptr, std::vector, YamlMap of these, and any X with
//   bool ReadYaml(const YamlNode&, X*, Diagnostics&);                 // found by ADL; reports why
//   not std::string_view YamlTypeName(std::type_identity<X>);             // for the docs, found by
//   ADL
//
// A key without a value and `null` are errors everywhere: what is not said is left out.
#pragma once
#include <array>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/text/diagnostic.h"
#include "base/text/slips.h"
#include "base/text/yaml.h"

namespace pm {

// What a field says about its value beside the type.
struct YamlOptions {
  int64_t min = INT64_MIN;  // of integers, also those in lists
  int64_t max = INT64_MAX;
  size_t max_items = 1'000'000;  // of lists and maps
  bool or_one = false;           // a single value stands for a list of one
};

template <class E>
struct YamlName {
  std::string_view name;
  E value;
};

// A value that remembers where it stood: nowhere, when it is not there or could not be read, which
// was told.
template <class T>
struct Located {
  T value{};
  SourcePlace place;
};

// Names chosen by the user, in the order written. K is std::string or read from the key like a
// value.
template <class T, class K = std::string>
using YamlMap = std::vector<std::pair<K, T>>;

template <class T>
concept YamlDescribed = requires { T::kYamlName; };
template <class E>
concept YamlEnum = std::is_enum_v<E> && requires { YamlNames(std::type_identity<E>{}); };

// Scalars. Each reports why it could not read and then returns false, leaving `out` as it was.
bool ReadYaml(const YamlNode& node, bool* out, Diagnostics& diagnostics);
bool ReadYaml(const YamlNode& node, std::string* out, Diagnostics& diagnostics);
bool ReadYamlInt(const YamlNode& node, int64_t* out, const YamlOptions& options,
                 Diagnostics& diagnostics);
// Keeps the tree as it is, for what is compiled later.
bool ReadYaml(const YamlNode& node, YamlNode* out, Diagnostics& diagnostics);

// For types with a parse function of their own: the error is told at the scalar. `hint`: what was
// probably meant by a text that could not be read; null: none.
template <class X>
bool ReadParsed(const YamlNode& node, X* out, Diagnostics& diagnostics,
                Result<X> (*parse)(std::string_view),
                std::string (*hint)(std::string_view) = nullptr);

// Any type listed above. False when anything was wrong, all of it reported; `out` then holds what
// could be read: lists without the single values that could not.
template <class T>
bool ReadYaml(const YamlNode& node, T* out, Diagnostics& diagnostics);

// A document: a map whose key `kind`, read by the caller, is no field of the struct.
template <YamlDescribed T>
bool ReadYamlDocument(const YamlNode& node, T* out, Diagnostics& diagnostics);

// PM0111 "expected a map, got text" at the node unless it is of that kind; of one that was told
// nothing more. `short_for`: the map
// that a text `*` in its place is short for; empty: none.
bool ExpectKind(const YamlNode& node, YamlNode::Kind kind, Diagnostics& diagnostics,
                std::string_view short_for = {});

}  // namespace pm

#include "base/text/describe_yaml_inl.h"
