// Intake's directory: which account a company's domain or name belongs to. Filled by what the
// account stage publishes, read by intake alone; its answer travels in the record, so that replay
// is exact.
#pragma once
#include <string>

#include "base/describe.h"

namespace pm {

template <char Prefix>
struct DirectoryRow {
  struct Key {
    std::string text;  // registrable domain, or company name in matching form
    void Append(std::string* out) const { out->append(text); }
  };
  static constexpr char kPrefix = Prefix;
  std::string domain;  // first domain of the account: its home is `d:<domain>`
  template <class V>
  static void Describe(V& v) {
    v.Field(1, "domain", &DirectoryRow::domain, "First domain of the account.");
  }
};
using DirectoryByDomain = DirectoryRow<'d'>;
using DirectoryByName = DirectoryRow<'n'>;

}  // namespace pm
