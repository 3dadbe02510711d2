// Joins that go by the names of columns.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace forge {

struct JoinNames {
  bool natural = false;               // by all the names that both sides have
  std::set<std::string> using_names;  // in small letters
};

// What a query's joins go by, at any level of it.
JoinNames join_names(std::string_view query);

}  // namespace forge
