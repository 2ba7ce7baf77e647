// Problems in what users wrote: collected all at once, each with its place, shown with a caret and
// a hint. A collector belongs to one thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text/source.h"

namespace pm {

// A note is no fault: something that could not be found out, or that is worth knowing.
enum class Severity : uint8_t { kError, kWarning, kNote };
inline constexpr size_t kSeverities = 3;

struct Diagnostic {
  Severity severity = Severity::kError;
  int code = 0;       // printed PM####; one page each in docs/errors
  SourcePlace place;  // its source must outlive the collector
  std::string message;
  std::string hint;  // empty: none
  // An example that shows it, as YAML (`lead: { ... }`) and as a JSON object. Empty: none.
  std::string example = {}, example_json = {};
  // Further places of the same cause, in order of arrival, and how many there are beside these.
  std::vector<SourcePlace> also = {};
  size_t also_more = 0;
};

class Diagnostics {
 public:
  // Kept of each severity; the rest are counted and reported as "and N more".
  static constexpr size_t kMaxKept = 1000;
  static constexpr size_t kMaxAlso = 8;  // further places of one

  void Error(int code, const SourcePlace& place, std::string message, std::string hint = {});
  void Warning(int code, const SourcePlace& place, std::string message, std::string hint = {});
  // An error of a library function, told at the place whose text caused it.
  void Report(const pm::Error& error, const SourcePlace& place, std::string hint = {});
  void Add(Diagnostic diagnostic);  // what was told of a place in the same words is left out

  // An error that shows at several places for one `cause` is told once, the others are places of
  // it. True when the cause was told: the place is added to that.
  bool Also(std::string_view cause, const SourcePlace& place);
  void ErrorOf(std::string cause, int code, const SourcePlace& place, std::string message,
               std::string hint = {});
  // The same of any severity; a place that is accepted is none of the cause's.
  void AddOf(std::string cause, Diagnostic diagnostic);

  // Asked about each that is added from now on: may change its severity; false leaves it out.
  using Judge = std::function<bool(Diagnostic*)>;
  void SetJudge(Judge judge) { judge_ = std::move(judge); }

  bool has_errors() const { return error_count() > 0; }
  // Including those not kept.
  size_t error_count() const { return CountOf(Severity::kError); }
  // Grows with each error, also one that was told before: whether something is wrong in what was
  // read since.
  size_t errors_met() const { return errors_met_; }
  // What is read now is wrong in a way that was told when it was read before.
  void MeetToldError() { ++errors_met_; }
  size_t warning_count() const { return CountOf(Severity::kWarning); }
  size_t note_count() const { return CountOf(Severity::kNote); }
  size_t left_out() const { return error_count() + warning_count() + note_count() - kept_.size(); }

  // By path, line and column; at one place in order of arrival.
  std::vector<Diagnostic> Sorted() const;

  // For people: `file:line:column: error PM0201: message`, the line with a caret, the example, the
  // further places, the hint. Escape sequences for colours only when asked. Empty when there is
  // nothing to say.
  std::string Render(bool colours = false) const;
  // For machines: one JSON array of {severity, code, file, line, column, length, message, hint,
  // example, also, also_more}; file, position, hint and what follows are absent where there are
  // none. What was left out is a last PM0100.
  std::string RenderJson() const;

 private:
  void Keep(Diagnostic diagnostic);
  bool WasTold(const Diagnostic& diagnostic) const;
  size_t CountOf(Severity severity) const { return counts_[static_cast<size_t>(severity)]; }

  std::vector<Diagnostic> kept_;
  std::map<std::string, size_t, std::less<>> causes_;  // which of those kept
  size_t counts_[kSeverities] = {};
  size_t errors_met_ = 0;
  Judge judge_;
};

// `team.yaml:12:8, routing.yaml:4:50 and 3 more`; empty: there are no further places. Paths begin
// with `folder`.
std::string FurtherPlaces(const Diagnostic& diagnostic, std::string_view folder = {});

// "PM0042".
std::string CodeName(int code);

// The candidate that `word` was most likely meant to be, without regard to ASCII case: by edit
// distance, ties to the first; else the only one that the word begins, or that begins the word.
// Empty when none is near.
std::string_view Nearest(std::string_view word, std::span<const std::string_view> candidates);
// "did you mean 'x'?", or empty.
std::string DidYouMean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace pm
