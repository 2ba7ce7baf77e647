#include "engine/stages/account/account.h"

namespace pm::account {
namespace {

constexpr size_t kMaxBlockBytes = 96 * 1024;

size_t RankOf(std::string_view source_class, const IdentityRules& rules) {
  const auto it = std::ranges::find(rules.survivorship, source_class);
  return static_cast<size_t>(it - rules.survivorship.begin());
}

// Whether what `challenger` says replaces what `holder` said. A total order over (stamp, bytes), so
// that any order of arrival ends the same.
bool Beats(const FieldStamp& challenger, std::string_view challenger_raw, const FieldStamp& holder,
           std::string_view holder_raw, const IdentityRules& rules) {
  if (challenger.filled != holder.filled) return holder.filled;
  const size_t rank = RankOf(challenger.source, rules);
  const size_t holder_rank = RankOf(holder.source, rules);
  if (rank != holder_rank) return rank < holder_rank;
  if (challenger.at != holder.at) return challenger.at > holder.at;
  return challenger_raw > holder_raw;
}

struct Pair {
  uint32_t field = 0;
  Value value;
  std::string_view raw;
};

// By field, as a block has them.
std::vector<Pair> PairsOf(FieldBlock block) {
  std::vector<Pair> pairs;
  pairs.reserve(16);
  for (BlockReader r(block); r.Next();) pairs.push_back({r.field().number, r.value(), r.raw()});
  return pairs;
}

// What a cleared field's pair looks like in a block.
std::string NullPair(uint32_t field) {
  BlockBuilder builder;
  builder.Set({field}, Value{});
  return builder.Build();
}

// Merges one pair; true when it won and says something new.
bool MergeOne(StampedFields* fields, const std::vector<Pair>& held, const FieldStamp& stamp,
              const Pair& incoming, const IdentityRules& rules, BlockBuilder* changes) {
  auto place = std::ranges::lower_bound(fields->stamps, stamp.field, {}, &FieldStamp::field);
  const bool known = place != fields->stamps.end() && place->field == stamp.field;
  const auto found = std::ranges::lower_bound(held, stamp.field, {}, &Pair::field);
  const Pair* holder = found != held.end() && found->field == stamp.field ? &*found : nullptr;
  if (known) {
    const std::string null_pair = holder == nullptr ? NullPair(stamp.field) : std::string();
    const std::string_view holder_raw = holder == nullptr ? null_pair : holder->raw;
    if (!Beats(stamp, incoming.raw, *place, holder_raw, rules)) return false;
    *place = stamp;
  } else {
    fields->stamps.insert(place, stamp);
  }
  const Value old = holder == nullptr ? Value{} : holder->value;
  if (old == incoming.value) return false;
  changes->Set({stamp.field}, incoming.value);
  return true;
}

}  // namespace

std::string SourceClass(std::string_view source, const IdentityRules& rules) {
  while (source.starts_with('/')) source.remove_prefix(1);
  for (const std::string& name : rules.survivorship) {
    if (!source.starts_with(name)) continue;
    const char next = source.size() == name.size() ? '/' : source[name.size()];
    const bool inside_a_word = (next >= 'a' && next <= 'z') || (next >= '0' && next <= '9');
    if (!inside_a_word) return name;
  }
  return {};
}

bool MergeFields(StampedFields* fields, FieldBlock incoming, std::string_view source, Instant at,
                 bool filled, const IdentityRules& rules) {
  if (fields->values.bytes.size() + incoming.bytes.size() > kMaxBlockBytes) return false;
  const std::string source_class = SourceClass(source, rules);
  const std::vector<Pair> held = PairsOf(FieldBlock(fields->values));
  if (fields->stamps.empty()) fields->stamps.reserve(16);
  BlockBuilder changes;
  bool changed = false;
  for (BlockReader r(incoming); r.Next();) {
    const FieldStamp stamp{r.field().number, source_class, at, filled};
    changed |=
        MergeOne(fields, held, stamp, {r.field().number, r.value(), r.raw()}, rules, &changes);
  }
  if (!changed) return false;
  const std::string newer = changes.Build();
  std::string merged;
  FieldBlock::Merge(FieldBlock(fields->values), FieldBlock(newer), &merged);
  fields->values.bytes = std::move(merged);
  return true;
}

bool MergeFields(StampedFields* fields, const StampedFields& other, const IdentityRules& rules) {
  bool changed = false;
  for (const FieldStamp& stamp : other.stamps) {
    BlockBuilder one;
    one.Set({stamp.field}, FieldBlock(other.values).Get({stamp.field}));
    const std::string block = one.Build();
    changed |= MergeFields(fields, FieldBlock(block), stamp.source, stamp.at, stamp.filled, rules);
  }
  return changed;
}

SplitFields Split(const Event& event, const FieldTable& fields) {
  SplitFields split;
  // Each part keeps the order of the whole, as a block must.
  for (BlockReader r(FieldBlock(event.fields)); r.Next();) {
    const FieldDecl* decl = fields.Find(r.field());
    if (decl == nullptr) continue;
    switch (EntityOf(*decl)) {
      case Entity::kLead:
        split.lead.bytes += r.raw();
        break;
      case Entity::kAccount:
        split.account.bytes += r.raw();
        break;
      case Entity::kSubmission:
        split.submission.bytes += r.raw();
        break;
      case Entity::kEvent:
        split.event.bytes += r.raw();
        break;
      case Entity::kRep:
      case Entity::kScore:
        break;
    }
  }
  return split;
}

}  // namespace pm::account
