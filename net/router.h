// Which handler answers a path: patterns such as `/v1/leads/{id}/explain`. Pure data; reads are
// safe from any thread once the last Add is done.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_message.h"

namespace pm {

class Router {
 public:
  // `route` is the caller's number for it. A literal segment beats `{name}`; the same method and
  // pattern twice is a programmer's mistake, as is a pattern without leading slash.
  void Add(std::string_view method, std::string_view pattern, size_t route);

  struct Match {
    enum class Kind { kFound, kUnknownPath, kWrongMethod };
    Kind kind = Kind::kUnknownPath;
    size_t route = 0;
    std::vector<NameValue> parts;  // name and decoded value of each `{name}`, never empty values
    std::string allow;             // for kWrongMethod: "GET, HEAD, POST"
  };
  // HEAD is answered by GET's route unless it has its own.
  Match Find(std::string_view method, std::span<const std::string> segments) const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> pattern;  // by segment
    size_t route;
  };
  std::string Allowed(std::span<const std::string> segments) const;
  const Route* Best(std::string_view method, std::span<const std::string> segments) const;

  std::vector<Route> routes_;
};

}  // namespace pm
