// What fills a column, as the planner is told it.
#pragma once

#include <string>

#include "engine/model/spec.hpp"

namespace forge {

struct Fills {
  std::string up, down;
};

// The column's expressions each way. Over the row alone bare names do: they outlive a rename of the table, which is called `now`
// after the plan, and `was` before it (empty: so, too). A way back that has queries of its own may say the table by its new name: it begins under the old one,
// and follows the rename like everything else.
Fills fills_of(const ColumnIntent& said, QName was, const QName& now);

}  // namespace forge
