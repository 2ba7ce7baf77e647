// The command line: the table of commands as CLI11 sees it. The only file that knows CLI11.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "app/commands/commands.h"

namespace {

struct Parsed {
  std::vector<std::unique_ptr<std::string>> texts;
  std::vector<std::pair<std::string, CLI::Option*>> options;
  CLI::App* app = nullptr;
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string_view HelpOf(std::string_view group) {
  const auto found = std::ranges::find(pm::Groups(), group, &pm::GroupDecl::name);
  return found == pm::Groups().end() ? std::string_view() : found->help;
}

// `rules --help`: what the words lack is no fault then.
bool AsksForHelp(std::string_view option) {
  return option == "--help" || option == "-h" || option == "--help-all";
}

// `rules check` is `check` below `rules`.
CLI::App* Below(CLI::App* root, std::string_view name, std::string_view help) {
  CLI::App* at = root;
  while (true) {
    size_t space = name.find(' ');
    std::string word(name.substr(0, space));
    const auto known = at->get_subcommands([&](CLI::App* app) { return app->get_name() == word; });
    CLI::App* next = known.empty() ? nullptr : known.front();
    bool last = space == std::string_view::npos;
    if (next == nullptr) next = at->add_subcommand(word, std::string(last ? help : HelpOf(word)));
    at = next;
    if (last) return at;
    at->require_subcommand(1);
    name.remove_prefix(space + 1);
  }
}

void Declare(const pm::CommandDecl& command, CLI::App* root, Parsed* parsed) {
  parsed->app = Below(root, command.name, command.help);
  for (const pm::OptionDecl& option : command.options) {
    std::string name(option.name);
    bool positional = !name.starts_with('-');
    CLI::Option* made = nullptr;
    if (positional || !option.value.empty()) {
      parsed->texts.push_back(std::make_unique<std::string>());
      made = parsed->app->add_option(name, *parsed->texts.back(), std::string(option.help));
      made->type_name(std::string(positional ? "" : option.value));
      made->required(option.required);
    } else {
      made = parsed->app->add_flag(name)->description(std::string(option.help));
    }
    parsed->options.emplace_back(positional ? Lower(name) : name.substr(2), made);
  }
}

int Run(const pm::CommandDecl& command, const Parsed& parsed) {
  pm::Arguments arguments;
  for (const auto& [name, option] : parsed.options) {
    if (option->count() > 0) arguments.Set(name, option->results().back());
  }
  const char* no_color = std::getenv("NO_COLOR");
  bool terminal = isatty(STDERR_FILENO) == 1;
  pm::Streams streams{std::cin,  std::cout,
                      std::cerr, isatty(STDOUT_FILENO) == 1,
                      terminal,  terminal && (no_color == nullptr || *no_color == '\0')};
  return pm::RunCommand(command, arguments, streams);
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  CLI::App app("Scores, routes and follows up leads. Documentation: README.md", "pointsman");
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Help for every command");
  std::vector<std::string_view> words;
  while (static_cast<int>(words.size()) + 1 < argc && argv[words.size() + 1][0] != '-')
    words.emplace_back(argv[words.size() + 1]);
  const std::string below = words.size() == 1 ? pm::HelpOfGroup(words[0]) : std::string();
  const bool helped = !below.empty() && argc > 2 && AsksForHelp(argv[2]);
  if (const auto known = pm::ExpectCommand(words); !known.has_value() && !helped) {
    pm::Streams streams{std::cin, std::cout, std::cerr};
    return pm::Complain(streams, pm::kExitUsage, known.error(),
                        below.empty() ? "pointsman --help lists them all" : below);
  }
  std::vector<Parsed> parsed(pm::Commands().size());
  for (size_t i = 0; i < parsed.size(); ++i) Declare(pm::Commands()[i], &app, &parsed[i]);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    int code = app.exit(error, std::cout, std::cerr);
    return code == 0 ? pm::kExitFine : pm::kExitUsage;
  }
  for (size_t i = 0; i < parsed.size(); ++i) {
    if (parsed[i].app->parsed()) return Run(pm::Commands()[i], parsed[i]);
  }
  return pm::kExitUsage;
}
