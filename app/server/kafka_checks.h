// What of the `kafka` part of a configuration no broker could mend.
#pragma once
#include "app/server/kafka_config.h"
#include "base/text/yaml.h"

namespace pm {

// Each at its place: addresses that are none, files of `tls` that are not there (PM0731), secrets
// that cannot be read (PM0537), names that no topic can have (PM0544). `node` is what `config` was
// read from, its paths made whole since.
void CheckKafka(const YamlNode& node, const KafkaConfig& config, Diagnostics& out);

}  // namespace pm
