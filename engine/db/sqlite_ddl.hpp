// What SQLite keeps only as text: the parts of a CREATE statement that no pragma gives.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/table.hpp"

namespace forge::sqlite {

// A constraint of a primary key or a unique, as written.
struct KeyText {
  std::string name;
  std::vector<IndexPart> parts;
  bool autoincrement = false;
  bool beside_column = false;  // written with its column, where DESC keeps INTEGER from being the rowid
};

struct ColumnText {
  std::string name;
  std::string type;  // as written; "" for none
  std::string collation;
  std::optional<Generated> generated;
};

struct TableText {
  std::vector<ColumnText> columns;
  std::optional<KeyText> primary_key;
  std::vector<KeyText> uniques;
  std::vector<ForeignKey> foreign_keys;  // ref_columns empty where the text names none
  std::vector<Check> checks;
  bool conflict_clauses = false;  // ON CONFLICT stands somewhere in it
};

struct IndexText {
  std::vector<IndexPart> parts;
  std::string where;
};

struct ViewText {
  std::vector<std::string> columns;
  std::string query;
};

// Reads the text that sqlite_master holds, which SQLite itself has parsed before: what cannot be understood is left out,
// never an error. `text` is a CREATE TABLE, CREATE INDEX or CREATE VIEW.
TableText read_table_text(std::string_view text);
IndexText read_index_text(std::string_view text);
ViewText read_view_text(std::string_view text);

// A default as PRAGMA table_xinfo gives it; absent for NULL.
std::optional<Expr> read_default(std::string_view text);

// Every name in the text, quoted or not, in lower case.
std::vector<std::string> names_in(std::string_view text);

}  // namespace forge::sqlite
