// Where the demo keeps its data: a folder that is named and stays, or one of its own that goes with
// it.
#pragma once
#include <string>

#include "base/result.h"

namespace pm {

class DemoFolder {
 public:
  // Empty: a fresh temporary one. PM0716 when `named` holds something already, or none can be made.
  static Result<DemoFolder> Make(const std::string& named);
  ~DemoFolder();  // removes a temporary one with all that is in it
  DemoFolder(DemoFolder&& other) noexcept;
  DemoFolder& operator=(DemoFolder&&) = delete;

  const std::string& path() const { return path_; }
  bool stays() const { return stays_; }

 private:
  DemoFolder(std::string path, bool stays) : path_(std::move(path)), stays_(stays) {}
  std::string path_;  // empty: moved from
  bool stays_;
};

}  // namespace pm
