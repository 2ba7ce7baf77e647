#include "rules/compile/checks/judgement.h"

#include <fmt/format.h>

#include <charconv>

namespace pm {
namespace {

constexpr int kUnknownName = 221;
constexpr std::string_view kMark = "# pointsman: accept";
constexpr std::string_view kBlanks = " \t\r";

const CheckDecl* FindCheck(int code) {
  const auto* found = std::ranges::find(kChecks, code, &CheckDecl::code);
  return found == kChecks.end() ? nullptr : found;
}

std::string_view Trimmed(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  text.remove_prefix(begin);
  while (!text.empty() && kBlanks.contains(text.back())) text.remove_suffix(1);
  return text;
}

// `PM0228`; 0 when it is none.
int ReadCode(std::string_view word) {
  int code = 0;
  if (!word.starts_with("PM")) return 0;
  const auto [end, error] = std::from_chars(word.data() + 2, word.data() + word.size(), code);
  return error == std::errc() && end == word.data() + word.size() ? code : 0;
}

}  // namespace

Judgement::Judgement(const SourceSet& sources, const Draft& draft, Diagnostics& out) {
  if (draft.checks) {
    std::vector<std::string_view> names;
    for (const CheckDecl& check : kChecks) names.push_back(check.name);
    for (const auto& [name, gravity] : draft.checks->checks) {
      const auto* found = std::ranges::find(kChecks, name.value, &CheckDecl::name);
      if (found == kChecks.end()) {
        out.Error(kUnknownName, name.place, fmt::format("there is no check '{}'", name.value),
                  DidYouMean(name.value, names));
      } else {
        gravity_[static_cast<size_t>(found->check)] = gravity;
      }
    }
  }
  for (const Source& source : sources.all()) {
    if (!source.path().ends_with(".csv") && !source.path().ends_with(".ics")) ReadComments(source);
  }
  out.SetJudge([this](Diagnostic* diagnostic) { return Judge(diagnostic); });
}

void Judgement::ReadComments(const Source& source) {
  if (!source.text().contains(kMark)) return;
  std::vector<Acceptance> above;  // on lines of their own: for the next line that is none
  for (int32_t line = 1; line <= source.line_count(); ++line) {
    const std::string_view text = source.Line(line);
    const size_t at = text.find(kMark);
    const bool own_line = Trimmed(text).starts_with('#');
    std::vector<Acceptance> here;
    if (at != std::string_view::npos) {
      const std::string_view rest = Trimmed(text.substr(at + kMark.size()));
      const std::string_view word = rest.substr(0, rest.find_first_of(kBlanks));
      Acceptance& one = (own_line ? above : here).emplace_back();
      one.place = PlaceAt(source, source.LineStart(line) + at, text.size() - at);
      one.code = ReadCode(word);
      one.reason = !Trimmed(rest.substr(word.size())).empty();
    }
    if (own_line) continue;
    here.insert(here.end(), above.begin(), above.end());
    above.clear();
    if (!here.empty()) acceptances_[{&source, line}] = std::move(here);
  }
  if (!above.empty()) acceptances_[{&source, source.line_count() + 1}] = std::move(above);
}

bool Judgement::Judge(Diagnostic* diagnostic) {
  const CheckDecl* check = FindCheck(diagnostic->code);
  if (check == nullptr) return true;
  if (const auto gravity = gravity_[static_cast<size_t>(check->check)]) {
    if (*gravity == Gravity::kOff) return false;
    diagnostic->severity = static_cast<Severity>(*gravity);
  }
  const auto accepted =
      acceptances_.find({diagnostic->place.source, diagnostic->place.position.line});
  if (accepted == acceptances_.end()) return true;
  for (Acceptance& one : accepted->second) {
    if (one.code != diagnostic->code) continue;
    one.used = true;
    return false;
  }
  return true;
}

void Judgement::ReportAcceptances(Diagnostics& out) const {
  const int code = DeclOf(CheckKind::kAcceptance).code;
  for (const auto& [line, several] : acceptances_) {
    for (const Acceptance& one : several) {
      if (FindCheck(one.code) == nullptr) {
        out.Warning(code, one.place, "this accepts nothing that a check could find",
                    "write the code of a check and a reason: `# pointsman: accept PM0228 it is "
                    "for the fair`");
      } else if (!one.used) {
        out.Warning(code, one.place,
                    fmt::format("there is no {} here to accept", CodeName(one.code)),
                    "leave out the comment");
      } else if (!one.reason) {
        out.Warning(code, one.place, "an acceptance without a reason",
                    "say why, for those who read it later");
      }
    }
  }
}

}  // namespace pm
