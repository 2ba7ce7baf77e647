#include "model/normalise/email.h"

namespace pm {
namespace {

std::string Address(std::string_view text, const EmailRules& rules = {}) {
  const auto email = NormaliseEmail(text, rules);
  return email ? email->address : fmt::format("PM{:04}", email.error().code);
}

TEST(NormaliseEmail, AnswersOneAddressForOneMailbox) {
  EXPECT_EQ(Address("jane@acme.com"), "jane@acme.com");
  EXPECT_EQ(Address("  Jane.Doe@ACME.com. "), "jane.doe@acme.com");
  EXPECT_EQ(Address("Jane Doe <jane@acme.com>"), "jane@acme.com");
  EXPECT_EQ(Address("MailTo:jane@acme.com"), "jane@acme.com");
  EXPECT_EQ(Address("\u00A0jane@acme.com\u200B"), "jane@acme.com");
  EXPECT_EQ(Address("o'hara&co@acme.com"), "o'hara&co@acme.com");
}

TEST(NormaliseEmail, StripsPlusAddressingUnlessToldToKeepIt) {
  EXPECT_EQ(Address("jane+demo@acme.com"), "jane@acme.com");
  EXPECT_EQ(Address("jane+a+b@acme.com"), "jane@acme.com");
  EXPECT_EQ(Address("+jane@acme.com"), "+jane@acme.com");
  EXPECT_EQ(Address("jane+demo@acme.com", {.strip_plus_addressing = false}), "jane+demo@acme.com");
}

TEST(NormaliseEmail, StripsGmailDotsUnlessToldToKeepThem) {
  EXPECT_EQ(Address("j.a.ne+x@GoogleMail.com"), "jane@gmail.com");
  EXPECT_EQ(Address("j.ane@googlemail.com", {.strip_gmail_dots = false}), "j.ane@googlemail.com");
  EXPECT_EQ(Address("j.ane@acme.com"), "j.ane@acme.com");
}

TEST(NormaliseEmail, WritesToWhatWasTyped) {
  const auto email = NormaliseEmail("Jane.Doe+x@Mail.BÜCHER.example");
  ASSERT_TRUE(email.has_value());
  EXPECT_EQ(email->deliver_to, "Jane.Doe+x@mail.xn--bcher-kva.example");
  EXPECT_EQ(email->address, "jane.doe@mail.xn--bcher-kva.example");
  EXPECT_EQ(email->domain, "mail.xn--bcher-kva.example");
  EXPECT_EQ(email->registrable_domain, "xn--bcher-kva.example");
}

TEST(NormaliseEmail, HomeIsTheCompanyOrThePersonAtAFreeMailDomain) {
  EXPECT_EQ(NormaliseEmail("jane@uk.acme.co.uk")->home(), "acme.co.uk");
  EXPECT_EQ(NormaliseEmail("jane@co.uk")->home(), "co.uk");
  const auto free = NormaliseEmail("Jane@yahoo.co.uk");
  EXPECT_TRUE(free->is_free_mail);
  EXPECT_FALSE(free->is_disposable);
  EXPECT_EQ(free->home(), "jane@yahoo.co.uk");
  const auto disposable = NormaliseEmail("x@eu.mailinator.com");
  EXPECT_TRUE(disposable->is_disposable);
  EXPECT_EQ(disposable->home(), "x@eu.mailinator.com");
}

TEST(NormaliseEmail, GoesByTheListsItIsGiven) {
  const std::vector<std::string_view> listed = {"acme.com"};
  const DomainSet own(listed);
  const EmailRules rules = {.free_mail = &own, .disposable = nullptr};
  EXPECT_TRUE(NormaliseEmail("jane@acme.com", rules)->is_free_mail);
  EXPECT_FALSE(NormaliseEmail("jane@gmail.com", rules)->is_free_mail);
  EXPECT_FALSE(NormaliseEmail("jane@mailinator.com", rules)->is_disposable);
}

TEST(NormaliseEmail, RefusesWhatIsNoAddress) {
  for (const std::string_view typed :
       {"", "acme.com", "jane@", "@acme.com", "jane@@acme.com", "a@b.com, c@d.com",
        "jane doe@acme.com", "\"jane\"@acme.com", ".jane@acme.com", "jane.@acme.com",
        "ja..ne@acme.com", "jane.+x@acme.com", "ja(x)ne@acme.com", "jane﹫doe@acme.com",
        "ja\xFFne\x01 @acme.com"}) {
    const auto email = NormaliseEmail(typed);
    const bool is_domain_fault = typed == "jane@";
    EXPECT_EQ(Address(typed), is_domain_fault ? "PM0081" : "PM0080") << typed;
  }
  for (const std::string_view typed :
       {"jane@acme", "jane@[10.0.0.1]", "jane@10.0.0.1", "jane@a b.com"}) {
    EXPECT_EQ(Address(typed), "PM0081") << typed;
  }
}

TEST(NormaliseEmail, HoldsTheLengthsOfTheStandard) {
  const std::string local(64, 'a');
  EXPECT_EQ(Address(local + "@acme.com"), local + "@acme.com");
  EXPECT_EQ(Address(local + "a@acme.com"), "PM0080");
  std::string host = "com";
  while (host.size() < 240) host.insert(0, "abcdefghi.");
  EXPECT_EQ(Address(local + "@" + host), "PM0080");
  EXPECT_EQ(Address("a@" + host), "a@" + host);
  EXPECT_EQ(Address(fmt::format("{:>2000}", "a@acme.com")), "PM0080");
}

TEST(NormaliseEmail, TakesLettersOfAnyScript) {
  EXPECT_EQ(Address("JÜRGEN@acme.de"), "jürgen@acme.de");
  EXPECT_EQ(Address("用户@例子.公司.cn"), "用户@xn--fsqu00a.xn--55qx5d.cn");
}

}  // namespace
}  // namespace pm
