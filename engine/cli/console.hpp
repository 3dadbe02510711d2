// A run as people and programs see it on the command line.
#pragma once

#include <chrono>
#include <string>

#include "engine/cli/app.hpp"
#include "engine/exec/listener.hpp"

namespace forge {

// Lines for people on standard error (a bar for rows on a terminal, a line every few seconds elsewhere), JSON lines on standard
// output with --json. While one stands, the first SIGINT or SIGTERM asks the run to stop; the second ends the process.
class Console : public Listener {
 public:
  explicit Console(Terminal& terminal);
  ~Console() override;
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  void tell(std::string_view type, const Json& details, const std::string& text) override;
  void rows(const std::string& step, long done, long total, double per_second) override;
  bool stopping() const override;

 private:
  void line(const Json& json);
  void end_bar();

  Terminal& terminal_;
  bool bar_ = false, drawn_ = false;
  std::chrono::steady_clock::time_point told_;
};

}  // namespace forge
