#include "rules/prove/find_address.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/fields.h"
#include "model/normalise/domain.h"

namespace pm {
namespace {

using Answer = Possible::Answer;
using AddressValues = std::array<OwnValue, kAddressFields.size()>;

constexpr size_t kEmail = 0, kDomain = 1, kFreeMail = 2;

const FieldDecl& DeclOf(size_t field) {
  return *std::ranges::find(kFields, kAddressFields[field].number, &FieldDecl::number);
}

// Hosts of free mail that are no registrable domain themselves, with the one they are below.
const std::vector<std::pair<std::string, std::string>>& HostsBelow() {
  static const auto* const below = [] {
    auto* made = new std::vector<std::pair<std::string, std::string>>;
    for (const auto& list : {FreeMailDomains(), DisposableDomains()}) {
      for (const std::string_view one : list) {
        const std::string host(one);
        const std::string_view registered = RegistrableDomain(host);
        if (registered != host) made->emplace_back(host, registered);
      }
    }
    return made;
  }();
  return *below;
}

class AddressSearch {
 public:
  AddressSearch(const AddressQuestion& question, AddressValues* out, uint64_t* work)
      : question_(question), out_(*out), work_(work) {}

  Answer Find() {
    out_ = {};
    const auto every = [&](const auto& holds) {
      return std::ranges::all_of(
          question_.possible, [&](const Possible* one) { return one == nullptr || holds(*one); });
    };
    if (every([](const Possible& one) { return one.may_be_missing(); })) return Answer::kYes;
    if (!every([](const Possible& one) { return one.may_be_present(); })) return Answer::kNo;
    if (question_.possible[kEmail] != nullptr) return FindEmail();
    return FindDomain([&](const std::string& domain, bool free) {
      Set(fmt::format("ann@{}", HostAt(free, domain)), domain, free);
      return true;
    });
  }

 private:
  std::span<const TextTest> TestsOf(size_t field) const {
    const Possible* possible = question_.possible[field];
    return possible == nullptr ? std::span<const TextTest>() : possible->texts();
  }
  bool Allows(size_t field, const Value& value) const {
    return question_.possible[field] == nullptr || question_.possible[field]->Allows(value, work_);
  }

  bool IsFree(std::string_view host) const {
    const auto lists = {question_.rules.free_mail, question_.rules.disposable};
    return std::ranges::any_of(
        lists, [&](const DomainSet* set) { return set != nullptr && set->Contains(host); });
  }
  // Of a domain as rules see it, which have one name for the two of Gmail.
  bool MayBe(bool free, std::string_view domain) const {
    return IsFree(domain) == free || (domain == "gmail.com" && IsFree("googlemail.com") == free) ||
           (free && HostAt(free, domain) != domain);
  }
  // A host whose addresses have the domain.
  std::string_view HostAt(bool free, std::string_view domain) const {
    if (!free || IsFree(domain)) return domain;
    for (const auto& [host, registered] : HostsBelow()) {
      if (registered == domain && IsFree(host)) return host;
    }
    return domain;
  }

  // The domains of free mail, the best known first.
  std::vector<std::string> FreeDomains() const {
    std::vector<std::string> domains = {"gmail.com"};
    for (const auto& list : {FreeMailDomains(), DisposableDomains()}) {
      for (const std::string_view domain : list) {
        if (ComparedMailDomain(domain) == domain) domains.emplace_back(domain);
      }
    }
    for (const auto& [host, registered] : HostsBelow()) domains.push_back(registered);
    std::erase_if(domains, [&](const std::string& domain) { return !MayBe(true, domain); });
    return domains;
  }

  // Calls `found` with domains that are possible, and whether each is one of free mail, until it
  // returns true.
  template <class F>
  Answer FindDomain(const F& found) {
    Answer answer = Answer::kNo;
    for (const bool free : {false, true}) {
      if (!Allows(kFreeMail, Value::Bool(free))) continue;
      const std::vector<std::string> listed = free ? FreeDomains() : std::vector<std::string>();
      const TextAnswer domain =
          FindText(DeclOf(kDomain), TestsOf(kDomain),
                   {.words = free ? &listed : nullptr,
                    .also = [&](std::string_view text) { return MayBe(free, text); }},
                   work_);
      if (domain.kind == TextAnswer::Kind::kNone) continue;
      answer = Answer::kUnknown;
      if (domain.kind == TextAnswer::Kind::kFound && found(domain.text, free)) return Answer::kYes;
    }
    return answer;
  }

  // What intake makes of the address goes with all that is asked; then the values are set.
  bool Takes(std::string_view address) {
    const Result<Email> email = NormaliseEmail(address, question_.rules);
    if (!email.has_value()) return false;
    const std::string domain(ComparedMailDomain(email->registrable_domain));
    if (!Allows(kDomain, Value::Text(domain))) return false;
    for (const bool free : {false, true}) {
      const bool is_so = (email->is_free_mail || email->is_disposable) == free ||
                         (domain == "gmail.com" && MayBe(free, domain));
      if (!is_so || !Allows(kFreeMail, Value::Bool(free))) continue;
      Set(std::string(address), domain, free);
      return true;
    }
    return false;
  }

  // The end of the address tells the domain, and that is not possible.
  bool EndsElsewhere() {
    return std::ranges::any_of(TestsOf(kEmail), [&](const TextTest& one) {
      if (!one.passes || one.test->op != TestOp::kEndsWith) return false;
      const std::string& end = one.test->operands[0].text;
      const size_t at = end.find('@');
      return at != std::string::npos && NormaliseEmail("ann" + end.substr(at)).has_value() &&
             !Takes("ann" + end.substr(at));
    });
  }

  Answer FindEmail() {
    if (EndsElsewhere()) return Answer::kNo;
    std::vector<std::string> hosts;
    const Answer domain = FindDomain([&](const std::string& text, bool free) {
      for (const std::string& host : {std::string(HostAt(free, text)), "mail." + text}) {
        hosts.push_back(host);
      }
      return false;
    });
    if (domain == Answer::kNo) return domain;
    for (const TextTest& one : TestsOf(kDomain)) {
      if (!one.passes) continue;
      for (const Operand& operand : one.test->operands) hosts.push_back(operand.text);
    }
    const TextAnswer email = FindText(
        DeclOf(kEmail), TestsOf(kEmail),
        {.also = [&](std::string_view text) { return Takes(text); }, .hosts = hosts}, work_);
    if (email.kind == TextAnswer::Kind::kFound && Takes(email.text)) return Answer::kYes;
    return email.kind == TextAnswer::Kind::kNone ? Answer::kNo : Answer::kUnknown;
  }

  void Set(std::string address, std::string domain, bool free) {
    out_ = {OwnValue{Type::kText, 0, std::move(address)},
            OwnValue{Type::kText, 0, std::move(domain)}, OwnValue{Type::kBool, free ? 1 : 0, {}}};
  }

  const AddressQuestion& question_;
  AddressValues& out_;
  uint64_t* work_;
};

}  // namespace

EmailRules EmailRulesOf(const IdentityRules& rules) {
  EmailRules made{.strip_plus_addressing = rules.strip_plus,
                  .strip_gmail_dots = rules.strip_gmail_dots};
  if (rules.free_mail != nullptr) made.free_mail = rules.free_mail.get();
  return made;
}

Possible::Answer FindAddress(const AddressQuestion& question, AddressValues* out, uint64_t* work) {
  return AddressSearch(question, out, work).Find();
}

}  // namespace pm
