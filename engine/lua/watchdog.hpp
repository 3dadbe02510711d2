// Bounds on time: one that stops Lua code, and one that ends the process where nothing else could.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace forge {

// Calls a function once, from a thread of its own, unless destroyed before the time is up.
class Timer {
 public:
  // `milliseconds` from now; `expired` must be safe to call from another thread and must not throw.
  Timer(int milliseconds, std::function<void()> expired);
  ~Timer();  // waits for a call that has begun
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::thread thread_;
};

// Ends the process with exit code 1 and `message` on stderr unless destroyed in time. For work that has written nothing
// yet: the Lua machine cannot be stopped inside a single library call, and this can.
class ProcessDeadline {
 public:
  ProcessDeadline(int milliseconds, std::string message);

 private:
  Timer timer_;
};

}  // namespace forge
