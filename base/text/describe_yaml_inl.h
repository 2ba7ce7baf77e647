// The templates of describe_yaml.h.
#pragma once
#include <span>

#include "base/text/describe_yaml.h"

namespace pm {
namespace yaml_detail {

template <class T>
constexpr bool kIsVector = false;
template <class T>
constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
constexpr bool kIsMap = false;
template <class K, class T>
constexpr bool kIsMap<std::vector<std::pair<K, T>>> = true;
template <class T>
constexpr bool kIsLocated = false;
template <class T>
constexpr bool kIsLocated<Located<T>> = true;
template <class T>
constexpr bool kIsOptional = false;
template <class T>
constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
constexpr bool kIsPointer = false;
template <class T>
constexpr bool kIsPointer<std::unique_ptr<T>> = true;

// A value without parts.
template <class T>
constexpr bool kIsSingle =
    std::is_arithmetic_v<T> || std::is_enum_v<T> || std::same_as<T, std::string> || kIsLocated<T>;

// Which keys of a map are taken, and what to say about the others. Not a template, to stay small.
class KeyBook {
 public:
  KeyBook(const YamlNode& map, bool is_document, std::span<const Habit> habits, Diagnostics& out);

  // The value of `key`, marked as taken; null when absent.
  const YamlNode* Take(std::string_view key);
  std::vector<const YamlEntry*> TakeRest();
  // `key` is required and not there.
  void Miss(std::string_view key, std::string_view meaning);
  // What is missing and what is unknown; a key that is misspelt is told once.
  void Report();
  bool good() const { return good_; }

 private:
  std::string_view Meant(std::string_view key) const;

  const YamlNode& map_;
  const std::span<const Habit> habits_;
  Diagnostics& out_;
  std::vector<bool> taken_;
  std::vector<std::string_view> known_;
  std::vector<std::pair<std::string_view, std::string_view>> missing_;  // with the meaning
  bool good_ = true;
};

bool ReadName(const YamlNode& node, std::span<const std::string_view> names,
              std::span<const Habit> habits, size_t* index, Diagnostics& diagnostics);
bool CheckCount(const YamlNode& node, size_t count, size_t most, Diagnostics& diagnostics);

template <class T>
bool Read(const YamlNode& node, T* out, const YamlOptions& options, Diagnostics& diagnostics);
template <class K, class X>
bool ReadEntry(const YamlEntry& entry, YamlMap<X, K>* out, const YamlOptions& options,
               Diagnostics& diagnostics);

// Visits a struct's description and fills the struct.
template <class T>
class StructReader {
 public:
  StructReader(T* out, KeyBook& keys, Diagnostics& diagnostics)
      : out_(out), keys_(keys), diagnostics_(diagnostics) {}

  template <class X>
  void Field(std::string_view key, X T::* member, std::string_view,
             const YamlOptions& options = {}) {
    if (const YamlNode* value = keys_.Take(key)) ReadMember(*value, member, options);
  }
  template <class X>
  void Required(std::string_view key, X T::* member, std::string_view meaning,
                const YamlOptions& options = {}) {
    if (const YamlNode* value = keys_.Take(key)) {
      ReadMember(*value, member, options);
    } else {
      keys_.Miss(key, meaning);
    }
  }
  // Stands last in a description. `name` is how the docs call the key.
  template <class X, class K>
  void Rest(std::string_view, YamlMap<X, K> T::* member, std::string_view,
            const YamlOptions& options = {}) {
    for (const YamlEntry* entry : keys_.TakeRest()) {
      good_ = ReadEntry(*entry, &(out_->*member), options, diagnostics_) && good_;
    }
  }
  bool good() const { return good_; }

 private:
  template <class X>
  void ReadMember(const YamlNode& value, X T::* member, const YamlOptions& options) {
    good_ = Read(value, &(out_->*member), options, diagnostics_) && good_;
  }

