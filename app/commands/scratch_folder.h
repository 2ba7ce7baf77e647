// A folder that one process at a time has, empty at first and gone at the end. The lock is the
// system's and goes with the process, so that what one that died left behind is in nobody's way.
#pragma once
#include <memory>
#include <string>

#include "base/result.h"

namespace pm {

class ScratchFolder {
 public:
  // PM0552 while another has it: then nothing in it was touched. PM0501 it cannot be made.
  static Result<std::unique_ptr<ScratchFolder>> Take(std::string path);
  ~ScratchFolder();  // removes it with all that is in it
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  ScratchFolder(std::string path, int folder) : path_(std::move(path)), folder_(folder) {}

  const std::string path_;
  const int folder_;  // open; the lock is its
};

}  // namespace pm
