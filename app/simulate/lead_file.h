// A lead in a file, to be tried against rules: a `lead.submitted` event, or only its data, as JSON
// or YAML. Values can be changed field by field.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "app/simulate/event_data.h"
#include "base/result.h"
#include "base/time/instant.h"
#include "model/fields.h"

namespace pm {

class LeadFile {
 public:
  // PM0720 when it is neither, an event of another type, or says a key twice. `path` is for
  // messages.
  static Result<LeadFile> Read(const std::string& path, std::string text);

  std::optional<Instant> time() const { return time_; }  // of an event that says one
  EventData data() const { return {data_.begin(), data_.end()}; }
  bool Has(const std::string& key) const { return data_.contains(key); }
  // Something in it could name a person.
  bool NamesSomebody() const;
  // The event, one JSON text. A lead without anything that could name a person gets a record id.
  std::string EventAt(Instant at) const;
  // Gives the field that value (JSON) in place of whatever the file says; empty: takes it away.
  void Set(const FieldTable& fields, std::string_view field, const std::string& json);

  // What the file says of a key, as JSON, and no more says then; nullopt: nothing.
  std::optional<std::string> Take(const std::string& key);

 private:
  std::optional<Instant> time_;
  std::map<std::string, std::string> data_;
};

}  // namespace pm
