// A pattern of topic names among the inputs, as librdkafka understands it: a POSIX extended regular
// expression, found anywhere in a name. Whoever asks which topics are meant must ask the same.
#pragma once
#include <regex.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace pm {

class TopicPattern {
 public:
  // What the C library refuses, and what it takes for something else than the writer meant
  // (`\d`, `(?i)`, `.*?`), is refused with PM0544.
  static Result<TopicPattern> Make(const std::string& text);

  bool Meets(const std::string& name) const;

 private:
  struct Free {
    void operator()(regex_t* compiled) const;
  };
  explicit TopicPattern(std::unique_ptr<regex_t, Free> compiled) : compiled_(std::move(compiled)) {}

  std::unique_ptr<regex_t, Free> compiled_;
};

}  // namespace pm
