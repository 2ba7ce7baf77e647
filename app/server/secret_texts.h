// Where a configuration holds secrets, so that no message shows them: also where they must not
// stand, and in a text that is no YAML. By its words alone, and so rather too much than too little.
#pragma once
#include <string_view>
#include <vector>

#include "base/text/diagnostic.h"
#include "base/text/source.h"

namespace pm {

// What stands after each key that is named like a secret (`password`, `ssl.key.pem`, `secrets`): to
// the end of its line, and the lines below that belong to it.
std::vector<SourceStretch> SecretStretches(std::string_view text);

// Leaves out of a problem at a hidden place what repeats the text there, and says where a secret
// belongs.
void HideSecret(Diagnostic* problem);

}  // namespace pm
