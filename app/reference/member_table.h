// A Markdown table of a struct's members by its one Describe (base/describe.h): nested members by
// their path, as they stand in the JSON.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <type_traits>

#include "base/describe_json.h"

namespace pm {

namespace member_table_internal {

template <class M>
std::string_view TypeOf() {
  if constexpr (describe_internal::kIsVector<M>) {
    return "list";
  } else if constexpr (describe_internal::JsonCustom<M>) {
    return JsonSchemaType(static_cast<const M*>(nullptr));
  } else if constexpr (std::same_as<M, bool>) {
    return "true or false";
  } else if constexpr (std::same_as<M, Instant>) {
    return "time";
  } else if constexpr (std::integral<M> || std::same_as<M, Duration>) {
    return "whole number";
  } else {
    return "text";
  }
}

struct Visitor {
  std::string* rows;
  std::string path;
  template <class M, class C>
  void Field(uint32_t, std::string_view name, M C::*, std::string_view meaning) {
    if constexpr (describe_internal::kIsOptional<M>) {
      Add<typename M::value_type>(name, meaning);
    } else {
      Add<M>(name, meaning);
    }
  }
  template <class M>
  void Add(std::string_view name, std::string_view meaning) {
    const std::string at = fmt::format("{}{}", path, name);
    if constexpr (Described<M>) {
      Visitor inner{rows, at + "."};
      M::Describe(inner);
    } else {
      *rows += fmt::format("| `{}` | {} | {} |\n", at, TypeOf<M>(), meaning);
    }
  }
};

}  // namespace member_table_internal

template <Described T>
std::string MemberTable() {
  std::string rows = "| member | type | meaning |\n|---|---|---|\n";
  member_table_internal::Visitor visitor{&rows, ""};
  T::Describe(visitor);
  return rows;
}

}  // namespace pm
