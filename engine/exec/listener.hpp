// Who is told how a plan gets on, and who may ask it to stop.
#pragma once

#include <string>
#include <string_view>

#include "engine/model/json.hpp"

namespace forge {

class Listener {
 public:
  virtual ~Listener() = default;

  // `type` and `details` for programs, `text` for people: one line each.
  virtual void tell(std::string_view type, const Json& details, const std::string& text) = 0;
  // How far a backfill is: rows done of so many (below 0: not known), and rows a second. Comes after every batch.
  virtual void rows(const std::string& step, long done, long total, double per_second) = 0;
  // Whether somebody asked to stop: what is under way ends at the next point from which it can go on.
  virtual bool stopping() const = 0;
};

}  // namespace forge
