// What the text of a trigger, a routine … names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/model/definition.hpp"
#include "engine/model/sql/meaning.hpp"

namespace forge {

class DefinitionText {
 public:
  // Its statement and its body, and what stands between dollar quotes in them. `has` tells of tables that the text may name, and
  // must outlive this.
  DefinitionText(const Definition& definition, const HasColumn& has);
  DefinitionText(const DefinitionText&) = delete;
  DefinitionText& operator=(const DefinitionText&) = delete;

  // Does it read or write a table or view of this name, be it behind FROM, INTO …, or in front of a column?
  bool uses_table(const QName& table) const;
  // NEW.column or OLD.column, or UPDATE OF column: of the row that a trigger is called for.
  bool says_of_row(std::string_view column) const;
  // A column that has gone from the table, or may mean that.
  bool says_column(const QName& table, std::string_view column) const;
  // Does it name this anywhere?
  bool names(std::string_view name) const;
  std::vector<std::string> all_names() const;

 private:
  std::string text_;
  sql::Statements statements_;
  sql::Meaning meaning_;
};

}  // namespace forge
