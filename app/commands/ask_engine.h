// A running engine's API, asked by a command; every problem is told on `err`.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "app/commands/commands.h"
#include "net/http_client.h"
#include "rules/book.h"

namespace pm {

struct EngineRequest {
  std::string engine;  // its URL: http://127.0.0.1:8080
  std::string method = "GET";
  std::string path;  // /v1/...
  std::string body = {};
  bool wants_text = false;          // for people; else JSON
  std::string_view when_away = {};  // next step when no engine answers
};

// The URL named by the option, else http://127.0.0.1:8080.
std::string EngineUrl(const Arguments& arguments, std::string_view option = "url");

// The answer's body when it is a 200. Otherwise nothing, and `*exit_code` is 1 for what the engine
// refuses (4xx), 69 when none answers or it cannot (5xx).
std::optional<std::string> AskEngine(const EngineRequest& request, Streams& streams,
                                     int* exit_code);

// Whether what stands for a rule folder is a running engine's URL instead.
bool IsEngineUrl(std::string_view folder);
// The sources of the rules in force there (http://127.0.0.1:8080), or of the version that the URL
// names (.../v1/rules/versions/HASH).
std::optional<std::vector<RuleFile>> AskRules(const std::string& url, Streams& streams,
                                              int* exit_code);

}  // namespace pm
