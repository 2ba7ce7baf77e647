// Problems in what users wrote: collected all at once, each with its place, shown with a caret and
// a hint. A collector belongs to one thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text/source.h"

namespace pm {

enum class Severity : uint8_t { kError, kWarning };

struct Diagnostic {
  Severity severity = Severity::kError;
  int code = 0;       // printed PM####; one page each in docs/errors
  SourcePlace place;  // its source must outlive the collector
  std::string message;
  std::string hint;  // empty: none
};

class Diagnostics {
 public:
  // Kept of each severity; the rest are counted and reported as "and N more".
  static constexpr size_t kMaxKept = 1000;

  void Error(int code, const SourcePlace& place, std::string message, std::string hint = {});
  void Warning(int code, const SourcePlace& place, std::string message, std::string hint = {});
  // An error of a library function, told at the place whose text caused it.
  void Report(const pm::Error& error, const SourcePlace& place, std::string hint = {});
  void Add(Diagnostic diagnostic);

  bool has_errors() const { return errors_ > 0; }
  size_t error_count() const { return errors_; }      // including those not kept
  size_t warning_count() const { return warnings_; }  // including those not kept
  size_t left_out() const { return errors_ + warnings_ - kept_.size(); }

  // By path, line and column; at one place in order of arrival.
  std::vector<Diagnostic> Sorted() const;

  // For people: `file:line:column: error PM0201: message`, the line with a caret, the hint. Escape
  // sequences for colours only when asked. Empty when there is nothing to say.
  std::string Render(bool colours = false) const;
  // For machines: one JSON array of {severity, code, file, line, column, length, message, hint};
  // file, position and hint are absent where there are none. What was left out is a last PM0100.
  std::string RenderJson() const;

 private:
  std::vector<Diagnostic> kept_;
  size_t errors_ = 0;
  size_t warnings_ = 0;
};

// "PM0042".
std::string CodeName(int code);

// The candidate that `word` was most likely meant to be, by edit distance without regard to ASCII
// case; empty when none is near. Ties go to the first.
std::string_view Nearest(std::string_view word, std::span<const std::string_view> candidates);
// "did you mean 'x'?", or empty.
std::string DidYouMean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace pm
