// An application's traffic on a database: sessions that send statements one after the other, each of them timed.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace forge::test {

// What came of some statements; times in milliseconds.
struct TrafficReport {
  std::size_t statements = 0;
  double p50 = 0, p99 = 0, max = 0;
  std::vector<std::string> failures;  // the server's words, and the statement
};

class Traffic {
 public:
  // The i-th statement (from 0) of a session (from 0).
  using Statement = std::function<std::string(int session, int i)>;

  // Begins at once: each session rests `rest_ms` between two statements.
  Traffic(const std::string& url, int sessions, Statement statement, double rest_ms = 1);
  ~Traffic();
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  // What has come since the last call; goes on.
  TrafficReport cut();
  // Ends all sessions; how many statements each of them has sent.
  std::vector<int> stop();

 private:
  void session(const std::string& url, int number, const Statement& statement, double rest_ms);

  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<double> times_;
  std::vector<std::string> failures_;
  std::vector<int> sent_;
  std::vector<std::thread> threads_;
};

}  // namespace forge::test
