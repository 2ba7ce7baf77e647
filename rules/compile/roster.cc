#include <fmt/format.h>

#include <array>
#include <map>

#include "base/text/csv.h"
#include "base/time/zone_names.h"
#include "model/normalise/email.h"
#include "rules/compile/passes.h"

namespace pm {
namespace {

constexpr int kBadRoster = 226;
constexpr size_t kMostReps = 100'000;
constexpr std::string_view kColumns[] = {
    "id",      "email",  "name",     "zone",   "hours",       "holidays",  "leave",    "role",
    "manager", "backup", "supports", "skills", "active_from", "active_to", "external", "caps"};

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// A reference to another rep, looked up when all are known.
struct RepReference {
  Located<std::string> rep;
  bool address = false;   // an e-mail address will do
  bool supports = false;  // it is to be whom an SDR works for
};

class RosterReader {
 public:
  RosterReader(CompileContext& context, const Source& source)
      : context_(context), csv_(source, context.out), source_(source) {}

  void Read(std::vector<RepReference>* references) {
    references_ = references;
    if (csv_.header().empty() || !CheckHeader()) {
      return context_.names.ForgiveUnknown(NameKind::kRep);
    }
    for (CsvRow row; csv_.Next(&row);) {
      row_ = &row;
      ReadRep();
    }
    for (const std::string_view row : csv_.rejected()) {
      context_.names.ForgiveUnknownIn(NameKind::kRep, row);
    }
  }

 private:
  bool CheckHeader() {
    if (!csv_.ExpectCommas(kBadRoster)) return false;
    constexpr std::array<std::string_view, 1> kId = {"id"};
    bool good = true;
    bool with_id = csv_.Column("id").has_value();
    for (size_t i = 0; i < csv_.header().size(); ++i) {
      const std::string& name = csv_.header()[i];
      if (std::ranges::find(kColumns, name) != std::end(kColumns)) continue;
      Bad(csv_.PlaceOfColumn(i), fmt::format("the roster has no column '{}'", name),
          DidYouMean(name, kColumns));
      good = false;
      with_id = with_id || !DidYouMean(name, kId).empty();  // misspelt, as was told
    }
    if (with_id) return good;
    Bad(PlaceAt(source_, 0), "the roster has no column 'id'", "each rep needs one");
    return false;
  }

  void ReadRep() {
    RosterRep rep;
    rep.id = Text("id");
    rep.origin = {source_.path(), row_->line};
    if (rep.id.empty()) {
      context_.names.ForgiveUnknown(NameKind::kRep);  // it may be any
      return Bad(PlaceAt(source_, row_->offset), "a rep without an id");
    }
    if (!context_.names.Declare(NameKind::kRep, {rep.id, Place("id")}, context_.out)) return;
    if (context_.builder->roster.size() >= kMostReps) return;
    rep.email = ReadEmail(rep.id);
    rep.name = Text("name");
    rep.role = Text("role");
    rep.zone = ReadZone();
    rep.hours = Text("hours");
    if (!rep.hours.empty()) {
      context_.names.Expect(NameKind::kCalendar, {rep.hours, Place("hours")}, context_.out);
    }
    rep.skills = Items("skills");
    rep.external = Items("external");
    rep.holidays = ReadHolidays();
    rep.leave = ReadLeave();
    rep.manager = Refer("manager", true);
    rep.backup = Refer("backup", false);
    rep.supports = Refer("supports", false);
    if (!rep.supports.empty()) references_->back().supports = true;
    if (!rep.backup.empty() && rep.backup == rep.id) {
      Bad(Place("backup"), fmt::format("rep '{}' cannot stand in for themselves", rep.id));
    }
    rep.caps = ReadCaps();
    ReadActive(&rep);
    context_.builder->roster.push_back(std::move(rep));
  }

  // Events name reps by it.
  std::string ReadEmail(const std::string& id) {
    std::string email = Text("email");
    if (email.empty()) return email;
    if (!NormaliseEmail(email)) {
      Bad(Place("email"), fmt::format("'{}' is no e-mail address", email),
          "events name reps by it, and they are written to at it");
      return email;
    }
    const auto [first, is_new] = rep_of_email_.emplace(ComparedAddress(email), id);
    if (!is_new) {
      Bad(Place("email"),
          fmt::format("reps '{}' and '{}' have the same address '{}'", first->second, id, email),
          "events name reps by it, so that each needs one of their own");
    }
    return email;
  }

  std::string ReadZone() {
    const std::string zone = Text("zone");
    if (zone.empty()) return "UTC";
    if (const auto found = FindZone(zone); !found) {
      context_.out.Report(found.error(), Place("zone"),
                          context_.WantsHints() ? HintOfZone(zone) : "");
    }
    return zone;
  }

  std::vector<std::string> ReadHolidays() {
    std::vector<std::string> names = Items("holidays");
    for (const std::string& name : names) UseDaysOff(context_, {name, Place("holidays")});
    return names;
  }

