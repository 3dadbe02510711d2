#include "tests/support/background.hpp"

#include <chrono>
#include <fstream>
#include <iterator>

#include "tests/support/product.hpp"

namespace forge::test {

bool within_seconds(int seconds, const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

Background::Background(const std::string& line) {
  thread_ = std::thread([this, line] {
    code_ = run_shell("echo $$ > " + folder_.file("pid") + "; exec " + line + " > " + folder_.file("out") + " 2>&1", {},
                      source_folder())
                .exit_code;
  });
}

Background::~Background() {
  if (!thread_.joinable()) return;
  signal("KILL");  // a test that failed waits for nothing
  thread_.join();
}

bool Background::says(const std::string& text) {
  return within_seconds(20, [&] { return this->text().find(text) != std::string::npos; });
}

std::string Background::text() const {
  std::ifstream in(folder_.file("out"), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void Background::signal(const std::string& name) { run_shell("kill -" + name + " $(cat " + folder_.file("pid") + ")"); }

int Background::code() {
  thread_.join();
  return code_;
}

}  // namespace forge::test
