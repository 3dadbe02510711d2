#include "engine/exec/watch.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "engine/exec/health.hpp"
#include "engine/exec/tool.hpp"

namespace forge {
namespace {

Result<double> number_in(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  const bool blank = std::string_view(end).find_first_not_of(" \t\r\n") == std::string_view::npos;
  if (end != text.c_str() && blank && std::isfinite(value)) return value;
  return fail(ErrorCode::database, fmt::format("'{}' is no number", text));
}

}  // namespace

Result<double> Watch::value_of(const WatchedFigure& figure) {
  if (!figure.command.empty()) {
    FORGE_ASSIGN(const auto text, shell_says(figure.command, database_));
    return number_in(text);
  }
  // One that stays would go on holding the locks of what it has read, in the way of the next step.
  FORGE_ASSIGN(const auto session, open_asking_session(database_));
  FORGE_ASSIGN(const auto rows, session->query(figure.query));
  if (rows.rows.empty() || rows.rows.front().empty() || !rows.rows.front().front())
    return fail(ErrorCode::database, "it gives no value");
  return number_in(*rows.rows.front().front());
}

Result<void> Watch::judge(const WatchedFigure& figure, Since& since) {
  const auto value = value_of(figure);
  const bool high = !value || *value > figure.over;
  const auto what = value ? fmt::format("{} is {}", figure.name, *value)
                          : fmt::format("{} is not to be had ({})", figure.name, value.error().message);
  const auto tell = [&](bool now, const std::string& text) {
    Json details{{"name", figure.name}, {"over", figure.over}, {"high", now}};
    if (value) details["value"] = *value;
    listener_.tell("watch", details, "  watch: " + text);
  };
  if (!high) {
    if (since.begun) tell(false, what + fmt::format(", no longer above {}", figure.over));
    since = {};
    return {};
  }
  const auto now = Clock::now();
  if (!since.begun) {
    tell(true, value ? what + fmt::format(", above {}", figure.over) : what);
    since.begun = now;
  }
  since.known = since.known && value;
  if (now - *since.begun < figure.lasting) return {};
  asks_back_ = figure.back && since.known;
  const auto lasting = std::chrono::duration_cast<std::chrono::seconds>(now - *since.begun).count();
  return fail(ErrorCode::partly,
              what + (value ? fmt::format(", above {}", figure.over) : "") +
                  (lasting > 0 ? fmt::format(", for {} s", lasting) : ""),
              "see to it; the same command goes on from here");
}

Result<void> Watch::look() {
  if (looked_ && Clock::now() - *looked_ < list_.every) return {};
  looked_ = Clock::now();
  for (std::size_t i = 0; i < list_.figures.size(); ++i) FORGE_TRY(judge(list_.figures[i], since_[i]));
  return {};
}

}  // namespace forge
