#include "model/normalise/domain.h"

#include "model/normalise/domain_set.h"
#include "model/normalise/free_mail.h"

namespace pm {
namespace {

TEST(NormaliseDomain, AnswersTheRegistrableDomainOfWhatPeopleType) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"acme.com", "acme.com"},
      {" https://www.Acme.com:8443/pricing?ref=x@y#top ", "acme.com"},
      {"HTTP://user:secret@shop.acme.co.uk./", "acme.co.uk"},
      {"//cdn.acme.de/x", "acme.de"},
      {"https://http://acme.com", "acme.com"},
      {"acme.com..", "acme.com"},
      {"acme.com/redirect?to=https://other.org", "acme.com"},
      {"mailto:jane@sales.acme.com", "acme.com"},
      {"BÜCHER.example", "xn--bcher-kva.example"},
      {"www.食狮.公司.cn", "xn--85x722f.xn--55qx5d.cn"},
      {"acme.myshopify.com", "acme.myshopify.com"},
      {"www.github.io", "github.io"},
      {"co.uk", "co.uk"},
      {"www.ck", "www.ck"},
      {"a.b.unlisted", "b.unlisted"},
      {"r3---sn-x.example.com", "example.com"}};
  for (const auto& [typed, domain] : cases) {
    const auto result = NormaliseDomain(typed);
    ASSERT_TRUE(result.has_value()) << typed << ": " << result.error().text;
    EXPECT_EQ(*result, domain) << typed;
  }
}

TEST(NormaliseDomain, RefusesWhatIsNoDomain) {
  const std::string long_label = fmt::format("{:a>64}.com", "");
  const std::string long_text = fmt::format("{:a>5000}.com", "");
  std::string long_host = "com";
  for (int i = 0; i < 80; ++i) long_host.insert(0, "abc.");
  const std::string_view cases[] = {
      "",        "acme",      "localhost:8080", "10.0.0.1",    "http://[::1]/", "acme .com",
      "a..com",  "-acme.com", "acme-.com",      "my_site.com", "xn--a.com",     "\xFF\xFE.com",
      "http://", long_label,  long_host,        long_text};
  for (const std::string_view typed : cases) {
    const auto result = NormaliseDomain(typed);
    ASSERT_FALSE(result.has_value()) << typed;
    EXPECT_EQ(result.error().code, 81) << typed;
  }
}

TEST(CanonicalHost, KeepsTheWholeHost) {
  EXPECT_EQ(*CanonicalHost("Mail.Acme.Co.UK."), "mail.acme.co.uk");
  EXPECT_EQ(*CanonicalHost("faß.de"), "xn--fa-hia.de");
  EXPECT_EQ(*CanonicalHost("xn--fa-hia.de"), "xn--fa-hia.de");
  EXPECT_FALSE(CanonicalHost("acme..com").has_value());
}

TEST(NormalisationVersion, NamesThePublicSuffixList) {
  EXPECT_TRUE(NormalisationVersion().contains("public suffixes "));
  EXPECT_GT(NormalisationVersion().size(), 60u);
}

TEST(DomainSet, CoversHostsUpToTheRegistrableDomain) {
  const std::vector<std::string_view> listed = {"Mailinator.com", "*.trash.example", "co.uk",
                                                "not a host"};
  const DomainSet set(listed);
  EXPECT_EQ(set.size(), 3u);
  EXPECT_EQ(set.left_out(), 1u);
  EXPECT_TRUE(set.Covers("mailinator.com", "mailinator.com"));
  EXPECT_TRUE(set.Covers("a.eu.mailinator.com", "mailinator.com"));
  EXPECT_TRUE(set.Covers("x.trash.example", "trash.example"));
  EXPECT_FALSE(set.Covers("acme.co.uk", "acme.co.uk"));
  EXPECT_FALSE(set.Covers("notmailinator.com", "notmailinator.com"));
}

TEST(DomainSet, LeavesExceptionsOut) {
  const std::vector<std::string_view> listed = {"frontier.com", "gmail.com"};
  const std::vector<std::string_view> except = {"Frontier.com."};
  const DomainSet set(listed, except);
  EXPECT_FALSE(set.Contains("frontier.com"));
  EXPECT_TRUE(set.Contains("gmail.com"));
}

TEST(FreeMail, ListsAreCanonicalAndApart) {
  EXPECT_EQ(BuiltInFreeMail().left_out(), 0u);
  EXPECT_EQ(BuiltInFreeMail().size(), FreeMailDomains().size());
  EXPECT_EQ(BuiltInDisposable().size(), DisposableDomains().size());
  for (const std::string_view domain : DisposableDomains()) {
    EXPECT_FALSE(BuiltInFreeMail().Contains(domain)) << domain;
  }
}

}  // namespace
}  // namespace pm
