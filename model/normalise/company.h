// Names of companies, comparable. Pure, no I/O; any thread.
#pragma once
#include <string>
#include <string_view>

namespace pm {

// `Acme, Inc.`, `ACME Inc`, `The Acme Corporation` -> `acme`: words in lower case without accents,
// `&` as `and`, the article and legal forms (inc, llc, ltd, gmbh & co. kg, s.a., sp. z o.o.,
// 株式会社, ...) left out as long as a word remains. Words that say something (group, holding,
// international) stay: two companies of a group are two. Never empty for a text in which anything
// is visible: `Inc.` -> `inc`, `???` -> `???`.
std::string CompanyKey(std::string_view text);

}  // namespace pm
