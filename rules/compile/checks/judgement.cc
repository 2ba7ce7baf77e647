#include "rules/compile/checks/judgement.h"

#include <fmt/format.h>

#include "base/text/utf8.h"

namespace pm {
namespace {

constexpr int kUnknownName = 221;

const CheckDecl* FindCheck(int code) {
  const auto* found = std::ranges::find(kChecks, code, &CheckDecl::code);
  return found == kChecks.end() ? nullptr : found;
}

bool IsCommentLine(std::string_view line) {
  const size_t at = line.find_first_not_of(" \t\r");
  return at != line.npos && line[at] == '#';
}

void ReportCode(const Acceptance& acceptance, const Acceptance::Code& code, Diagnostics& out) {
  constexpr int kCode = kAcceptanceCode;
  if (code.code == 0) {
    out.Warning(kCode, code.place,
                fmt::format("{} is no code, so nothing is accepted", Quoted(code.text)),
                fmt::format("write {}", WellWritten(acceptance)));
  } else if (FindCheck(code.code) == nullptr) {
    out.Warning(kCode, code.place, fmt::format("{} is no finding of a check", code.text),
                "what is wrong in itself cannot be accepted: mend it");
  } else if (!code.met) {
    out.Warning(kCode, code.place, fmt::format("there is no {} here to accept", code.text),
                acceptance.codes.size() == 1 ? "leave out the comment" : "leave out the code");
  }
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
    if (!source.path().ends_with(".csv") && !source.path().ends_with(".ics"))
      ReadComments(source, draft);
  }
  out.SetJudge([this](Diagnostic* diagnostic) { return Judge(diagnostic); });
}

void Judgement::ReadComments(const Source& source, const Draft& draft) {
  if (!source.text().contains("pointsman") && !source.text().contains("Pointsman")) return;
  const LongTexts& texts = texts_.emplace(&source, LongTexts(source, draft)).first->second;
  std::vector<Acceptance> above;  // on lines of their own: for the next line that is none
  for (int32_t line = 1; line <= source.line_count(); ++line) {
    const bool in_text = texts.GoesOnIn(line);
    const bool own_line = !in_text && IsCommentLine(source.Line(line));
    if (auto read = ReadAcceptance(source, line, in_text)) above.push_back(*std::move(read));
    if (own_line || above.empty()) continue;
    std::ranges::move(above, std::back_inserter(acceptances_[{&source, texts.HolderOf(line)}]));
    above.clear();
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
  const auto texts = texts_.find(diagnostic->place.source);
  if (texts == texts_.end()) return true;
  const int32_t line = texts->second.HolderOf(diagnostic->place.position.line);
  const auto accepted = acceptances_.find({diagnostic->place.source, line});
  if (accepted == acceptances_.end()) return true;
  for (Acceptance& one : accepted->second) {
    const auto code = std::ranges::find(one.codes, diagnostic->code, &Acceptance::Code::code);
    if (!one.well_written || code == one.codes.end()) continue;
    code->met = true;
    if (one.reason) return false;
  }
  return true;
}

void Judgement::ReportAcceptances(Diagnostics& out) const {
  for (const auto& [line, several] : acceptances_) {
    for (const Acceptance& one : several) {
      const bool met = std::ranges::any_of(one.codes, &Acceptance::Code::met);
      if (!one.well_written) {
        out.Warning(kAcceptanceCode, one.place, "this comment accepts nothing as it is written",
                    fmt::format("write {}", WellWritten(one)));
      } else if (one.codes.empty()) {
        out.Warning(kAcceptanceCode, one.place, "an acceptance without a code",
                    fmt::format("write {}", WellWritten(one)));
      } else if (met && !one.reason) {
        out.Warning(kAcceptanceCode, one.place, "an acceptance without a reason accepts nothing",
                    "say why, for those who read it later");
      } else {
        for (const Acceptance::Code& code : one.codes) ReportCode(one, code, out);
      }
    }
  }
}

}  // namespace pm
