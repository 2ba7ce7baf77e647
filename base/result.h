// What can fail, and what must not. Everyone uses these; nothing here touches the outside world.
#pragma once
#include <expected>
#include <stdexcept>
#include <string>
#include <utility>

namespace pm {

// A stable code (printed `PM0042`, one page each in docs/errors) with a sentence for the reader.
// Callers branch on `code`, never on `text`.
struct Error {
  int code = 0;
  std::string text;
  bool operator==(const Error&) const = default;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> Fail(int code, std::string text) {
  return std::unexpected(Error{code, std::move(text)});
}

// A broken invariant: a mistake of ours, never of the input. Inside a step the runtime catches it,
// undoes the step and writes a dead letter (DESIGN section 4); anywhere else it ends the process.
struct BrokenInvariant : std::logic_error {
  using std::logic_error::logic_error;
};

[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);

}  // namespace pm

// On in release builds too. One condition each.
#define PM_CHECK(condition) \
  (static_cast<bool>(condition) ? void(0) : ::pm::CheckFailed(#condition, __FILE__, __LINE__))

// Passes an error upwards: PM_TRY(auto value, Compute()); or PM_TRY_VOID(Compute());
#define PM_CONCAT_INNER(a, b) a##b
#define PM_CONCAT(a, b) PM_CONCAT_INNER(a, b)
#define PM_TRY_AS(temporary, declaration, expression)                               \
  auto temporary = (expression);                                                    \
  if (!temporary.has_value()) return std::unexpected(std::move(temporary).error()); \
  declaration = *std::move(temporary)
#define PM_TRY(declaration, ...) PM_TRY_AS(PM_CONCAT(pm_try_, __LINE__), declaration, (__VA_ARGS__))
#define PM_TRY_VOID(...)                                      \
  if (auto pm_result = (__VA_ARGS__); !pm_result.has_value()) \
  return std::unexpected(std::move(pm_result).error())
