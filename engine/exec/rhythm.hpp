// When the next batch of a walk over rows or documents may begin, and how large it is.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "engine/exec/pace.hpp"
#include "engine/exec/running.hpp"

namespace forge {

class Rhythm {
 public:
  // What the plan has: the size of the first batch, the pause behind one of that size, and how many rows there are.
  struct Planned {
    std::int64_t rows = 0;
    long pause_ms = 0;
    std::int64_t all = 0;
  };
  Rhythm(Running& run, const Step& step, Planned planned);

  // Before a batch: what was said meanwhile, and whether the server bears it. Waits as long as it does not. Errors (partly): the
  // runner was asked to stop, or waited for too long; `may_go_on`'s.
  Result<void> hold();
  // After a batch: its size follows the time that it took; what has been done is told.
  void follow(double milliseconds, long moved);
  void follow_time(double milliseconds);
  void add(long moved) { done_ += moved; }

  // Between two batches: for as long as somebody has said, else as the plan has it.
  void pause() const;

  std::int64_t rows() const { return rows_; }  // of the next batch

 private:
  Result<void> waited(const std::string& why) const;
  std::int64_t most_rows() const;

  Running& run_;
  const Step& step_;
  Pace pace_;
  PaceRow said_;
  Planned planned_;
  std::int64_t rows_;
  long done_ = 0;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace forge
