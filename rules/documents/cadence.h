// `kind: cadence` as written.
#pragma once
#include "rules/documents/scalars.h"

namespace pm {

enum class EnrolWhen : uint8_t { kAssigned };
constexpr std::array<YamlName<EnrolWhen>, 1> YamlNames(std::type_identity<EnrolWhen>) {
  return {{{"assigned", EnrolWhen::kAssigned}}};
}
struct EnrolDoc {
  static constexpr std::string_view kYamlName = "enrol";
  static constexpr std::string_view kYamlShort = "{ when: * }";
  EnrolWhen when = EnrolWhen::kAssigned;
  bool once = true;
  template <class V>
  static void Describe(V& v) {
    v.Field("when", &EnrolDoc::when, "What begins it.");
    v.Field("once", &EnrolDoc::once, "A lead goes through it once only.");
  }
};
constexpr std::array<YamlName<ExitEvent>, 6> YamlNames(std::type_identity<ExitEvent>) {
  return {{{"replied", ExitEvent::kReplied},
           {"meeting_booked", ExitEvent::kMeetingBooked},
           {"unsubscribed", ExitEvent::kUnsubscribed},
           {"bounced", ExitEvent::kBounced},
           {"disqualified", ExitEvent::kDisqualified},
           {"converted", ExitEvent::kConverted}}};
}
constexpr std::array<YamlName<OnReassign>, 3> YamlNames(std::type_identity<OnReassign>) {
  return {{{"continue", OnReassign::kContinue},
           {"restart", OnReassign::kRestart},
           {"exit", OnReassign::kExit}}};
}
enum class AwayDo : uint8_t { kPause, kBackup };
constexpr std::array<YamlName<AwayDo>, 2> YamlNames(std::type_identity<AwayDo>) {
  return {{{"pause", AwayDo::kPause}, {"backup", AwayDo::kBackup}}};
}
enum class AwayElse : uint8_t { kPause };
constexpr std::array<YamlName<AwayElse>, 1> YamlNames(std::type_identity<AwayElse>) {
  return {{{"pause", AwayElse::kPause}}};
}
struct RepAwayDoc {
  static constexpr std::string_view kYamlName = "rep_away";
  Span longer_than{Days(0), 2};
  AwayDo action = AwayDo::kPause;
  AwayElse otherwise = AwayElse::kPause;
  template <class V>
  static void Describe(V& v) {
    v.Field("longer_than", &RepAwayDoc::longer_than, "Absences up to this change nothing.");
    v.Field("do", &RepAwayDoc::action, "backup: the backup goes on with it.");
    v.Field("else", &RepAwayDoc::otherwise, "Without a backup.");
  }
};
enum class UnknownZone : uint8_t { kSafest, kRep };
constexpr std::array<YamlName<UnknownZone>, 2> YamlNames(std::type_identity<UnknownZone>) {
  return {{{"safest", UnknownZone::kSafest}, {"rep", UnknownZone::kRep}}};
}
enum class ModeDoc : uint8_t { kAuto, kManual };
constexpr std::array<YamlName<ModeDoc>, 2> YamlNames(std::type_identity<ModeDoc>) {
  return {{{"auto", ModeDoc::kAuto}, {"manual", ModeDoc::kManual}}};
}
enum class ThreadDoc : uint8_t { kNew, kReply };
constexpr std::array<YamlName<ThreadDoc>, 2> YamlNames(std::type_identity<ThreadDoc>) {
  return {{{"new", ThreadDoc::kNew}, {"reply", ThreadDoc::kReply}}};
}
enum class OnExpiry : uint8_t { kSkip, kExit };
constexpr std::array<YamlName<OnExpiry>, 2> YamlNames(std::type_identity<OnExpiry>) {
  return {{{"skip", OnExpiry::kSkip}, {"exit", OnExpiry::kExit}}};
}
struct ContentDoc {
  static constexpr std::string_view kYamlName = "content";
  std::string template_name;
  std::string action;
  std::optional<Percent> share;
  ThreadDoc thread = ThreadDoc::kNew;
  std::optional<Located<Span>> expires;
  OnExpiry on_expiry = OnExpiry::kSkip;
  template <class V>
  static void Describe(V& v) {
    v.Field("template", &ContentDoc::template_name, "Template of the tool that sends it.");
    v.Field("action", &ContentDoc::action, "What to do, for channels without a template.");
    v.Field("share", &ContentDoc::share, "Of several variants: the part of people who get it.");
    v.Field("thread", &ContentDoc::thread, "reply: in the thread of the e-mail before.");
    v.Field("expires", &ContentDoc::expires, "Of manual steps: how long they wait for the rep.");
    v.Field("on_expiry", &ContentDoc::on_expiry, "Then: the next step, or the end.");
  }
};
// `intro-a` (a template; an action for channels other than email and sms), one map, or a list of
// variants.
struct ContentsDoc {
  std::vector<ContentDoc> variants;
  SourcePlace place;
};
bool ReadYaml(const YamlNode& node, ContentsDoc* out, Diagnostics& diagnostics);
std::string_view YamlTypeName(std::type_identity<ContentsDoc>);

struct StepDoc {
  static constexpr std::string_view kYamlName = "step";
  std::optional<ContentsDoc> email, call, linkedin, sms, task;
  std::optional<Located<ModeDoc>> mode;
  Span after;
  StepWindow window;
  YamlNode skip_if;
  SourcePlace place;
  bool whole = true;
  template <class V>
  static void Describe(V& v) {
    v.Field("email", &StepDoc::email, "An e-mail.");
    v.Field("call", &StepDoc::call, "A call.");
    v.Field("linkedin", &StepDoc::linkedin, "Something on LinkedIn.");
    v.Field("sms", &StepDoc::sms, "A text message.");
    v.Field("task", &StepDoc::task, "Anything else for the rep to do.");
    v.Field("mode", &StepDoc::mode, "auto: sent by a tool (e-mail and sms). Else by the rep.");
    v.Field("after", &StepDoc::after, "After the step before.");
    v.Field("window", &StepDoc::window, "Minutes of the day in which it may happen.");
    v.Field("skip_if", &StepDoc::skip_if, "Left out when this holds.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};
enum class ChannelDoc : uint8_t { kEmail, kCall, kLinkedin, kSms, kTask };
constexpr std::array<YamlName<ChannelDoc>, 5> YamlNames(std::type_identity<ChannelDoc>) {
  return {{{"email", ChannelDoc::kEmail},
           {"call", ChannelDoc::kCall},
           {"linkedin", ChannelDoc::kLinkedin},
           {"sms", ChannelDoc::kSms},
           {"task", ChannelDoc::kTask}}};
}
struct ThrottleDoc {
  static constexpr std::string_view kYamlName = "throttle";
  YamlMap<Rate, ChannelDoc> per_rep, per_domain;
  template <class V>
  static void Describe(V& v) {
    v.Field("per_rep", &ThrottleDoc::per_rep, "Steps of a channel that one rep has.");
    v.Field("per_domain", &ThrottleDoc::per_domain, "Steps of a channel to one e-mail domain.");
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};
struct CadenceDoc {
  static constexpr std::string_view kYamlName = "cadence";
  Located<std::string> name;
  EnrolDoc enrol;
  std::vector<ExitEvent> exit = {ExitEvent::kReplied,      ExitEvent::kMeetingBooked,
                                 ExitEvent::kUnsubscribed, ExitEvent::kBounced,
                                 ExitEvent::kDisqualified, ExitEvent::kConverted};
  OnReassign on_reassign = OnReassign::kContinue;
  RepAwayDoc rep_away;
  UnknownZone unknown_zone = UnknownZone::kSafest;
  std::optional<ThrottleDoc> throttle;
  std::vector<StepDoc> steps;
  SourcePlace place;
  bool whole = true;
  template <class V>
  static void Describe(V& v) {
    v.Required("name", &CadenceDoc::name, "Name that routes use.");
    v.Field("enrol", &CadenceDoc::enrol, "When it begins.");
    v.Field("exit", &CadenceDoc::exit, "What ends it.", {.max_items = 16});
    v.Field("on_reassign", &CadenceDoc::on_reassign, "When the lead gets another rep.");
    v.Field("rep_away", &CadenceDoc::rep_away, "When the rep is away.");
    v.Field(
        "unknown_zone", &CadenceDoc::unknown_zone,
        "Of a prospect whose zone nothing tells: safest takes only minutes inside the window in "
        "all zones of the country. Postcodes are not looked up.");
    v.Field("throttle", &CadenceDoc::throttle, "Most steps in a length of time. No effect yet.");
    v.Required("steps", &CadenceDoc::steps, "In order.", {.max_items = 100});
  }
  void Check(const YamlNode& node, Diagnostics& out) const;
};

}  // namespace pm
