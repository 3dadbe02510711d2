// Figures of the running system that are looked at while a plan is run (forgelua.yml, `watch`).
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/exec/listener.hpp"

namespace forge {

struct WatchedFigure {
  std::string name;
  std::string query, command;      // one of the two; its first value, or what it prints, is the figure
  double over = 0;                 // above it the figure is too high
  std::chrono::seconds lasting{};  // for so long, at every look
  bool back = false;               // what the run has done is then undone; else it ends there
};

struct WatchList {
  std::vector<WatchedFigure> figures;
  std::chrono::seconds every{10};     // between two looks
  std::chrono::seconds afterwards{};  // apply goes on looking for so long behind its last step
};

class Watch {
 public:
  // `list`, `listener` must outlive it; `database` is the URL that queries go to.
  Watch(const WatchList& list, std::string database, Listener& listener)
      : list_(list), database_(std::move(database)), listener_(listener), since_(list.figures.size()) {}

  // Looks, where the last look is long enough ago; a figure that begins to be too high, or ends, is told. One that cannot be had
  // counts as too high, and never takes anything back. Errors (partly): a figure has been too high for as long as it may.
  Result<void> look();
  // Whether the figure that ended the run asks for the way back.
  bool asks_back() const { return asks_back_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Since {
    std::optional<Clock::time_point> begun;
    bool known = true;  // at every look since
  };

  Result<double> value_of(const WatchedFigure& figure);
  Result<void> judge(const WatchedFigure& figure, Since& since);

  const WatchList& list_;
  std::string database_;
  Listener& listener_;
  std::vector<Since> since_;
  std::optional<Clock::time_point> looked_;
  bool asks_back_ = false;
};

}  // namespace forge
