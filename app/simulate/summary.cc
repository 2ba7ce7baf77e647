#include "app/simulate/summary.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/text/json_writer.h"

namespace pm {
namespace {

std::string OrNone(std::string_view text) { return text.empty() ? "(none)" : std::string(text); }

// The place that a type of output puts its lead in; empty: it says nothing of places.
std::string_view PlaceOf(std::string_view type, std::string_view to_stage) {
  constexpr auto kPlaces = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"lead.created", "nurture"},
      {"lead.held", "held"},
      {"lead.screened", "screened"},
      {"lead.recycled", "nurture"},
      {"lead.disqualified", "closed"},
      {"assignment.routed", "assigned"},
      {"assignment.queued", "queued"},
      {"assignment.claimed", "assigned"},
      {"assignment.accepted", "assigned"},
      {"assignment.reassigned", "assigned"},
      {"assignment.transferred", "assigned"},
  });
  for (const auto& [name, place] : kPlaces) {
    if (name == type) return place;
  }
  const bool closes = to_stage == "disqualified" || to_stage == "converted";
  return type == "lead.stage_changed" && closes ? "closed" : "";
}

void Section(std::string* out, std::string_view title, const Summary::Counts& counts) {
  if (counts.empty()) return;
  *out += fmt::format("{}\n", title);
  for (const auto& [name, count] : counts) *out += fmt::format("  {:<40} {:>9}\n", name, count);
}

void Section(JsonWriter& w, std::string_view name, const Summary::Counts& counts) {
  w.Key(name);
  w.BeginObject();
  for (const auto& [key, count] : counts) w.Field(key, count);
  w.EndObject();
}

}  // namespace

void Summary::Add(const Output& output) {
  ++types_[output.type];
  if (output.topic == Topic::kDecisions || output.type == "lead.scored") return;
  const Result<JsonNode> json = ParseJson(output.json);
  if (!json.has_value()) return;
  if (output.topic == Topic::kDeadLetters) {
    ++dead_letters_[OrNone(json->Text({"data", "reason"}))];
    return;
  }
  const std::string_view mode = json->Text({"data", "mode"});
  if (mode == "shadow" || mode == "test") {
    ++rehearsed_[fmt::format("{} {}", mode, output.type)];
    return;
  }
  const std::string_view lead = json->Text({"data", "lead", "id"});
  const std::string_view place = PlaceOf(output.type, json->Text({"data", "to_stage"}));
  if (!lead.empty() && !place.empty()) places_[std::string(lead)] = place;
  if (output.type == "assignment.routed" || output.type == "assignment.queued") {
    ++routes_[OrNone(json->Text({"data", "assignment", "route"}))];
    ++pools_[OrNone(json->Text({"data", "assignment", "pool"}))];
  }
  const std::string_view rep = json->Text({"data", "rep", "id"});
  if (place == "assigned" && output.type != "assignment.accepted") ++reps_[OrNone(rep)];
  if (output.type == "sla.met" || output.type == "sla.breached") {
    ++milestones_[fmt::format("{} {}", json->Text({"data", "milestone"}), output.type.substr(4))];
  }
  if (output.type == "cadence.step_due") ++steps_[OrNone(json->Text({"data", "channel"}))];
}

Summary::Counts Summary::Places() const {
  Counts counts;
  for (const auto& [lead, place] : places_) ++counts[place];
  return counts;
}

std::string Summary::Text() const {
  std::string out;
  Section(&out, "leads by place", Places());
  Section(&out, "assignments by route", routes_);
  Section(&out, "assignments by pool", pools_);
  Section(&out, "assignments by rep", reps_);
  Section(&out, "SLA", milestones_);
  Section(&out, "steps due by channel", steps_);
  Section(&out, "of other modes, not counted above", rehearsed_);
  Section(&out, "dead letters by reason", dead_letters_);
  Section(&out, "outputs by type", types_);
  return out;
}

std::string Summary::Json() const {
  std::string out;
  JsonWriter w(&out);
  w.BeginObject();
  Section(w, "places", Places());
  Section(w, "routes", routes_);
  Section(w, "pools", pools_);
  Section(w, "reps", reps_);
  Section(w, "sla", milestones_);
  Section(w, "steps", steps_);
  Section(w, "rehearsed", rehearsed_);
  Section(w, "dead_letters", dead_letters_);
  Section(w, "outputs", types_);
  w.EndObject();
  return out;
}

}  // namespace pm
