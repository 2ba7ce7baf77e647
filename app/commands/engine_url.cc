#include "app/commands/engine_url.h"

#include "net/target.h"

namespace pm {

Result<void> ExpectUrl(const std::string& url) {
  PM_TRY_VOID(ParseUrl(url));
  return {};
}

}  // namespace pm
