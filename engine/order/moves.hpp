// What a step moves under triggers, policies and the like, and how their texts follow it. Shared by the carriers of definitions.
#pragma once

#include <map>
#include <set>
#include <string>

#include "engine/model/definition.hpp"
#include "engine/model/table.hpp"
#include "engine/plan/step.hpp"

namespace forge {

using Columns = std::set<std::string>;

// What a step moves under the definitions that stand when it begins.
struct Moves {
  std::map<QName, QName> swapped;     // tables whose name passes to another table, and what that is called before
  std::map<QName, Columns> replaced;  // columns whose name passes to another column
  std::map<QName, Columns> renamed;   // columns that are only renamed
  std::map<QName, Columns> gone;      // columns that are dropped
  std::map<QName, Columns> defaults;  // columns whose default changes, and with it that of every heir
  bool renames = false;               // does any table or column get another name?
  bool leads = false;                 // does a column lead from here on that stands beside an old one?
};

Moves moves_of(const Step& step);

bool names_one(const std::string& text, const Columns& columns);
// Does the definition belong to the table, or name it?
bool concerns(const Definition& one, const QName& table);
// Does the list of columns, or the condition, of what a publication has name one of these?
bool says_one(const DefinitionPart& part, const Columns& columns);
// Does the step move the table of a publication's part, or a column that the part names?
bool moved(const Moves& moves, const QName& table, const DefinitionPart& part);

// From the change-over on a trigger of the table reads the column that leads: made again behind the sync's own triggers, it
// finds there what either application wrote, whereas the other column still has its former value when it is tested first.
Definition lead_followed(const Step& step, const Moves& moves, Definition one, const HasColumn& has);

// A definition's text with what the step renames, but for names that pass to something else. `has` tells of the tables as they are
// before the step.
Definition renamed_by(const Step& step, const Moves& moves, Definition one, const HasColumn& has);

// Does the trigger say NEW.column or OLD.column?
bool says_of_row(const Definition& one, const std::string& column);

// Does a text say the number of a row, which SQLite writes as the key's name once that is renamed? Not where a column is called so.
bool says_row_number(const Definition& one, const Table& table);

}  // namespace forge
