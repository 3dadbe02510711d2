// What the text of a trigger, a routine … names, as far as tokens tell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/model/definition.hpp"
#include "engine/model/sql_text.hpp"

namespace forge {

class DefinitionText {
 public:
  // Its statement and its body, and what stands between dollar quotes in them.
  explicit DefinitionText(const Definition& definition);

  // Does it read or write a table or view of this name, be it behind FROM, INTO …, or in front of a column?
  bool uses_table(const QName& table) const;
  // NEW.column or OLD.column, or UPDATE OF column: of the row that a trigger is called for.
  bool says_of_row(std::string_view column) const;
  // The column by itself, or behind the table's name or what the text calls it.
  bool says_column(const QName& table, std::string_view column) const;
  // Does it name this anywhere?
  bool names(std::string_view name) const;
  std::vector<std::string> all_names() const;

 private:
  void add(std::string_view text);
  bool is(std::size_t i, std::string_view text) const;
  bool table_at(std::size_t i, const QName& table) const;
  std::vector<std::string> qualifiers(const QName& table) const;

  std::vector<Token> tokens_;  // without space, comments and strings
};

}  // namespace forge
