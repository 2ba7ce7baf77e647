// Problems as code review shows them beside the code.
#pragma once
#include <string>
#include <string_view>

#include "base/text/diagnostic.h"

namespace pm {

// A workflow command of GitHub a line, `::error file=F,line=L,col=C,endColumn=E,title=CODE::text`,
// by path, line and column; the text has the example, further places and the hint. Paths are below
// `folder`, as the repository names it; empty or `.`: as they are.
std::string Annotations(const Diagnostics& diagnostics, std::string_view folder);

}  // namespace pm
