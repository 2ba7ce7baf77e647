// Pass 2, declare: what names there are, so that every reference can be checked, with a hint.
#pragma once
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/text/describe_yaml.h"

namespace pm {

enum class NameKind : uint8_t { kPool, kRep, kSla, kCadence, kCalendar, kList, kField };
std::string_view KindText(NameKind kind);  // `pool`, `rep`, `SLA`, ...

class Names {
 public:
  // PM0222 when the name is taken; then the first stays.
  bool Declare(NameKind kind, const Located<std::string>& name, Diagnostics& out);
  void DeclareBuiltIn(NameKind kind, std::string name) {
    Of(kind).emplace(std::move(name), SourcePlace{});
  }
  bool Has(NameKind kind, std::string_view name) const;
  // PM0221 with a hint when there is none, once for all places that name it. A name without a place
  // is not there or could not be read, which was told.
  bool Expect(NameKind kind, const Located<std::string>& name, Diagnostics& out);
  // Something names it. What Expect was asked for is used.
  void Use(NameKind kind, std::string_view name) { used_[static_cast<size_t>(kind)].emplace(name); }
  bool IsUsed(NameKind kind, std::string_view name) const {
    return used_[static_cast<size_t>(kind)].contains(name);
  }
  // What declares names of that kind is not known, or could not be read: nothing is called unknown
  // any more.
  void ForgiveUnknown(NameKind kind) { forgiven_[static_cast<size_t>(kind)] = true; }
  // A text that may declare names of that kind could not be read: none that stands in it is called
  // unknown. It must outlive this.
  void ForgiveUnknownIn(NameKind kind, std::string_view text) {
    lost_[static_cast<size_t>(kind)].push_back(text);
  }
  // Of a name that there is not, for Diagnostics::ErrorOf: each is a fault of its own, also where
  // none is declared at all.
  std::string CauseOf(NameKind kind, std::string_view name) const;
  // "did you mean 'x'?", or which there are when they are few, or empty.
  std::string Hint(NameKind kind, std::string_view name) const;

 private:
  using Map = std::map<std::string, SourcePlace, std::less<>>;
  Map& Of(NameKind kind) { return maps_[static_cast<size_t>(kind)]; }
  const Map& Of(NameKind kind) const { return maps_[static_cast<size_t>(kind)]; }

  std::array<Map, 7> maps_;
  std::array<bool, 7> forgiven_{};
  std::array<std::vector<std::string_view>, 7> lost_;
  std::array<std::set<std::string, std::less<>>, 7> used_;
};

}  // namespace pm
