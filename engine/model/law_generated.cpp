#include "engine/model/law_generated.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/letters.hpp"
#include "engine/model/sql/scan.hpp"

namespace forge {
namespace {

using sql::Significant;

// A type behind a cast, the part that EXTRACT takes, or the unit behind an interval's figure: no column, whatever it is called.
bool is_type_or_unit(const Significant& tokens, std::size_t i) {
  if (tokens.is(i + 1, "from")) return true;
  if (i == 0) return false;
  const auto kind = tokens[i - 1].kind;
  return tokens.is(i - 1, "as") || tokens.is(i - 1, ":") || tokens.is(i - 1, "::") || tokens.is(i - 1, ")") ||
         kind == TokenKind::number || kind == TokenKind::string;
}

// Letter case is the engine's to tell apart: a name in other letters is taken for the column where that is said in small ones.
bool names_column(const std::string& said, const std::string& column) {
  return said == column || folded(said) == column;
}

}  // namespace

std::vector<Token> columns_said(std::string_view expression) {
  const Significant tokens(expression);
  std::vector<Token> out;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!sql::is_name(tokens[i]) || tokens.is_call(i) || tokens.is_keyword(i) || is_type_or_unit(tokens, i)) continue;
    out.push_back(tokens[i]);
  }
  return out;
}

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
