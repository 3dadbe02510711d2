// What a name in a SQL text means, where several tables may have a column that is called so.
#pragma once

#include <string>
#include <string_view>

#include "engine/model/sql/has_column.hpp"
#include "engine/model/sql/statements.hpp"

namespace forge::sql {

enum class Means { no, yes, unclear };

// Judges the names of one text. A bare name is a column of what its own SELECT or statement reads, or else of what stands around
// that. Of two tables that may both have it, `has` tells them apart; where it is missing, the inner one is believed.
class Meaning {
 public:
  // Both must outlive this. `gone`: the column that is asked for may have gone from its table, so that a bare name rather is the one
  // of another table that has it.
  Meaning(const Statements& text, const HasColumn& has, bool gone = false)
      : text_(text), tokens_(text.tokens()), has_(has), gone_(gone) {}

  // Is the token this column of this table, which has it?
  Means column(std::size_t i, const QName& table, std::string_view column) const;
  // Is the token this table: where it is named, or in front of a column?
  Means table(std::size_t i, const QName& table) const;
  // Would the column that the token means be another one, were it written `to`?
  bool another_column(std::size_t i, const QName& table, std::string_view to) const;
  // Is the token a name that another thing has, and that would mean the table's column, were that called `to` in place of `from`?
  bool captured(std::size_t i, const QName& table, std::string_view from, std::string_view to) const;
  // Would the table that the token means be another one, were it written `to`?
  bool another_table(std::size_t i, std::string_view to) const;
  // Does the query that the text is give a result of this name? nullopt: that is not known.
  std::optional<bool> result_has(const Token& column) const;
  // What is called so where the token stands; nullptr: nothing.
  const Source* called(std::size_t scope, const Token& name) const;
  // Does the source stand for this table itself?
  bool is_table(const Source& source, const QName& table) const;

 private:
  enum class Gives { no, ours, other, unknown };

  Gives gives(const Source& source, const Token& column, const QName& table, int depth = 0) const;
  Gives query_gives(const Source& source, const Token& column, const QName& table, int depth) const;
  Gives star_gives(const Scope& scope, const std::string& of, const Token& column, const QName& table, int depth) const;
  Means qualified(std::size_t i, const QName& table) const;
  Means bare(std::size_t i, const QName& table) const;
  Means written(std::size_t i, const QName& table) const;
  bool joined(std::size_t i, const QName& table) const;
  // The name in front of the point before `i`; kNone where there is none.
  std::size_t owner_at(std::size_t i) const;
  bool whole_row(std::size_t i) const;

  const Statements& text_;
  const Significant& tokens_;
  const HasColumn& has_;
  const bool gone_;
};

}  // namespace forge::sql
