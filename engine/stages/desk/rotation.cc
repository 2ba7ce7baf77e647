// Weighted rotation: R. Tijdeman, "The chairman assignment problem", Discrete Mathematics 32
// (1980). With n eligible reps and d = 1/(2n-2), each stays within 1 - d of its weighted share
// while the set and the weights stay. Credits are in 2^-32 leads, so that every lead adds exactly
// one.
#include "engine/stages/desk/desk.h"

namespace pm {
namespace {

constexpr int64_t kOneLead = int64_t{1} << 32;
__extension__ typedef __int128 Wide;

int64_t WeightOf(const Pool& pool, std::string_view rep) {
  const auto it = std::ranges::find(pool.members, rep, &PoolMember::rep);
  return it == pool.members.end() ? 1 : it->weight;
}

MemberCredit& CreditOf(PoolRow& row, std::string_view rep) {
  const auto it = std::ranges::find(row.members, rep, &MemberCredit::rep);
  if (it != row.members.end()) return *it;
  row.members.push_back({std::string(rep), 0, 0});
  return row.members.back();
}

// Credits nearer than this are equal: what rounding leaves must not decide who is first.
constexpr int64_t kRounding = 256;

// Each eligible rep's share of one lead, in 2^-32. The remainder goes out one unit each, beginning
// at a rank that moves on with every pick, so that rounding favours nobody.
std::vector<int64_t> Shares(const Pool& pool, const std::vector<std::string>& eligible,
                            uint64_t picks) {
  int64_t total = 0;
  for (const std::string& rep : eligible) total += WeightOf(pool, rep);
  PM_CHECK(total > 0);
  std::vector<int64_t> shares;
  int64_t left = kOneLead;
  for (const std::string& rep : eligible) {
    shares.push_back(static_cast<int64_t>(Wide{WeightOf(pool, rep)} * kOneLead / total));
    left -= shares.back();
  }
  for (size_t i = picks % shares.size(); left > 0; i = (i + 1) % shares.size(), --left) ++shares[i];
  return shares;
}

void Accrue(PoolRow& row, const Pool& pool, const std::vector<std::string>& eligible) {
  const std::vector<int64_t> shares = Shares(pool, eligible, row.picks);
  for (size_t i = 0; i < eligible.size(); ++i) CreditOf(row, eligible[i]).credit += shares[i];
}

void Pay(PoolRow& row, std::string_view rep) {
  MemberCredit& member = CreditOf(row, rep);
  member.credit -= kOneLead;
  ++member.given;
  ++row.picks;
}

// Of reps that are equal the seeded hash decides, so that nobody is always first.
bool WinsTie(EventId cause, uint64_t picks, std::string_view challenger, std::string_view holder) {
  const auto draw = [&](std::string_view rep) {
    return Hash64(fmt::format("{:x}{:x}/{}/{}", cause.hi, cause.lo, picks, rep));
  };
  return draw(challenger) < draw(holder);
}

}  // namespace

Pick PickWeighted(PoolRow& row, const Pool& pool, const std::vector<std::string>& eligible,
                  EventId cause) {
  PM_CHECK(!eligible.empty());
  Accrue(row, pool, eligible);
  const auto n = static_cast<int64_t>(eligible.size());
  const int64_t d = n > 1 ? kOneLead / (2 * n - 2) : 0;
  const bool some_reach_d = std::ranges::any_of(
      eligible, [&](const std::string& rep) { return CreditOf(row, rep).credit >= d - kRounding; });
  Pick pick;
  for (const std::string& rep : eligible) {
    const int64_t credit = CreditOf(row, rep).credit;
    if (some_reach_d && credit < d - kRounding) continue;
    if (pick.rep.empty()) {
      pick.rep = rep;
      continue;
    }
    // (1 - d - credit) / share, compared without dividing: shares go as the weights.
    const Wide mine = Wide{kOneLead - d - credit} * WeightOf(pool, pick.rep);
    const Wide best = Wide{kOneLead - d - CreditOf(row, pick.rep).credit} * WeightOf(pool, rep);
    const Wide rounding = Wide{kRounding} * std::max(WeightOf(pool, rep), WeightOf(pool, pick.rep));
    if (mine < best - rounding) {
      pick = {rep, false};
    } else if (mine <= best + rounding) {
      pick.tie = true;
      if (WinsTie(cause, row.picks, rep, pick.rep)) pick.rep = rep;
    }
  }
  Pay(row, pick.rep);
  return pick;
}

void PayFor(PoolRow& row, const Pool& pool, const std::vector<std::string>& eligible,
            const std::string& rep) {
  std::vector<std::string> sharing = eligible;
  if (std::ranges::find(sharing, rep) == sharing.end()) sharing.push_back(rep);
  Accrue(row, pool, sharing);
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
  Pick pick{eligible.front(), false};
  for (const std::string& rep : std::span(eligible).subspan(1)) {
    const Wide mine = Wide{open_of(rep)} * WeightOf(pool, pick.rep);
    const Wide best = Wide{open_of(pick.rep)} * WeightOf(pool, rep);
    if (mine < best) {
      pick = {rep, false};
    } else if (mine == best) {
      pick.tie = true;
      if (WinsTie(desk.step.cause, row.picks, rep, pick.rep)) pick.rep = rep;
    }
  }
  return pick;
}

}  // namespace pm
