// Commands as they are printed to be typed.
#pragma once
#include <filesystem>
#include <string>

namespace pm {

// A path as a shell's word: from here where it lies below, quoted where it must be.
std::string ShellWord(const std::filesystem::path& path);
// The program that runs, as such a word.
std::string ProgramWord();

}  // namespace pm
