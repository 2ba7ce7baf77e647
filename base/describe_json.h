// Two visitors of `Describe`: JSON, and the JSON Schema (draft 2020-12) that the JSON obeys.
// Empty texts, empty lists, absent optionals, zero ids, kNever and empty structs are left out;
// numbers and booleans always stand.
#pragma once
#include <string>

#include "base/describe.h"
#include "base/text/json_writer.h"
#include "base/time/text.h"

namespace pm {

template <Described T>
void WriteJson(const T& object, JsonWriter& w);

namespace describe_internal {

// Types that write themselves: `void WriteJsonValue(JsonWriter&, const T&)` and `bool IsEmpty(const
// T&)`, `std::string_view JsonSchemaOf(const T*)`, found by ADL.
template <class T>
concept JsonCustom = requires(JsonWriter& w, const T& t) { WriteJsonValue(w, t); };

template <class T>
bool LeftOut(const T& value) {
  if constexpr (kIsVector<T>) {
    return value.empty();
  } else if constexpr (kIsOptional<T>) {
    return !value.has_value();
  } else if constexpr (std::same_as<T, std::string>) {
    return value.empty();
  } else if constexpr (std::same_as<T, Instant>) {
    return value == kNever;
  } else if constexpr (IdScalar<T>) {
    return !value;
  } else if constexpr (JsonCustom<T>) {
    return IsEmpty(value);
  } else {
    return false;
  }
}

template <class T>
void WriteOne(JsonWriter& w, const T& value) {
  if constexpr (JsonCustom<T>) {
    WriteJsonValue(w, value);
  } else if constexpr (std::same_as<T, std::string>) {
    w.String(value);
  } else if constexpr (std::same_as<T, bool>) {
    w.Bool(value);
  } else if constexpr (std::integral<T>) {
    w.Int(static_cast<int64_t>(value));
  } else if constexpr (std::same_as<T, Instant>) {
    w.Plain(InstantText(value).view());
  } else if constexpr (std::same_as<T, Duration>) {
    w.Int(value.ms);
  } else if constexpr (IdScalar<T>) {
    w.Plain(IdText(value).view());
  } else {
    WriteJson(value, w);
  }
}

template <class T>
struct JsonVisitor {
  const T& object;
  JsonWriter& w;
  template <class M, class C>
  void Field(uint32_t, std::string_view name, M C::* member, std::string_view) {
    const M& value = object.*member;
    if (LeftOut(value)) return;
    if constexpr (Described<M>) {
      w.FieldUnlessEmpty(name, [&](JsonWriter& nested) { WriteJson(value, nested); });
    } else {
      w.PlainKey(name);
      if constexpr (kIsVector<M>) {
        w.BeginArray();
        for (const auto& one : value) WriteOne(w, one);
        w.EndArray();
      } else if constexpr (kIsOptional<M>) {
        WriteOne(w, *value);
      } else {
        WriteOne(w, value);
      }
    }
  }
};

template <class T>
void WriteSchemaOf(JsonWriter& w);

struct SchemaVisitor {
  JsonWriter& w;
  template <class M, class C>
  void Field(uint32_t, std::string_view name, M C::*, std::string_view meaning) {
    w.Key(name);
    w.BeginObject();
    WriteSchemaOf<M>(w);
    w.Field("description", meaning);
    w.EndObject();
  }
};

// Writes the members of a schema object; the caller opens and closes it.
template <class T>
void WriteSchemaOf(JsonWriter& w) {
  if constexpr (kIsVector<T>) {
    w.Field("type", "array");
    w.Key("items");
    w.BeginObject();
    WriteSchemaOf<typename T::value_type>(w);
    w.EndObject();
  } else if constexpr (kIsOptional<T>) {
    WriteSchemaOf<typename T::value_type>(w);
  } else if constexpr (JsonCustom<T>) {
    w.Field("type", JsonSchemaType(static_cast<const T*>(nullptr)));
  } else if constexpr (std::same_as<T, bool>) {
    w.Field("type", "boolean");
  } else if constexpr (std::integral<T> || std::same_as<T, Duration>) {
    w.Field("type", "integer");
  } else if constexpr (std::same_as<T, Instant>) {
    w.Field("type", "string");
    w.Field("format", "date-time");
  } else if constexpr (std::same_as<T, std::string> || IdScalar<T>) {
    w.Field("type", "string");
  } else {
    w.Field("type", "object");
    w.Field("additionalProperties", false);
    w.Key("properties");
    w.BeginObject();
    SchemaVisitor visitor{w};
    T::Describe(visitor);
    w.EndObject();
  }
}

}  // namespace describe_internal

template <Described T>
void WriteJson(const T& object, JsonWriter& w) {
  w.BeginObject();
  describe_internal::JsonVisitor<T> visitor{object, w};
  T::Describe(visitor);
  w.EndObject();
}

template <Described T>
std::string ToJson(const T& object) {
  std::string out;
  JsonWriter w(&out);
  WriteJson(object, w);
  return out;
}

}  // namespace pm
