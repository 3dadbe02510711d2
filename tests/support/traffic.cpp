#include "tests/support/traffic.hpp"

#include <algorithm>
#include <chrono>

#include "engine/db/session.hpp"

namespace forge::test {

Traffic::Traffic(const std::string& url, int sessions, Statement statement, double rest_ms) {
  sent_.resize(static_cast<std::size_t>(sessions));
  for (int i = 0; i < sessions; ++i) threads_.emplace_back([=, this] { session(url, i, statement, rest_ms); });
}

Traffic::~Traffic() { stop(); }

void Traffic::session(const std::string& url, int number, const Statement& statement, double rest_ms) {
  using Clock = std::chrono::steady_clock;
  SessionOptions options;
  options.for_plan = true;  // no time limit of ours
  auto opened = open_session(url, options);
  if (!opened) {
    const std::lock_guard lock(mutex_);
    failures_.push_back(opened.error().message);
    return;
  }
  for (int i = 0; !stopping_; ++i) {
    const auto sql = statement(number, i);
    const auto begin = Clock::now();
    const auto done = (*opened)->query(sql);
    const double ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    {
      const std::lock_guard lock(mutex_);
      times_.push_back(ms);
      sent_[static_cast<std::size_t>(number)] = i + 1;
      if (!done) failures_.push_back(done.error().message + ": " + sql);
    }
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(rest_ms));
  }
}

TrafficReport Traffic::cut() {
  TrafficReport out;
  std::vector<double> times;
  {
    const std::lock_guard lock(mutex_);
    times.swap(times_);
    out.failures.swap(failures_);
  }
  out.statements = times.size();
  if (times.empty()) return out;
  std::ranges::sort(times);
  const auto at = [&](double share) {
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
  };
  out.p50 = at(0.5);
  out.p99 = at(0.99);
  out.max = times.back();
  return out;
}

std::vector<int> Traffic::stop() {
  stopping_ = true;
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  return sent_;
}

}  // namespace forge::test
