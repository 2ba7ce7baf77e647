#include "engine/stages/account/account.h"

namespace pm::account {
namespace {

TextKey KeyOf(HomeId home, const Event& event) {
  std::string text;
  AppendBigEndian(&text, event.source.size());  // no (source, id) reads as another
  text += event.source;
  text += event.id;
  return {home, HashEvent(text)};
}

}  // namespace

Seen Remember(Step& step, HomeId home, const Event& event) {
  const TextKey key = KeyOf(home, event);
  if (const SeenRow* row = step.rows.Find<SeenRow>(key);
      row != nullptr && step.now - row->at < kSeenWindow) {
    if (row->payload != event.payload) return Seen::kReused;
    if (!row->sent_on || row->sent_on != step.root) return Seen::kAgain;
  }
  SeenRow& row = step.rows.Edit<SeenRow>(key);
  row = {event.payload, step.now, {}, step.now + kSeenWindow};
  return Seen::kNew;
}

void RememberSentOn(Step& step, HomeId home, const Event& event) {
  step.rows.Edit<SeenRow>(KeyOf(home, event)).sent_on = step.root;
}

}  // namespace pm::account
