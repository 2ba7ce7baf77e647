// Names of the engine's own topics. Users' topics, which intake reads, have names of their own.
#pragma once
#include <string>
#include <string_view>

#include "model/messages/message.h"
#include "model/outputs/output.h"

namespace pm {

struct TopicNames {
  std::string prefix = "pointsman";

  // What identity, account and desk read: as many partitions each as the state has.
  std::string Input(Stage stage) const;
  // Their state, partition by partition; compacted.
  std::string Changelog(Stage stage) const;
  // Companies that account tells intake of, by domain; compacted.
  std::string Directory() const;
  // Changes of rules, for intake; one partition.
  std::string Control() const;
  // Their documents; compacted, one partition.
  std::string Rules() const;
  std::string Output(Topic topic) const;
  // Of the producer that the tasks of this member of their group write with, and intake's.
  std::string TransactionalId(std::string_view instance) const;
  std::string IntakeTransactionalId(std::string_view instance) const;
};

}  // namespace pm
