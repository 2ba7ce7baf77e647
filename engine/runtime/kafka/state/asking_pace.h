// Shares out the time for which a worker waits for answers that do not come, so that what nobody
// says about one task, or about one dead owner, does not stop its others. One thread.
#pragma once
#include <map>
#include <string>

#include "engine/runtime/clock.h"
#include "engine/runtime/kafka/client/kafka_client.h"

namespace pm {

class AskingPace {
 public:
  // How long a question waits for its answer.
  static constexpr Duration kAnswer = Seconds(2);
  // Those who are silent take one part in so many of the time, however many they are: whom a
  // question waited for in vain is left in peace the longer, the more of them there are.
  static constexpr int64_t kParts = 4;

  AskingPace(KafkaClient& client, const Clock& clock) : client_(client), clock_(clock) {}

  // False while `whom` is left in peace, and for as long as the last question waited in vain:
  // there is other work, too.
  bool MayAsk(const std::string& whom) const;
  // Calls it, with a client that waits kAnswer at most. IsPassing errors are no answers.
  template <class Question>
  auto Ask(const std::string& whom, const Question& question) {
    const Duration began = clock_.Measure();
    client_.WaitAtMost(kAnswer);
    auto answer = question();
    client_.WaitAtMost({});
    Note(whom, answer.has_value() || !IsPassing(answer.error()), clock_.Measure() - began);
    return answer;
  }
  // The same of a question that was asked by other means and took so long.
  void Note(const std::string& whom, bool answered, Duration took);
  void Forget() { silent_.clear(); }

 private:
  struct Silence {
    Duration took;   // the last question
    Duration until;  // it is not asked before
  };

  KafkaClient& client_;
  const Clock& clock_;
  std::map<std::string, Silence> silent_;
  Duration works_until_;  // nobody is asked before
};

}  // namespace pm
