#include "app/commands/shell_word.h"

#include <algorithm>
#include <string_view>

namespace pm {

namespace fs = std::filesystem;

std::string ShellWord(const fs::path& path) {
  std::error_code ignored;
  const fs::path here = fs::current_path(ignored);
  const fs::path near = path.lexically_relative(here);
  const std::string text = (near.empty() || near.native().starts_with("..") ? path : near).string();
  const bool plain = std::ranges::all_of(text, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("/._-+").contains(c);
  });
  if (plain) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::string ProgramWord() {
  std::error_code ignored;
  return ShellWord(fs::read_symlink("/proc/self/exe", ignored));
}

}  // namespace pm
