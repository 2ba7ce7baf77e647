// Weighted rotation: R. Tijdeman, "The chairman assignment problem", Discrete Mathematics 32
// (1980). With n eligible reps and d = 1/(2n-2), each stays within 1 - d of its weighted share
// while the set and the weights stay. Credits are in 2^-32 leads, so that every lead adds exactly
// one.
#include "engine/stages/desk/desk.h"

namespace pm {
namespace {

constexpr int64_t kOneLead = int64_t{1} << 32;
__extension__ typedef __int128 Wide;

// Finds members by name. Eligible reps come in the order of the pool, so the next one mostly stands
// behind the last one found.
template <class Members>
class InOrder {
 public:
  explicit InOrder(Members& members) : members_(members) {}
  // Null when there is none of that name.
  auto* Find(std::string_view rep) {
    for (size_t n = members_.size(); n > 0; --n) {
      if (next_ >= members_.size()) next_ = 0;
      auto& member = members_[next_++];
      if (member.rep == rep) return &member;
    }
    return static_cast<decltype(members_.data())>(nullptr);
  }

 private:
  Members& members_;
  size_t next_ = 0;
};

MemberCredit& CreditOf(PoolRow& row, std::string_view rep) {
  if (MemberCredit* member = InOrder(row.members).Find(rep)) return *member;
  row.members.push_back({std::string(rep), 0, 0});
  return row.members.back();
}

// An eligible rep in the turn that is decided.
struct Turn {
  const std::string* rep;
  int64_t weight;
  size_t credit;  // where in the row's members: those may still grow
};

std::vector<Turn> TurnsOf(PoolRow& row, const Pool& pool,
                          const std::vector<std::string>& eligible) {
  std::vector<Turn> turns;
  turns.reserve(eligible.size());
  InOrder weights(pool.members);
  InOrder credits(row.members);
  for (const std::string& rep : eligible) {
    const PoolMember* member = weights.Find(rep);
    MemberCredit* credit = credits.Find(rep);
    if (credit == nullptr) credit = &row.members.emplace_back(rep, 0, 0);
    turns.push_back({&rep, member == nullptr ? 1 : member->weight,
                     static_cast<size_t>(credit - row.members.data())});
  }
  return turns;
}

// Credits nearer than this are equal: what rounding leaves must not decide who is first.
constexpr int64_t kRounding = 256;

// Gives each eligible rep its share of one lead, in 2^-32. The remainder goes out one unit each,
// beginning at a rank that moves on with every pick, so that rounding favours nobody.
void Accrue(PoolRow& row, const std::vector<Turn>& turns) {
  int64_t total = 0;
  for (const Turn& turn : turns) total += turn.weight;
  PM_CHECK(total > 0);
  int64_t left = kOneLead;
  for (const Turn& turn : turns) {
    const auto share = static_cast<int64_t>(Wide{turn.weight} * kOneLead / total);
    row.members[turn.credit].credit += share;
    left -= share;
  }
  for (size_t i = row.picks % turns.size(); left > 0; i = (i + 1) % turns.size(), --left)
    ++row.members[turns[i].credit].credit;
}

void Pay(PoolRow& row, std::string_view rep) {
  MemberCredit& member = CreditOf(row, rep);
  member.credit -= kOneLead;
  ++member.given;
  ++row.picks;
}

// Of reps that are equal the seeded hash decides, so that nobody is always first.
class TieBreak {
 public:
  TieBreak(EventId cause, uint64_t picks)
      : text_(fmt::format("{:x}{:x}/{}/", cause.hi, cause.lo, picks)), seed_bytes_(text_.size()) {}
  bool Wins(std::string_view challenger, std::string_view holder) {
    return Draw(challenger) < Draw(holder);
  }

 private:
  uint64_t Draw(std::string_view rep) {
    text_.resize(seed_bytes_);
    text_ += rep;
    return Hash64(text_);
  }
  std::string text_;  // seed and rep
  size_t seed_bytes_;
};

}  // namespace

Pick PickWeighted(PoolRow& row, const Pool& pool, const std::vector<std::string>& eligible,
                  EventId cause) {
  PM_CHECK(!eligible.empty());
  const std::vector<Turn> turns = TurnsOf(row, pool, eligible);
  Accrue(row, turns);
  const auto credit_of = [&](const Turn& turn) { return row.members[turn.credit].credit; };
  const auto n = static_cast<int64_t>(turns.size());
  const int64_t d = n > 1 ? kOneLead / (2 * n - 2) : 0;
  const bool some_reach_d = std::ranges::any_of(
      turns, [&](const Turn& turn) { return credit_of(turn) >= d - kRounding; });
  TieBreak tie(cause, row.picks);
  const Turn* first = nullptr;
  Pick pick;
  for (const Turn& turn : turns) {
    if (some_reach_d && credit_of(turn) < d - kRounding) continue;
    if (first == nullptr) {
      first = &turn;
      continue;
    }
    // (1 - d - credit) / share, compared without dividing: shares go as the weights.
    const Wide mine = Wide{kOneLead - d - credit_of(turn)} * first->weight;
    const Wide best = Wide{kOneLead - d - credit_of(*first)} * turn.weight;
    const Wide rounding = Wide{kRounding} * std::max(turn.weight, first->weight);
    if (mine < best - rounding) {
      first = &turn;
      pick.tie = false;
    } else if (mine <= best + rounding) {
      pick.tie = true;
      if (tie.Wins(*turn.rep, *first->rep)) first = &turn;
    }
  }
  PM_CHECK(first != nullptr);
  pick.rep = *first->rep;
  Pay(row, pick.rep);
  return pick;
}

void PayFor(PoolRow& row, const Pool& pool, const std::vector<std::string>& eligible,
            const std::string& rep) {
  std::vector<std::string> sharing = eligible;
  if (std::ranges::find(sharing, rep) == sharing.end()) sharing.push_back(rep);
  Accrue(row, TurnsOf(row, pool, sharing));
  Pay(row, rep);
}

void Refund(PoolRow& row, const std::string& rep) {
  MemberCredit& member = CreditOf(row, rep);
  member.credit += kOneLead;
  --member.given;
}

Pick PickLeastLoaded(Desk& desk, const PoolRow& row, const Pool& pool,
                     const std::vector<std::string>& eligible) {
  PM_CHECK(!eligible.empty());
  const auto open_of = [&](const std::string& rep) {
    const RepRow* rep_row = desk.step.rows.Find<RepRow>({desk.hash, rep});
    return rep_row == nullptr ? 0 : rep_row->open;
  };
  InOrder weights(pool.members);
  const auto weight_of = [&](const std::string& rep) {
    const PoolMember* member = weights.Find(rep);
    return member == nullptr ? 1 : member->weight;
  };
  TieBreak tie(desk.step.cause, row.picks);
  Pick pick{eligible.front(), false};
  int64_t pick_open = open_of(pick.rep), pick_weight = weight_of(pick.rep);
  for (const std::string& rep : std::span(eligible).subspan(1)) {
    const int64_t open = open_of(rep), weight = weight_of(rep);
    const Wide mine = Wide{open} * pick_weight;
    const Wide best = Wide{pick_open} * weight;
    if (mine == best) pick.tie = true;
    if (mine > best || (mine == best && !tie.Wins(rep, pick.rep))) continue;
    pick = {rep, mine == best};
    pick_open = open, pick_weight = weight;
  }
  return pick;
}

}  // namespace pm
