#include "net/router.h"

#include <algorithm>
#include <set>

#include "base/result.h"

namespace pm {
namespace {

bool IsPart(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

std::vector<std::string> Split(std::string_view pattern) {
  PM_CHECK(pattern.starts_with('/'));
  std::vector<std::string> segments;
  if (pattern == "/") return segments;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const size_t end = std::min(pattern.find('/'), pattern.size());
    segments.emplace_back(pattern.substr(0, end));
    pattern.remove_prefix(end);
  }
  return segments;
}

bool Matches(std::span<const std::string> pattern, std::span<const std::string> segments) {
  return std::ranges::equal(pattern, segments, [](std::string_view want, std::string_view have) {
    return IsPart(want) ? !have.empty() : want == have;
  });
}

// Literal before part; the leftmost difference decides.
bool MoreLiteral(std::span<const std::string> a, std::span<const std::string> b) {
  return std::ranges::lexicographical_compare(a, b, {}, IsPart, IsPart);
}

}  // namespace

void Router::Add(std::string_view method, std::string_view pattern, size_t route) {
  std::vector<std::string> segments = Split(pattern);
  for (const Route& other : routes_) {
    PM_CHECK(other.method != method || other.pattern != segments);
  }
  routes_.push_back({std::string(method), std::move(segments), route});
}

Router::Match Router::Find(std::string_view method, std::span<const std::string> segments) const {
  Match match;
  const Route* best = Best(method, segments);
  if (best == nullptr && method == "HEAD") best = Best("GET", segments);
  if (best == nullptr) {
    match.allow = Allowed(segments);
    if (!match.allow.empty()) match.kind = Match::Kind::kWrongMethod;
    return match;
  }
  match.kind = Match::Kind::kFound;
  match.route = best->route;
  for (size_t i = 0; i < best->pattern.size(); ++i) {
    const std::string& segment = best->pattern[i];
    if (IsPart(segment)) {
      match.parts.emplace_back(segment.substr(1, segment.size() - 2), segments[i]);
    }
  }
  return match;
}

const Router::Route* Router::Best(std::string_view method,
                                  std::span<const std::string> segments) const {
  const Route* best = nullptr;
  for (const Route& route : routes_) {
    if (route.method != method || !Matches(route.pattern, segments)) continue;
    if (best == nullptr || MoreLiteral(route.pattern, best->pattern)) best = &route;
  }
  return best;
}

std::string Router::Allowed(std::span<const std::string> segments) const {
  std::set<std::string> methods;
  for (const Route& route : routes_) {
    if (Matches(route.pattern, segments)) methods.insert(route.method);
  }
  if (methods.contains("GET")) methods.insert("HEAD");
  std::string list;
  for (const std::string& method : methods) list += (list.empty() ? "" : ", ") + method;
  return list;
}

}  // namespace pm
