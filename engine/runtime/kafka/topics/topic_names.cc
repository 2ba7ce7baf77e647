#include "engine/runtime/kafka/topics/topic_names.h"

#include <fmt/format.h>

namespace pm {

std::string TopicNames::Input(Stage stage) const {
  return fmt::format("{}.{}", prefix, StageName(stage));
}

std::string TopicNames::Changelog(Stage stage) const {
  return fmt::format("{}.changelog.{}", prefix, StageName(stage));
}

std::string TopicNames::Directory() const { return prefix + ".directory"; }

std::string TopicNames::Control() const { return prefix + ".control"; }

std::string TopicNames::Rules() const { return prefix + ".rules"; }

std::string TopicNames::Output(Topic topic) const {
  return fmt::format("{}.{}", prefix, TopicName(topic));
}

std::string TopicNames::TransactionalId(std::string_view instance) const {
  return fmt::format("{}-{}", prefix, instance);
}

std::string TopicNames::IntakeTransactionalId(std::string_view instance) const {
  return fmt::format("{}-intake-{}", prefix, instance);
}

}  // namespace pm
