#include "engine/model/law_generated.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/letters.hpp"
#include "engine/model/sql/columns.hpp"

namespace forge {
namespace {

// Letter case is the engine's to tell apart: a name in other letters is taken for the column where that is said in small ones.
bool names_column(const std::string& said, const std::string& column) {
  return said == column || folded(said) == column;
}

}  // namespace

std::optional<GeneratedFault> generated_fault(const Table& table, const Column& column, const Laws& laws,
                                              const std::string& engine) {
  if (!column.more->generated) return std::nullopt;
  const auto says = columns_said(column.more->generated->expr);
  bool earlier = true;
  for (const auto& other : table.columns) {
    if (&other == &column) {
      earlier = false;
      continue;
    }
    if (std::ranges::none_of(says, [&](const auto& said) { return names_column(token_name(said), other.name); }))
      continue;
    const auto fault = [&](std::string_view which, std::string_view hint) {
      return GeneratedFault{fmt::format("the generated column '{}' of '{}' reads '{}', which {}", column.name,
                                        display(table.name), other.name, which),
                            fmt::format(fmt::runtime(hint), engine)};
    };
    const bool stored = column.more->generated->stored;
    if (other.more->identity && (laws.counter_computes == "none" || (laws.counter_computes == "virtual" && stored))) {
      return fault("counts up", "{} computes nothing from a column that it numbers by itself");
    }
    if (!other.more->generated) continue;
    if (laws.generated_reads == "none") {
      return fault("is generated itself",
                   "{} computes from ordinary columns alone: state the other's expression in it");
    }
    if (laws.generated_reads == "earlier" && !earlier) {
      return fault("is generated behind it",
                   "{} computes from generated columns that stand before it: exchange the two");
    }
  }
  return std::nullopt;
}

}  // namespace forge
