#include "engine/diff/serials.hpp"

#include <memory>
#include <string>

#include "engine/model/generated_names.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

bool is_serial(const Column& column) { return column.type.name == "serial" || column.type.name == "bigserial"; }

QName sequence_name(const QName& table, const std::string& column) {
  return {table.schema, serial_sequence_name(table.name, column)};
}

// The default of the same column in the other state where it reads the sequence: the server's own spelling.
std::string stated_default(const Schema& other, const QName& table, const Column& column, const QName& sequence) {
  if (const auto found = other.tables.find(table); found != other.tables.end()) {
    const Column* there = find_column(*found->second, column.name);
    if (there && there->default_value && there->default_value->text.find(sequence.name) != std::string::npos) {
      return there->default_value->text;
    }
  }
  const std::string space = sequence.schema.empty() ? "" : quote_where_needed(sequence.schema) + ".";
  return "nextval('" + space + quote_where_needed(sequence.name) + "'::regclass)";
}

void spell_out(Schema& schema, const Schema& other) {
  for (auto& [name, shared] : schema.tables) {
    std::shared_ptr<Table> changed;
    for (std::size_t i = 0; i < shared->columns.size(); ++i) {
      const Column& column = shared->columns[i];
      if (!is_serial(column)) continue;
      const QName sequence = sequence_name(name, column.name);
      if (!other.sequences.contains(sequence)) continue;
      if (!changed) changed = std::make_shared<Table>(*shared);
      Column& spelled = changed->columns[i];
      const bool wide = column.type.name == "bigserial";
      spelled.type.name = wide ? "bigint" : "integer";
      spelled.default_value = Expr{Expr::Kind::sql, stated_default(other, name, column, sequence)};
      Sequence counter;
      counter.name = sequence;
      counter.type = wide ? "" : "integer";
      counter.owned_by = display(name) + "." + display({"", column.name});
      schema.sequences[sequence] = counter;
    }
    if (changed) shared = std::move(changed);
  }
}

}  // namespace

void align_serials(Schema& before, Schema& after) {
  spell_out(before, after);
  spell_out(after, before);
}

}  // namespace forge
