#include "engine/lua/fills.hpp"

#include "engine/model/sql/renaming.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {

Fills fills_of(const ColumnIntent& said, QName was, const QName& now) {
  if (was.empty()) was = now;
  const auto bare = [&](const std::string& text) { return without_qualifier(without_qualifier(text, was), now); };
  Fills out{bare(said.backfill_up), bare(said.backfill_down)};
  if (!out.down.empty() && was != now) out.down = rename_table_in_query(out.down, now, was);
  return out;
}

}  // namespace forge
