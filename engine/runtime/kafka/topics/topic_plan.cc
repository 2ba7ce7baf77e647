#include "engine/runtime/kafka/topics/topic_plan.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/time/text.h"
#include "engine/runtime/kafka/topics/topic_names.h"
#include "engine/runtime/kafka/topics/topic_pattern.h"

namespace pm {
namespace {

constexpr std::string_view kCleanup = "cleanup.policy";
constexpr std::string_view kRetention = "retention.ms";
constexpr std::string_view kRetentionBytes = "retention.bytes";
constexpr std::string_view kCompacting = "max.compaction.lag.ms";
constexpr std::string_view kTombstones = "delete.retention.ms";
constexpr std::string_view kInSync = "min.insync.replicas";
constexpr std::string_view kTime = "message.timestamp.type";
constexpr std::string_view kBrokersTime = "LogAppendTime";
constexpr std::string_view kRecord = "max.message.bytes";
// What was erased is gone from a changelog this long after, and a copy of the state on a disk must
// not be older.
constexpr Duration kCompactionLag = Days(7);
// Whoever begins to read what is compacted must come to its end before tombstones go that were
// there when it began: it has what they delete. What is made by the plan has more to spare.
constexpr Duration kLongestRestore = Days(1);

int32_t InSync(int32_t replication) { return std::min<int32_t>(2, replication); }

WantedTopic Make(const TopicNeeds& needs, std::string name, std::string purpose) {
  WantedTopic topic{.name = std::move(name),
                    .purpose = std::move(purpose),
                    .partitions = needs.partitions,
                    .replication = needs.replication};
  topic.settings = {{std::string(kInSync), fmt::format("{}", InSync(needs.replication))}};
  return topic;
}

WantedTopic Compacted(WantedTopic topic) {
  topic.compacted = true;
  topic.settings.emplace_back(kCleanup, "compact");
  topic.settings.emplace_back(kTombstones, fmt::format("{}", kCompactionLag.ms));
  topic.settings.emplace_back(kCompacting, fmt::format("{}", kCompactionLag.ms));
  return topic;
}

WantedTopic Appended(WantedTopic topic, Duration keep) {
  topic.settings.emplace_back(kCleanup, "delete");
  topic.settings.emplace_back(kRetention, fmt::format("{}", keep.ms));
  return topic;
}

WantedTopic Personal(WantedTopic topic, Duration keep) {
  topic.personal = true;
  return Appended(std::move(topic), keep);
}

// What its size is must not matter: the brokers' own bound would count.
WantedTopic Needed(WantedTopic topic, Duration keep) {
  topic.least_kept = keep;
  topic.settings.emplace_back(kRetentionBytes, "-1");
  return topic;
}

WantedTopic Stamped(WantedTopic topic) {
  topic.broker_time = true;
  topic.settings.emplace_back(kTime, kBrokersTime);
  return topic;
}

WantedTopic Fixed(WantedTopic topic, int32_t partitions) {
  topic.partitions = partitions;
  topic.partitions_fixed = true;
  return topic;
}

bool IsName(std::string_view text) {
  static const RE2 kName(R"([a-zA-Z0-9._-]{1,249})");
  return RE2::FullMatch(text, kName) && text != "." && text != "..";
}

bool IsPattern(std::string_view text) { return text.starts_with('^'); }

Result<void> CheckNames(const TopicNeeds& needs) {
  // The longest name of ours must still be one.
  if (!IsName(needs.prefix + std::string(40, 'x'))) {
    return Fail(kTopicName, fmt::format("'{}' cannot begin the name of a topic", needs.prefix));
  }
  for (const std::string& input : needs.inputs) {
    if (IsPattern(input)) {
      PM_TRY_VOID(TopicPattern::Make(input));
    } else if (!IsName(input)) {
      return Fail(kTopicName,
                  fmt::format("'{}' is neither a name of a topic nor a pattern", input));
    }
  }
  return {};
}

std::string_view SettingOf(const TopicState& topic, std::string_view name) {
  for (const auto& [setting, value] : topic.settings) {
    if (setting == name) return value;
  }
  return {};
}

int64_t NumberOf(const TopicState& topic, std::string_view name, int64_t fallback) {
  const std::string_view text = SettingOf(topic, name);
  int64_t value = fallback;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Compacted topics keep the last record of a key for good, whatever their retention says.
std::optional<TopicFinding> JudgeRetention(const TopicState& found) {
  const std::string_view cleanup = SettingOf(found, kCleanup);
  const int64_t keep_ms = NumberOf(found, kRetention, -1);
  if (cleanup.find("delete") != std::string_view::npos && keep_ms >= 0 &&
      keep_ms <= kPersonalRetention.ms) {
    return std::nullopt;
  }
  const std::string kept = cleanup.find("delete") == std::string_view::npos
                               ? fmt::format("never deleted (`{}` is {})", kCleanup, cleanup)
                           : keep_ms < 0 ? std::string("kept for ever")
                                         : fmt::format("kept for {}", FormatDuration({keep_ms}));
  return TopicFinding{found.name, kTopicRetention,
                      fmt::format("personal data are {}; at most {} is right: set `{}`", kept,
                                  FormatDuration(kPersonalRetention), kRetention)};
}

// What is deleted before it was read: leads, or changes of rules.
std::optional<TopicFinding> JudgeLoss(const WantedTopic& wanted, const TopicState& found) {
  const int64_t keep_ms = NumberOf(found, kRetention, -1);
  const int64_t least_ms = wanted.least_kept->ms;
  const auto tell = [&](std::string_view setting, std::string_view value, std::string wants) {
    return TopicFinding{
        wanted.name, kTopicLoss,
        fmt::format("records go before they were read: `{}` is {}, not {}", setting, value, wants)};
  };
  if (keep_ms >= 0 && (least_ms < 0 || keep_ms < least_ms)) {
    return tell(kRetention, SettingOf(found, kRetention),
                least_ms < 0 ? std::string("-1") : fmt::format("at least {}", least_ms));
  }
  if (NumberOf(found, kRetentionBytes, -1) < 0) return std::nullopt;
  return tell(kRetentionBytes, SettingOf(found, kRetentionBytes), "-1");
}

}  // namespace

Result<std::vector<WantedTopic>> PlanTopics(const TopicNeeds& needs) {
  PM_TRY_VOID(CheckNames(needs));
  if (needs.keep > kPersonalRetention) {
    return Fail(kTopicRetention,
                fmt::format("topics with personal data may be kept for {}, not {}",
                            FormatDuration(kPersonalRetention), FormatDuration(needs.keep)));
  }
  const TopicNames names{needs.prefix};
  std::vector<WantedTopic> plan;
  for (const Stage stage : {Stage::kIdentity, Stage::kAccount, Stage::kDesk}) {
    WantedTopic input =
        Make(needs, names.Input(stage), fmt::format("what {} reads", StageName(stage)));
    input = Needed(Stamped(Personal(std::move(input), needs.keep)), needs.keep);
    plan.push_back(Fixed(std::move(input), needs.partitions));
    WantedTopic state =
        Make(needs, names.Changelog(stage), fmt::format("the state of {}", StageName(stage)));
    plan.push_back(Fixed(Compacted(std::move(state)), needs.partitions));
  }
  plan.push_back(Fixed(Compacted(Make(needs, names.Directory(), "companies, for intake")), 1));
  constexpr Duration kAlways = Milliseconds(-1);
  WantedTopic control = Make(needs, names.Control(), "changes of rules, for intake");
  plan.push_back(Fixed(Needed(Appended(std::move(control), kAlways), kAlways), 1));
  plan.push_back(Fixed(Compacted(Make(needs, names.Rules(), "rules by their version")), 1));
  for (int i = 0; i < kTopics; ++i) {
    const auto topic = static_cast<Topic>(i);
    plan.push_back(Personal(
        Make(needs, names.Output(topic), fmt::format("output: {}", TopicName(topic))), needs.keep));
  }
  std::ranges::sort(plan, {}, &WantedTopic::name);
  return plan;
}

std::vector<std::string> JudgedSettings() {
  return {std::string(kCleanup),    std::string(kRetention),  std::string(kRetentionBytes),
          std::string(kTombstones), std::string(kCompacting), std::string(kInSync),
          std::string(kTime),       std::string(kRecord)};
}

std::vector<TopicFinding> JudgeTopic(const WantedTopic& wanted,
                                     const std::optional<TopicState>& found) {
  if (!found.has_value()) return {{wanted.name, kTopicMissing, "it is not there"}};
  std::vector<TopicFinding> all;
  const auto tell = [&](int code, std::string text) {
    all.push_back({wanted.name, code, std::move(text)});
  };
  const std::string_view cleanup = SettingOf(*found, kCleanup);
  if (wanted.compacted && cleanup != "compact") {
    tell(kTopicCleanup, fmt::format("it must be compacted and nothing else, or state is lost: "
                                    "`{}` is {}, not compact",
                                    kCleanup, cleanup));
  } else if (!wanted.compacted && cleanup != "delete") {
    tell(kTopicCleanup, fmt::format("it must not be compacted, or records are lost: `{}` is {}, "
                                    "not delete",
                                    kCleanup, cleanup));
  }
  if (wanted.partitions_fixed && found->partitions != wanted.partitions) {
    tell(kTopicPartitions,
         fmt::format("it has {} partitions, not {}", found->partitions, wanted.partitions));
  }
  if (found->replication < wanted.replication) {
    tell(kTopicReplication,
         fmt::format("it has {} copies, not at least {}", found->replication, wanted.replication));
  }
  const int64_t in_sync = NumberOf(*found, kInSync, 1);
  if (in_sync < InSync(wanted.replication)) {
    tell(kTopicReplication,
         fmt::format("`{}` is {}, not at least {}", kInSync, in_sync, InSync(wanted.replication)));
  }
  if (wanted.broker_time && SettingOf(*found, kTime) != kBrokersTime) {
    tell(kTopicTime,
         fmt::format("`{}` is {}, not {}", kTime, SettingOf(*found, kTime), kBrokersTime));
  }
  const int64_t record = NumberOf(*found, kRecord, kLeastRecordBytes);
  if (record < kLeastRecordBytes) {
    tell(kTopicRecord,
         fmt::format("`{}` is {}, not at least {}", kRecord, record, kLeastRecordBytes));
  }
  if (wanted.compacted && NumberOf(*found, kCompacting, 0) > kCompactionLag.ms) {
    tell(kTopicRetention,
         fmt::format("what was erased may stay: `{}` is {}, not at most {}", kCompacting,
                     SettingOf(*found, kCompacting), kCompactionLag.ms));
  }
  if (wanted.compacted && NumberOf(*found, kTombstones, 0) < kLongestRestore.ms) {
    tell(kTopicLoss,
         fmt::format("who reads it may miss what was deleted: `{}` is {}, not at least {}",
                     kTombstones, SettingOf(*found, kTombstones), kLongestRestore.ms));
    all.back().is_borne = true;  // by the digest
  }
  if (wanted.least_kept.has_value()) {
    if (std::optional<TopicFinding> loss = JudgeLoss(wanted, *found)) all.push_back(*loss);
  }
  if (!wanted.personal) return all;
  if (std::optional<TopicFinding> kept = JudgeRetention(*found)) all.push_back(*std::move(kept));
  return all;
}

std::vector<TopicFinding> JudgeInput(const std::string& name,
                                     const std::optional<TopicState>& found) {
  if (!found.has_value()) return {{name, kTopicMissing, "this input is not there"}};
  const std::optional<TopicFinding> kept = JudgeRetention(*found);
  return kept.has_value() ? std::vector{*kept} : std::vector<TopicFinding>();
}

MetInputs MeetInputs(const TopicNeeds& needs, const std::vector<WantedTopic>& plan,
                     const std::vector<std::string>& there) {
  MetInputs met;
  std::set<std::string> names;
  for (const std::string& input : needs.inputs) {
    if (!IsPattern(input)) {
      names.insert(input);
      continue;
    }
    const Result<TopicPattern> pattern = TopicPattern::Make(input);
    const size_t before = names.size();
    for (const std::string& name : there) {
      if (pattern.has_value() && pattern->Meets(name)) names.insert(name);
    }
    if (names.size() == before) {
      met.findings.push_back({input, kTopicMissing, "no topic is met by this pattern"});
    }
  }
  for (const std::string& name : names) {
    if (std::ranges::find(plan, name, &WantedTopic::name) != plan.end()) {
      met.findings.push_back({name, kTopicName, "it is the engine's own and cannot be an input"});
    } else {
      met.names.push_back(name);
    }
  }
  return met;
}

}  // namespace pm
