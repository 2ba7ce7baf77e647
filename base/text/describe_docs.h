// Reference pages from the descriptions of describe_yaml.h: a table for each struct (key, type,
// default, meaning), the document first, then what it holds, each once. Markdown; the same bytes
// each time.
#pragma once
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/text/describe_yaml.h"

namespace pm {

// Collects the sections; add documents, then take the text.
class ReferenceDocs {
 public:
  template <YamlDescribed T>
  void Add();
  std::string Markdown() const;

  // For the visitor below: a section's number and whether it is new.
  std::pair<size_t, bool> Section(std::string_view name);
  void Row(size_t section, std::string_view key, std::string_view type, std::string_view fallback,
           std::string_view meaning);

 private:
  struct OneSection {
    std::string name;
    std::string rows;
  };
  std::vector<OneSection> sections_;
};

namespace yaml_detail {

std::string BoundedName(std::string_view name, const YamlOptions& options);
std::string LinkTo(std::string_view section);  // Markdown: spaces are dashes in the anchor

// How a type is called, adding the sections of structs it mentions.
template <class X>
std::string TypeName(const YamlOptions& options, ReferenceDocs& docs) {
  if constexpr (std::same_as<X, int64_t>) {
    return BoundedName("whole number", options);
  } else if constexpr (std::same_as<X, bool>) {
    return "true or false";
  } else if constexpr (std::same_as<X, std::string>) {
    return "text";
  } else if constexpr (kIsMap<X>) {
    using Pair = typename X::value_type;
    return "map of " + TypeName<typename Pair::first_type>({}, docs) + " to " +
           TypeName<typename Pair::second_type>(options, docs);
  } else if constexpr (kIsVector<X>) {
    return (options.or_one ? "one or a list of " : "list of ") +
           TypeName<typename X::value_type>(options, docs);
  } else if constexpr (kIsOptional<X>) {
    return TypeName<typename X::value_type>(options, docs);
  } else if constexpr (kIsPointer<X>) {
    return TypeName<typename X::element_type>(options, docs);
  } else if constexpr (kIsLocated<X>) {
    return TypeName<decltype(X::value)>(options, docs);
  } else if constexpr (YamlEnum<X>) {
    std::vector<std::string> names;
    for (const auto& entry : YamlNames(std::type_identity<X>{})) {
      names.push_back(fmt::format("`{}`", entry.name));
    }
    return fmt::format("{}", fmt::join(names, ", "));
  } else if constexpr (YamlDescribed<X>) {
    docs.Add<X>();
    return LinkTo(X::kYamlName);
  } else {
    return std::string(YamlTypeName(std::type_identity<X>{}));
  }
}

// How a default is written; empty when there is nothing to say.
template <class X>
std::string DefaultText(const X& value) {
  if constexpr (std::same_as<X, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::same_as<X, int64_t>) {
    return std::to_string(value);
  } else if constexpr (std::same_as<X, std::string>) {
    return value;
  } else if constexpr (YamlEnum<X>) {
    for (const auto& entry : YamlNames(std::type_identity<X>{})) {
      if (entry.value == value) return std::string(entry.name);
    }
    return "";
  } else if constexpr (kIsOptional<X>) {
    return value.has_value() ? DefaultText(*value) : "";
  } else if constexpr (kIsLocated<X>) {
    return DefaultText(value.value);
  } else if constexpr (kIsVector<X>) {
    std::vector<std::string> items;
    for (const auto& item : value) items.push_back(DefaultText(item));
    return fmt::format("{}", fmt::join(items, ", "));
  } else if constexpr (requires { YamlText(value); }) {
    return YamlText(value);
  } else {
    return "";
  }
}

template <class T>
class DocsVisitor {
 public:
  DocsVisitor(ReferenceDocs& docs, size_t section) : docs_(docs), section_(section) {}

  template <class X>
  void Field(std::string_view key, X T::* member, std::string_view meaning,
             const YamlOptions& options = {}) {
    const std::string type = TypeName<X>(options, docs_);
    docs_.Row(section_, key, type, DefaultText(defaults_.*member), meaning);
  }
  template <class X>
  void Required(std::string_view key, X T::*, std::string_view meaning,
                const YamlOptions& options = {}) {
    docs_.Row(section_, key, TypeName<X>(options, docs_), "required", meaning);
  }
  template <class X, class K>
  void Rest(std::string_view name, YamlMap<X, K> T::*, std::string_view meaning,
            const YamlOptions& options = {}) {
    std::string type;
    if constexpr (requires { typename T::RestIs; }) {  // kept as a tree, but read as this
      type = TypeName<typename T::RestIs>(options, docs_);
    } else {
      type = TypeName<X>(options, docs_);
    }
    docs_.Row(section_, fmt::format("<{}>", name), type, "", meaning);
  }

 private:
  ReferenceDocs& docs_;
  size_t section_;
  T defaults_{};
};

}  // namespace yaml_detail

template <YamlDescribed T>
void ReferenceDocs::Add() {
  const auto [section, is_new] = Section(T::kYamlName);
  if (!is_new) return;
  yaml_detail::DocsVisitor<T> visitor(*this, section);
  T::Describe(visitor);
}

}  // namespace pm