  T* out_;
  KeyBook& keys_;
  Diagnostics& diagnostics_;
  bool good_ = true;
};

template <class T>
consteval std::span<const Habit> HabitsOf() {
  if constexpr (requires { T::kYamlHabits; }) {
    return T::kYamlHabits;
  } else if constexpr (requires { YamlHabits(std::type_identity<T>{}); }) {
    return YamlHabits(std::type_identity<T>{});
  } else {
    return {};
  }
}
template <class T>
consteval std::string_view ShortOf() {
  if constexpr (requires { T::kYamlShort; }) {
    return T::kYamlShort;
  } else {
    return {};
  }
}

template <class T>
void SetWhole(T* out, bool whole) {
  if constexpr (requires {
                  { out->whole } -> std::same_as<bool&>;
                })
    out->whole = whole;
}

template <class T>
bool ReadStruct(const YamlNode& node, T* out, bool is_document, Diagnostics& diagnostics) {
  SetWhole(out, false);
  if (!ExpectKind(node, YamlNode::Kind::kMap, diagnostics, ShortOf<T>())) return false;
  if constexpr (requires {
                  { out->place } -> std::same_as<SourcePlace&>;
                })
    out->place = PlaceOf(node);
  KeyBook keys(node, is_document, HabitsOf<T>(), diagnostics);
  StructReader<T> reader(out, keys, diagnostics);
  T::Describe(reader);
  keys.Report();
  bool good = keys.good() && reader.good();
  if constexpr (requires { out->Check(node, diagnostics); }) {
    const size_t before = diagnostics.errors_met();
    if (good) out->Check(node, diagnostics);
    good = good && diagnostics.errors_met() == before;
  }
  SetWhole(out, good);
  return good;
}

template <class X>
bool ReadList(const YamlNode& node, std::vector<X>* out, const YamlOptions& options,
              Diagnostics& diagnostics) {
  const bool list = node.kind == YamlNode::Kind::kSequence;
  const bool one = !list && options.or_one && node.kind != YamlNode::Kind::kNull;
  if (!one && !ExpectKind(node, YamlNode::Kind::kSequence, diagnostics)) return false;
  bool good = CheckCount(node, node.items.size(), options.max_items, diagnostics);
  out->clear();
  out->reserve(node.items.size());
  for (const YamlNode& item : one ? std::span(&node, 1) : std::span(node.items)) {
    X value{};
    const bool read = Read(item, &value, options, diagnostics);
    // Of a struct there are parts that could be read.
    if (read || !kIsSingle<X>) out->push_back(std::move(value));
    good = good && read;
  }
  return good;
}

// What stands below a key that was told is read for what is wrong in it only.
template <class K, class X>
bool ReadEntry(const YamlEntry& entry, YamlMap<X, K>* out, const YamlOptions& options,
               Diagnostics& diagnostics) {
  auto& [key, value] = out->emplace_back();
  const bool good_key = Read(entry.key, &key, {}, diagnostics);
  const bool good = Read(entry.value, &value, options, diagnostics) && good_key;
  if (entry.key.told) out->pop_back();
  return good;
}

template <class K, class X>
bool ReadMap(const YamlNode& node, YamlMap<X, K>* out, const YamlOptions& options,
             Diagnostics& diagnostics) {
  if (!ExpectKind(node, YamlNode::Kind::kMap, diagnostics)) return false;
  bool good = CheckCount(node, node.entries.size(), options.max_items, diagnostics);
  out->clear();
  out->reserve(node.entries.size());
  for (const YamlEntry& entry : node.entries) {
    good = ReadEntry(entry, out, options, diagnostics) && good;
  }
  return good;
}

template <YamlEnum E>
bool ReadEnum(const YamlNode& node, E* out, Diagnostics& diagnostics) {
  constexpr auto kTable = YamlNames(std::type_identity<E>{});
  std::vector<std::string_view> names;
  for (const YamlName<E>& entry : kTable) names.push_back(entry.name);
  size_t index = 0;
  if (!ReadName(node, names, HabitsOf<E>(), &index, diagnostics)) return false;
  *out = kTable[index].value;
  return true;
}

template <class T>
bool Read(const YamlNode& node, T* out, const YamlOptions& options, Diagnostics& diagnostics) {
  if constexpr (std::same_as<T, int64_t>) {
    return ReadYamlInt(node, out, options, diagnostics);
  } else if constexpr (kIsMap<T>) {
    return ReadMap(node, out, options, diagnostics);
  } else if constexpr (kIsVector<T>) {
    return ReadList(node, out, options, diagnostics);
  } else if constexpr (kIsOptional<T>) {
    return Read(node, &out->emplace(), options, diagnostics);
  } else if constexpr (kIsPointer<T>) {
    *out = std::make_unique<typename T::element_type>();
    return Read(node, out->get(), options, diagnostics);
  } else if constexpr (kIsLocated<T>) {
    const bool good = Read(node, &out->value, options, diagnostics);
    out->place = good ? PlaceOf(node) : SourcePlace();
    return good;
  } else if constexpr (YamlEnum<T>) {
    return ReadEnum(node, out, diagnostics);
  } else if constexpr (YamlDescribed<T>) {
    return ReadStruct(node, out, false, diagnostics);
  } else {
    return ReadYaml(node, out, diagnostics);
  }
}

// Types that `Read` knows by itself; for all others the overload found by ADL has to exist.
template <class T>
concept Known = std::same_as<T, int64_t> || kIsMap<T> || kIsVector<T> || kIsOptional<T> ||
                kIsPointer<T> || kIsLocated<T> || YamlEnum<T> || YamlDescribed<T>;

}  // namespace yaml_detail

template <class X>
bool ReadParsed(const YamlNode& node, X* out, Diagnostics& diagnostics,
                Result<X> (*parse)(std::string_view), std::string (*hint)(std::string_view)) {
  if (!ExpectKind(node, YamlNode::Kind::kScalar, diagnostics)) return false;
  Result<X> parsed = parse(node.text);
  if (!parsed.has_value()) {
    diagnostics.Report(parsed.error(), PlaceOf(node),
                       hint == nullptr ? std::string() : hint(node.text));
    return false;
  }
  *out = *std::move(parsed);
  return true;
}

template <class T>
bool ReadYaml(const YamlNode& node, T* out, Diagnostics& diagnostics) {
  static_assert(yaml_detail::Known<T>, "give this type a ReadYaml overload that is found by ADL");
  return yaml_detail::Read(node, out, {}, diagnostics);
}

template <YamlDescribed T>
bool ReadYamlDocument(const YamlNode& node, T* out, Diagnostics& diagnostics) {
  return yaml_detail::ReadStruct(node, out, true, diagnostics);
}

}  // namespace pm
