// Carries out many changes on one schema, one after another.
#pragma once

#include <string>
#include <vector>

#include "engine/diff/change.hpp"
#include "engine/diff/journal.hpp"
#include "engine/diff/references.hpp"

namespace forge {

// As `apply` in change.hpp, but it remembers who refers to whom, so that a plan of any length stays linear. The schema
// must outlive the editor; whoever else changes it meanwhile notes in `references` what then refers to other objects.
class SchemaEditor {
 public:
  explicit SchemaEditor(Schema& schema) : schema_(schema) {}
  // A foreign key may refer to a table that neither of the two schemas has, as SQLite lets it; both must outlive the editor.
  void carry_missing_targets(const Schema& before, const Schema& after) { outer_ = {&before, &after}; }

  // Errors (internal): the change's `before` is not what stands there; its `after` clashes with what is there or names
  // what is not; or something still refers to what it drops. The schema may then hold half of the change.
  Result<void> apply(const Change& change);
  const Schema& schema() const { return schema_; }
  References& references() { return references_; }
  // From here on every object is written down in `journal` before it is changed; null ends that.
  void set_journal(Journal* journal) { journal_ = journal; }

 private:
  Result<void> run(const Delta<Namespace>& delta);
  Result<void> run(const Delta<EnumType>& delta);
  Result<void> run(const Delta<Sequence>& delta);
  Result<void> run(const Delta<Table>& delta);
  Result<void> run(const Delta<TableShell>& delta);
  Result<void> run(const Delta<Column>& delta);
  Result<void> run(const Delta<Key>& delta);
  Result<void> run(const Delta<Index>& delta);
  Result<void> run(const Delta<ForeignKey>& delta);
  Result<void> run(const Delta<Check>& delta);
  Result<void> run(const Delta<Exclusion>& delta);
  Result<void> run(const Delta<View>& delta);
  Result<void> run(const Delta<Definition>& delta);
  Result<void> run(const Delta<Sync>& delta);
  Result<void> run(const Delta<Raw>& delta);

  Result<Table*> editable(const QName& name);
  Result<void> check_free(const QName& name);
  Result<void> check_type(const Column& column, const QName& table) const;
  Result<void> check_key_target(const ForeignKey& key, const Table& table) const;
  Result<void> check_unused(const QName& object);
  Result<void> check_column_unused(const Table& table, const std::string& column);
  void rename_everywhere(const QName& table, const std::string& from, const std::string& to);
  void rename_table_everywhere(const QName& from, const QName& to);
  template <class Rename>
  void rename_in_definitions(Rename rename);
  void rename_in_views(const QName& from, const QName& to);
  void rename_enum_everywhere(const QName& from, const QName& to);

  Table& edit(const QName& table);  // one that is there

  Schema& schema_;
  References references_;
  Journal* journal_ = nullptr;
  std::vector<const Schema*> outer_;  // see carry_missing_targets
};

}  // namespace forge
