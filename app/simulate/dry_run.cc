#include "app/simulate/dry_run.h"

#include "model/decode/decode.h"

namespace pm {

DryRun::DryRun(std::shared_ptr<const RuleBook> book, Observer observer)
    : books_{{book->version(), book}},
      first_(book->version()),
      simulation_(
          RealStages(),
          [this](ContentHash hash) -> std::shared_ptr<const RuleBook> {
            const auto found = books_.find(hash);
            return found == books_.end() ? nullptr : found->second;
          },
          std::move(observer)) {}

void DryRun::Submit(std::string_view event) {
  SubmitAt(event, TimeOfEvent(event).value_or(Instant{}));
}

void DryRun::SubmitAt(std::string_view event, Instant at) {
  Begin(at);
  ++events_;
  simulation_.Feed({std::string(event), "", Mode::kLive}, at);
}

void DryRun::Switch(std::shared_ptr<const RuleBook> book, Instant at, bool propagate) {
  Begin(at);
  const ContentHash version = book->version();
  books_[version] = std::move(book);
  simulation_.Switch(version, at, propagate);
}

void DryRun::RunUntil(Instant until) {
  Begin(until);
  simulation_.AdvanceThrough(until);
}

void DryRun::RunBefore(Instant until) {
  Begin(until);
  simulation_.AdvanceTo(until);
}

void DryRun::Jump(Instant until) {
  Begin(until);
  simulation_.Jump(until);
}

void DryRun::Begin(Instant at) {
  if (!std::exchange(begun_, true)) simulation_.Switch(first_, at);
}

}  // namespace pm
