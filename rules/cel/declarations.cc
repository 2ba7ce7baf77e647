#include "rules/cel/declarations.h"

namespace pm::cel {

Result<uint32_t> Declarations::AddVariable(std::string_view name, std::string_view type,
                                           uint32_t max_size, bool may_be_missing,
                                           uint32_t max_items) {
  PM_TRY(const Type* parsed, types_.Parse(type));
  const auto next = static_cast<uint32_t>(variables_.size());
  const auto [found, added] = by_name_.try_emplace(std::string(name), next);
  if (added) variables_.emplace_back();
  variables_[found->second] = {std::string(name), parsed, max_size, may_be_missing, max_items};
  return found->second;
}

Result<void> Declarations::AddFunction(std::string_view name, std::string_view signature,
                                       Function function) {
  const std::string_view kept_name = texts_.emplace_back(name);
  const std::string_view kept_signature = texts_.emplace_back(signature);
  return functions_.Add({kept_name, kept_signature, function});
}

std::optional<uint32_t> Declarations::FindVariable(std::string_view name) const {
  const auto found = by_name_.find(std::string(name));
  return found == by_name_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<const Overload*> Declarations::FindFunction(std::string_view name) const {
  std::vector<const Overload*> found;
  for (const FunctionTable* table : {&functions_, &StandardFunctions()}) {
    const auto overloads = table->Find(name);
    found.insert(found.end(), overloads.begin(), overloads.end());
  }
  return found;
}

std::vector<std::string_view> Declarations::FunctionNames() const {
  std::vector<std::string_view> names = functions_.Names();
  for (const std::string_view name : StandardFunctions().Names()) names.push_back(name);
  return names;
}

std::vector<std::string> Declarations::Candidates(std::string_view name) const {
  if (name.starts_with('.')) return {std::string(name.substr(1))};
  std::vector<std::string> candidates;
  std::string_view container = container_;
  while (!container.empty()) {
    candidates.push_back(std::string(container) + "." + std::string(name));
    const size_t dot = container.rfind('.');
    container = dot == std::string_view::npos ? std::string_view() : container.substr(0, dot);
  }
  candidates.emplace_back(name);
  return candidates;
}

}  // namespace pm::cel
