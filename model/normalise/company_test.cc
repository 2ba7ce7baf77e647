#include "model/normalise/company.h"

namespace pm {
namespace {

TEST(CompanyKey, LeavesLegalFormsAndTheArticleOut) {
  for (const std::string_view name :
       {"acme", "Acme, Inc.", "ACME Inc", "The Acme Corporation", "Acme Co., Ltd.",
        "Acme GmbH & Co. KG", "Acme S.A.", "Acme S.p.A.", "ACME A/S", "Acme Sp. z o.o.",
        "Acme S.A. de C.V.", "Acme Pty Ltd", "Acme AG Ltd", "  acme  ", "Acmé SARL", "株式会社Acme",
        "Acme株式会社", "Acme (株)", "Acme & Company"}) {
    EXPECT_EQ(CompanyKey(name), "acme") << name;
  }
}

TEST(CompanyKey, KeepsWordsThatTellCompaniesApart) {
  EXPECT_EQ(CompanyKey("Acme Group Ltd"), "acme group");
  EXPECT_EQ(CompanyKey("Johnson & Johnson"), "johnson and johnson");
  EXPECT_EQ(CompanyKey("Johnson and Johnson, Inc."), "johnson and johnson");
  EXPECT_EQ(CompanyKey("Amazon.com, Inc."), "amazoncom");
  EXPECT_EQ(CompanyKey("Macy’s"), CompanyKey("Macy's, Inc."));
  EXPECT_EQ(CompanyKey("Coca–Cola"), CompanyKey("Coca-Cola Co"));
  EXPECT_NE(CompanyKey("Acme Foods"), CompanyKey("Acme Steel"));
}

TEST(CompanyKey, IsNeverEmptyForAVisibleText) {
  EXPECT_EQ(CompanyKey("Inc."), "inc");
  EXPECT_EQ(CompanyKey("The Co"), "the");
  EXPECT_EQ(CompanyKey("Co. KG"), "co");
  EXPECT_EQ(CompanyKey("???"), "???");
  EXPECT_EQ(CompanyKey("&"), "and");
  EXPECT_EQ(CompanyKey("株式会社"), "株式会社");
  EXPECT_EQ(CompanyKey("  "), "");
  EXPECT_EQ(CompanyKey(std::string(2000, 'a')).size(), 2000u);
}

}  // namespace
}  // namespace pm
