#include "engine/cli/console.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <ostream>

namespace forge {
namespace {

volatile sig_atomic_t asked_to_stop = 0;

void on_signal(int signal) {
  if (asked_to_stop != 0) {
    ::signal(signal, SIG_DFL);
    raise(signal);
  }
  asked_to_stop = 1;
}

std::string grouped(long number) {
  std::string out = std::to_string(number);
  for (int at = static_cast<int>(out.size()) - 3; at > 0; at -= 3) out.insert(static_cast<std::size_t>(at), ",");
  return out;
}

std::string left_text(long done, long total, double per_second) {
  if (total <= done || per_second <= 0) return "";
  const long seconds = static_cast<long>(static_cast<double>(total - done) / per_second);
  return seconds < 120 ? fmt::format(", {} s left", seconds) : fmt::format(", {} min left", seconds / 60);
}

std::string rows_text(long done, long total, double per_second) {
  const std::string of = total > 0 ? " of " + grouped(total) : "";
  return fmt::format("{}{} rows, {} rows/s{}", grouped(done), of, grouped(static_cast<long>(per_second)),
                     left_text(done, total, per_second));
}

}  // namespace

Console::Console(Terminal& terminal) : terminal_(terminal), bar_(!terminal.json && isatty(STDERR_FILENO) != 0) {
  asked_to_stop = 0;
  ::signal(SIGINT, on_signal);
  ::signal(SIGTERM, on_signal);
}

Console::~Console() {
  end_bar();
  ::signal(SIGINT, SIG_DFL);
  ::signal(SIGTERM, SIG_DFL);
}

bool Console::stopping() const { return asked_to_stop != 0; }

void Console::line(const Json& json) {
  terminal_.out << json.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n" << std::flush;
}

void Console::end_bar() {
  if (drawn_) terminal_.err << "\n";
  drawn_ = false;
}

void Console::tell(std::string_view type, const Json& details, const std::string& text) {
  if (terminal_.json) {
    Json out{{"version", 1}, {"type", type}};
    out.update(details);
    line(out);
    return;
  }
  if (text.empty()) return;
  end_bar();
  terminal_.err << escape_control(text) << "\n" << std::flush;
}

void Console::rows(const std::string& step, long done, long total, double per_second) {
  const auto now = std::chrono::steady_clock::now();
  const auto apart = bar_ ? std::chrono::milliseconds(200) : std::chrono::milliseconds(terminal_.json ? 1000 : 5000);
  const bool first = told_ == std::chrono::steady_clock::time_point{};
  if (!first && now - told_ < apart) return;
  told_ = now;
  if (terminal_.json) {
    return line({{"version", 1},
                 {"type", "rows"},
                 {"step", step},
                 {"done", done},
                 {"total", total},
                 {"per_second", per_second}});
  }
  const auto text = rows_text(done, total, per_second);
  if (!bar_) {
    terminal_.err << "  " << text << "\n" << std::flush;
    return;
  }
  const int width = 24,
            full = total > 0
                       ? static_cast<int>(std::min(1.0, static_cast<double>(done) / static_cast<double>(total)) * width)
                       : 0;
  terminal_.err << fmt::format("\r  [{}{}] {}\x1b[K", std::string(static_cast<std::size_t>(full), '#'),
                               std::string(static_cast<std::size_t>(width - full), ' '), text)
                << std::flush;
  drawn_ = true;
}

}  // namespace forge
