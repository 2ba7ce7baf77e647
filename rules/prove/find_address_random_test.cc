// What the solver says of addresses, their domains and free mail, against trying out what intake
// makes of addresses.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/random.h"
#include "model/normalise/domain.h"
#include "rules/book_builder.h"
#include "rules/prove/find_lead.h"

namespace pm {
namespace {

constexpr std::string_view kHosts[] = {"acme.com",      "mail.acme.com", "globex.com",
                                       "gmail.com",     "yahoo.com",     "mailinator.com",
                                       "mail.other.de", "other.de",      "gmx.de",
                                       "i.softbank.jp", "softbank.jp",   "googlemail.com"};

// Conditions at random, over so few values that all leads there are can be tried.
class Addresses {
 public:
  explicit Addresses(uint64_t seed) : random_(seed) {
    for (const char* field : {"lead.email", "lead.email_domain", "lead.free_mail"}) {
      builder_.When(field, TestOp::kPresent, {});
    }
  }

  Condition Make(int depth) {
    if (depth == 0 || random_.OneIn(3)) return Test();
    std::vector<Condition> parts;
    for (int i = random_.Below(3); i >= 0; --i) parts.push_back(Make(depth - 1));
    const uint32_t kind = random_.Below(3u);
    if (kind == 2) return NotOf(parts.front());
    return kind == 0 ? AllOf(parts) : AnyOf(parts);
  }

  LeadAnswer Find(const LeadQuery& query) {
    return FindLead({.fields = builder_.fields(), .slots = builder_.slots()}, query);
  }

  bool Exists(const LeadQuery& query) {
    FactSheet nobody(builder_.slots());
    if (Meets(query, nobody)) return true;
    for (const std::string_view local : {"ann", "bob", "ann.x"}) {
      for (const std::string_view host : kHosts) {
        if (Meets(query, Made(fmt::format("{}@{}", local, host)))) return true;
      }
    }
    return false;
  }

  // The lead that is shown, with what intake adds to it.
  bool IsReal(const LeadQuery& query, const LeadAnswer& answer) {
    const FieldBlock block(answer.facts);
    const std::string_view email = block.Text(Field("lead.email"));
    const std::string_view domain = block.Text(Field("lead.email_domain"));
    const Value free = block.Get(Field("lead.free_mail"));
    if (email.empty() && domain.empty()) {
      return free.missing() || Meets(query, Made(free.number == 1 ? "ann@gmail.com" : "ann@q.org"));
    }
    const bool below = domain == "softbank.jp" && free.number == 1;
    const FactSheet whole = Made(
        !email.empty() ? std::string(email) : fmt::format("ann@{}{}", below ? "i." : "", domain));
    const auto same = [&](FieldNumber field) {
      const Value shown = block.Get(field);
      const Value made = whole.facts()[builder_.slots().Of(field)];
      return shown.missing() || shown == made;
    };
    return same(Field("lead.email_domain")) && same(Field("lead.free_mail")) && Meets(query, whole);
  }

 private:
  Condition Test() {
    const OnMissing missing =
        random_.Of({OnMissing::kUnknown, OnMissing::kMatch, OnMissing::kNoMatch});
    const OnMissing said = random_.OneIn(2) ? OnMissing::kMatch : OnMissing::kNoMatch;
    const auto address = [&] { return fmt::format("{}@{}", random_.Of({"ann", "bob"}), Host()); };
    switch (random_.Below(8)) {
      case 0:
        return builder_.When("lead.free_mail", TestOp::kEq, {random_.OneIn(2) ? "true" : "false"},
                             missing);
      case 1:
        return builder_.When("lead.email_domain", TestOp::kIn, {Domain(), Domain()}, missing);
      case 2:
        return builder_.When("lead.email_domain", TestOp::kNotIn, {Domain(), Domain()}, said);
      case 3:
        return builder_.When("lead.email_domain", TestOp::kEq, {Domain()}, missing);
      case 4:
        return builder_.When("lead.email", TestOp::kEq, {address()}, missing);
      case 5:
        return builder_.When("lead.email", TestOp::kEndsWith, {fmt::format("@{}", Host())},
                             missing);
      case 6:
        return builder_.When("lead.email", TestOp::kStartsWith, {"ann"}, missing);
      default:
        return builder_.When(random_.Of({"lead.email", "lead.email_domain", "lead.free_mail"}),
                             random_.Of({TestOp::kPresent, TestOp::kMissing}));
    }
  }
  std::string Host() {
    const auto host = static_cast<size_t>(random_.Below(std::ssize(kHosts)));
    return std::string(ComparedMailDomain(kHosts[host]));
  }
  std::string Domain() {
    const std::string host = Host();
    return std::string(RegistrableDomain(host));
  }

  FactSheet Made(const std::string& address) {
    const Email email = *NormaliseEmail(address);
    domain_ = email.registrable_domain;
    address_ = address;
    FactSheet sheet(builder_.slots());
    sheet.Set(Field("lead.email"), Value::Text(address_));
    sheet.Set(Field("lead.email_domain"), Value::Text(domain_));
    sheet.Set(Field("lead.free_mail"), Value::Bool(email.is_free_mail || email.is_disposable));
    return sheet;
  }
  static bool Meets(const LeadQuery& query, const FactSheet& sheet) {
    const auto holds = [&](const Condition& one) { return one.Holds(sheet.facts()); };
    return std::ranges::all_of(query.must, holds) && std::ranges::none_of(query.must_not, holds);
  }

  Random random_;
  RuleBookBuilder builder_;
  std::string address_, domain_;
};

TEST(FindAddress, AgreesWithTryingOutWhatIntakeMakesOfAddresses) {
  int found = 0, none = 0, in_doubt = 0;
  for (uint64_t seed = 1; seed <= 3000; ++seed) {
    Addresses addresses(seed);
    LeadQuery query;
    query.must = {addresses.Make(2), addresses.Make(1)};
    query.must_not = {addresses.Make(1)};
    const LeadAnswer answer = addresses.Find(query);
    in_doubt += !answer.found() && !answer.none() ? 1 : 0;
    if (answer.found()) {
      ++found;
      ASSERT_TRUE(addresses.IsReal(query, answer))
          << seed << ": " << LeadYaml(FieldBlock(answer.facts), FieldTable()) << " "
          << query.must[0].Text() << " " << query.must[1].Text();
    } else if (answer.none()) {
      ++none;
      ASSERT_FALSE(addresses.Exists(query)) << seed << query.must[0].Text();
    }
  }
  EXPECT_GT(found, 1000);
  EXPECT_GT(none, 500);
  EXPECT_LT(in_doubt, 30);
}

}  // namespace
}  // namespace pm
