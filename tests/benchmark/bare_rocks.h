// The bare loop: captured reads and writes into RocksDB, with the engine's options, batches and
// syncs, and nothing of the engine. What it takes is what the storage costs.
#pragma once
#include <memory>
#include <string>

#include "tests/benchmark/capture.h"

namespace pm::bench {

class BareRocks {
 public:
  // Makes or opens the directory as RocksStore does; PM_CHECKs that it can.
  explicit BareRocks(const std::string& directory);
  ~BareRocks();

  void Replay(const CapturedCommit& commit);  // PM_CHECKs that RocksDB took it

 private:
  struct Open;
  std::unique_ptr<Open> open_;
};

// Loads what is put, as it is, in batches.
class BareLoad {
 public:
  explicit BareLoad(const std::string& directory);
  ~BareLoad();

  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);
  size_t bytes() const;  // that wait for Write
  void Write();          // not synced

 private:
  struct Open;
  std::unique_ptr<Open> open_;
};

}  // namespace pm::bench
