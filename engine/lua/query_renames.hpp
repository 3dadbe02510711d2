// Renames in the queries of views, for built-in Lua: `renamed_query(query, renames)` gives the query with columns and tables renamed as
// engine/model/sql does it.
#pragma once

#include "engine/model/sql/has_column.hpp"

namespace forge::lua {

// While it lives, those renames on this thread know what other tables have. `has` must outlive it.
class KnownColumns {
 public:
  explicit KnownColumns(const HasColumn& has);
  ~KnownColumns();
  KnownColumns(const KnownColumns&) = delete;
  KnownColumns& operator=(const KnownColumns&) = delete;

 private:
  const HasColumn* before_;
};

}  // namespace forge::lua
