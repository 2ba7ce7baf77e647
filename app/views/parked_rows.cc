#include "app/views/parked_rows.h"

#include <array>

#include "app/views/desk_names.h"
#include "app/views/read_rows.h"
#include "base/describe_json.h"
#include "base/time/text.h"
#include "engine/stages/account/records/keys.h"
#include "engine/stages/desk/records/keys.h"
#include "engine/stages/step.h"

namespace pm {
namespace {

enum class KeyForm : uint8_t { kOther, kPerson, kLead, kDesk, kDeskName, kDeskLead };

struct TimerKind {
  char prefix;
  std::string_view kind;
  std::string_view words;
  KeyForm key;
};
// Those of docs/STORAGE_FORMAT.md that have a due.
constexpr auto kKinds = std::to_array<TimerKind>({
    {'A', "assignment", "assignment", KeyForm::kDeskLead},
    {'D', "housekeeping", "what the desk does after a change of rules", KeyForm::kDesk},
    {'E', "housekeeping", "early news", KeyForm::kDeskLead},
    {'N', "housekeeping", "note of the departure", KeyForm::kDeskLead},
    {'P', "housekeeping", "pool", KeyForm::kDeskName},
    {'R', "rep", "rep", KeyForm::kDeskName},
    {'a', "lead", "company", KeyForm::kOther},
    {'e', "cadence", "cadence", KeyForm::kDeskLead},
    {'k', "housekeeping", "who served an account last", KeyForm::kDesk},
    {'l', "lead", "lead", KeyForm::kLead},
    {'p', "lead", "person", KeyForm::kPerson},
    {'r', "housekeeping", "where a person or a company has moved", KeyForm::kPerson},
    {'s', "sla", "SLA", KeyForm::kDeskLead},
    {'t', "housekeeping", "visits of a browser, or whose it is", KeyForm::kOther},
    {'u', "housekeeping", "suppression", KeyForm::kOther},
    {'w', "housekeeping", "note of an event seen", KeyForm::kOther},
    {'y', "housekeeping", "note of an event seen", KeyForm::kOther},
    {'z', "housekeeping", "note of an event seen", KeyForm::kDesk},
});

TimerKind KindOf(char prefix) {
  const auto found = std::ranges::find(kKinds, prefix, &TimerKind::prefix);
  return found != kKinds.end() ? *found
                               : TimerKind{prefix, "housekeeping", "bookkeeping", KeyForm::kOther};
}

// What a whole row key says; nothing of a key that is too short for its form.
void ReadKey(std::string_view row, KeyForm form, const RuleBook& rules, ParkedView* view) {
  const std::string_view at_desk = row.substr(std::min<size_t>(row.size(), 5));
  const std::string_view at_home = row.substr(std::min<size_t>(row.size(), 9));
  switch (form) {
    case KeyForm::kOther:
      return;
    case KeyForm::kPerson:
      DecodeId(at_home, &view->person_id);
      return;
    case KeyForm::kLead:
      DecodeId(at_home, &view->lead_id);
      return;
    case KeyForm::kDeskLead:
      DecodeId(at_desk, &view->lead_id);
      view->row += " of a lead";
      break;
    case KeyForm::kDeskName:
      view->row += fmt::format(" {}", at_desk);
      break;
    case KeyForm::kDesk:
      break;
  }
  if (row.size() >= 5) view->desk = NameDesk(rules, ReadBigEndian32(row.substr(1)));
}

// Calls `visit` with the key of each parked row until it says false.
template <class Visit>
void VisitParked(const StoreView& store, Visit visit) {
  const std::string prefix(1, ParkedRow::kPrefix);
  std::optional<std::string> key;
  for (std::string after; (key = store.NextKey(prefix, after)); after = *key) {
    if (key->size() > 1 && !visit(key->substr(1))) return;
  }
}

}  // namespace

std::string_view KindOfTimer(char row_prefix) {
  return WorldOfRow({&row_prefix, 1}) == World::kLive ? KindOf(row_prefix).kind : "rehearsal";
}

std::string ParkedId(std::string_view row) { return fmt::format("{:016x}", Hash64(row)); }

ParkedView ViewOfParked(std::string_view row, const ParkedRow& why, const RuleBook& rules) {
  const World world = WorldOfRow(row);
  const TimerKind kind = KindOf(WithoutWorld(row).front());
  ParkedView view;
  view.id = ParkedId(row);
  view.kind = KindOfTimer(row.front());
  view.row = kind.words;
  if (world != World::kLive) view.row = fmt::format("{} {}", ModeName(ModeOf(world)), view.row);
  ReadKey(WithoutWorld(row), kind.key, rules, &view);
  view.parked_at = why.at;
  view.due = why.since;
  view.why = why.why;
  return view;
}

ParkedList ListParked(const StoreView& store, const RuleBook& rules, size_t most) {
  ParkedList list;
  for (const std::string& row : ParkedKeys(store, most)) {
    if (const auto parked = ReadRow<ParkedRow>(store, {row}))
      list.rows.push_back(ViewOfParked(row, *parked, rules));
  }
  list.count = list.rows.size();
  return list;
}

std::vector<std::string> ParkedKeys(const StoreView& store, size_t most) {
  std::vector<std::string> keys;
  VisitParked(store, [&](std::string row) {
    if (keys.size() >= most) return false;
    keys.push_back(std::move(row));
    return true;
  });
  return keys;
}

std::optional<std::string> FindParked(const StoreView& store, std::string_view id) {
  std::optional<std::string> found;
  VisitParked(store, [&](std::string row) {
    if (ParkedId(row) == id) found = std::move(row);
    return !found;
  });
  return found;
}

std::string ToJson(const ParkedList& list) {
  std::string json;
  JsonWriter w(&json);
  w.BeginObject();
  w.Field("count", static_cast<int64_t>(list.count));
  w.Key("parked");
  w.BeginArray();
  for (const ParkedView& view : list.rows) WriteJson(view, w);
  w.EndArray();
  w.EndObject();
  return json;
}

std::string RetriedJson(const std::vector<std::string>& rows) {
  std::string json;
  JsonWriter w(&json);
  w.BeginObject();
  w.Key("retried");
  w.BeginArray();
  for (const std::string& row : rows) w.String(ParkedId(row));
  w.EndArray();
  w.EndObject();
  return json;
}

std::string ToText(const ParkedList& list) {
  if (list.count == 0) return "no timer stands still\n";
  std::string text;
  for (const ParkedView& view : list.rows) {
    text += fmt::format("{}  {}\n", view.id, view.row);
    const auto line = [&](std::string_view name, std::string_view value) {
      if (!value.empty()) text += fmt::format("    {:<8}{}\n", name, value);
    };
    if (view.lead_id) line("lead", ToText(view.lead_id));
    if (view.person_id) line("person", ToText(view.person_id));
    line("desk", view.desk);
    line("parked", FormatInstant(view.parked_at));
    line("due", FormatInstant(view.due));
    line("why", view.why);
  }
  if (list.rows.size() < list.count)
    text += fmt::format("and {} more\n", list.count - list.rows.size());
  return text;
}

}  // namespace pm
