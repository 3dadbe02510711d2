#include "engine/lua/watchdog.hpp"

#include <unistd.h>

#include <chrono>
#include <string_view>
#include <utility>

namespace forge {
namespace {

void write_all(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

Timer::Timer(int milliseconds, std::function<void()> expired)
    : thread_([this, milliseconds, call = std::move(expired)] {
        std::unique_lock lock(mutex_);
        const auto limit = std::chrono::milliseconds(milliseconds);
        if (!changed_.wait_for(lock, limit, [this] { return done_; })) call();
      }) {}

Timer::~Timer() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

ProcessDeadline::ProcessDeadline(int milliseconds, std::string message)
    : timer_(milliseconds, [text = std::move(message) + "\n"] {
        write_all(text);
        ::_exit(1);  // no destructors: the thread that holds the machine would never come back for them
      }) {}

}  // namespace forge
