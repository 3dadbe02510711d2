// `changes = { … }`: each word acts on the schema as the ones before it have left it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/diff/change.hpp"
#include "engine/diff/editor.hpp"
#include "engine/lua/spec_draft.hpp"

namespace forge::spec {

class Changer {
 public:
  Changer(Context& context, const Schema& before, std::vector<Raw>& raws) : c_(context), before_(before), raws_(raws) {
    draft_.schema = before;
  }

  // Carries out the change node at `index`.
  Result<void> run(int index);
  SchemaDraft take();

 private:
  using Handler = Result<void> (Changer::*)(int index);
  static const std::vector<std::pair<std::string_view, Handler>>& handlers();

  // spec_changes.cpp: tables and columns
  Result<void> create_table(int index);
  Result<void> drop_table(int index);
  Result<void> rename_table(int index);
  Result<void> alter_table(int index);
  Result<void> add_members(int index);
  Result<void> drop_column(int index);
  Result<void> rename_column(int index);
  Result<void> alter_column(int index);
  Result<void> comment(int index);
  Result<void> execute(int index);
  // spec_changes_members.cpp: keys, indexes, constraints, and the other objects
  Result<void> drop_primary_key(int index);
  Result<void> drop_by_columns(int index);
  Result<void> drop_index(int index);
  Result<void> rename_index(int index);
  Result<void> drop_constraint(int index);
  Result<void> rename_constraint(int index);
  Result<void> create_object(int index);
  Result<void> alter_object(int index);
  Result<void> drop_object(int index);
  Result<void> add_value(int index);

  // The table that the change names, for editing. Null: `error` is set.
  Result<Table*> table(const QName& name, std::string_view shown);
  Result<void> missing(std::string_view what, std::string_view name, const std::vector<std::string>& known) const;
  Result<void> missing_column(const std::string& name, const Table& found) const;
  std::unexpected<Error> wrong(std::string message, std::string hint = {}, std::string_view token = {}) const;
  // "table.column" → the table and the column.
  Result<std::pair<QName, std::string>> member_name(std::string_view what) const;
  Result<std::pair<Table*, std::string>> named_constraint(int index);
  // Triggers, grants and the like go with their table, and it goes out of publications.
  void drop_what_stands_on(const QName& table);
  Result<void> not_used(const QName& table, const std::string& column);
  // The column's own name in `before`, where the table stood there with it; empty for one that these changes add.
  std::string name_before(const QName& table, const std::string& column) const;
  // Is the node at `index` its word and a name alone?
  bool says_nothing(int index) const;
  ColumnIntent& column_intent(const QName& table, const std::string& column);
  Result<std::pair<Table*, std::size_t>> find_index();
  // What a constraint that is not there may have been meant to be.
  std::string meant(const std::string& name, const Table& table) const;
  // Where the table is changed, for what is found out later about a change that has no other place.
  void note_place(const QName& table);
  Result<void> carry_out(const Change& change);
  void note_references();
  // What a view reads, as far as that is there by now: a rename below it is to reach it.
  void guess_uses(const QName& view);
  NodeKind object_kind() const;

  Context& c_;
  const Schema& before_;
  std::vector<Raw>& raws_;
  SchemaDraft draft_;
  SchemaEditor editor_{draft_.schema};
  ChangeNode node_;  // of the change under way
  NodePlace place_ = 0;
  std::set<QName> guessed_;  // views whose `uses` nobody has stated
};

}  // namespace forge::spec