  std::vector<std::string> ReadLeave() {
    std::vector<std::string> times = Items("leave");
    for (const std::string& time : times) {
      if (time.ends_with(".ics")) {
        UseDaysOff(context_, {time, Place("leave")});
      } else if (const auto parsed = ParseLeave(time); !parsed) {
        context_.out.Report(parsed.error(), Place("leave"));
      }
    }
    return times;
  }

  std::vector<Cap> ReadCaps() {
    std::vector<Cap> caps;
    for (const std::string& text : Items("caps")) {
      if (const auto cap = ParseCap(text)) {
        caps.push_back(*cap);
      } else {
        context_.out.Report(cap.error(), Place("caps"), "several are parted by `;`");
      }
    }
    return caps;
  }

  void ReadActive(RosterRep* rep) {
    if (const auto from = ReadDay("active_from", rep->zone, 0)) rep->active_from = *from;
    if (const auto to = ReadDay("active_to", rep->zone, 1)) rep->active_to = *to;
    if (rep->active_to <= rep->active_from) {
      Bad(Place("active_to"),
          fmt::format("rep '{}' is never active: active_to is before active_from", rep->id));
    }
  }

  std::optional<Instant> ReadDay(std::string_view column, const std::string& zone, int64_t days) {
    const std::string text = Text(column);
    if (text.empty()) return std::nullopt;
    const Result<Instant> day = ParseWorkday(text, zone, days);
    if (day) return *day;
    context_.out.Report(day.error(), Place(column));
    return std::nullopt;
  }

  std::string Refer(std::string_view column, bool address) {
    std::string rep = Text(column);
    if (!rep.empty()) references_->push_back({{rep, Place(column)}, address});
    return rep;
  }

  const CsvCell* Cell(std::string_view column) const {
    const auto at = csv_.Column(column);
    return at ? &row_->cells[*at] : nullptr;
  }
  std::string Text(std::string_view column) const {
    const CsvCell* cell = Cell(column);
    return cell == nullptr ? std::string() : std::string(Trimmed(cell->text));
  }
  // Parted by `;`.
  std::vector<std::string> Items(std::string_view column) const {
    std::vector<std::string> items;
    const std::string text = Text(column);
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find(';', at), text.size());
      const std::string_view item = Trimmed(std::string_view(text).substr(at, end - at));
      if (!item.empty()) items.emplace_back(item);
      at = end + 1;
    }
    return items;
  }
  SourcePlace Place(std::string_view column) const {
    const CsvCell* cell = Cell(column);
    return cell == nullptr ? PlaceAt(source_, row_->offset) : csv_.PlaceOf(*cell);
  }
  void Bad(const SourcePlace& place, std::string message, std::string hint = {}) {
    context_.out.Error(kBadRoster, place, std::move(message), std::move(hint));
  }

  CompileContext& context_;
  CsvReader csv_;
  const Source& source_;
  const CsvRow* row_ = nullptr;
  std::vector<RepReference>* references_ = nullptr;
  std::map<std::string, std::string> rep_of_email_;
};

bool IsSdr(std::string_view role) {
  return std::ranges::any_of(std::array{"sdr", "SDR", "bdr", "BDR"},
                             [&](const char* one) { return role == one; });
}

void ExpectNoSdr(CompileContext& context, const Located<std::string>& rep) {
  const auto& roster = context.builder->roster;
  const auto found = std::ranges::find(roster, rep.value, &RosterRep::id);
  if (found == roster.end() || !IsSdr(found->role)) return;
  context.out.Warning(kBadRoster, rep.place,
                      fmt::format("rep '{}' is an {}, too: `supports` names the AE for whom a rep "
                                  "works",
                                  rep.value, found->role),
                      "name an AE, or leave the cell empty");
}

}  // namespace

void CompileRoster(CompileContext& context) {
  std::vector<RepReference> references;
  std::map<std::string, SourcePlace> read;
  bool any = false;
  for (const TeamDoc& team : context.draft.teams) {
    if (!team.roster) continue;
    any = true;
    if (team.roster->place.source == nullptr) {  // it could not be read, as was told
      context.names.ForgiveUnknown(NameKind::kRep);
      continue;
    }
    const auto [first, is_new] = read.emplace(team.roster->value, team.roster->place);
    if (!is_new) {
      context.out.Error(222, team.roster->place,
                        fmt::format("the roster '{}' is named twice", team.roster->value),
                        fmt::format("the first is at {}:{}", first->second.source->path(),
                                    first->second.position.line));
      continue;
    }
    if (const Source* source = context.UseFile(*team.roster)) {
      RosterReader(context, *source).Read(&references);
    } else {
      context.names.ForgiveUnknown(NameKind::kRep);
    }
  }
  // Without a roster file all reps come by rep.upserted events.
  if (!any) context.names.ForgiveUnknown(NameKind::kRep);
  for (const RepReference& reference : references) {
    if (reference.address && reference.rep.value.find('@') != std::string::npos) continue;
    const bool known = context.names.Expect(NameKind::kRep, reference.rep, context.out);
    if (known && reference.supports) ExpectNoSdr(context, reference.rep);
  }
}

}  // namespace pm
