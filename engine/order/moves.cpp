#include "engine/order/moves.hpp"

#include <algorithm>
#include <array>

#include "engine/model/publication.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

// The sync of a step that lets new columns lead which stand beside the old ones; null where it has none.
const Sync* leads_anew(const Change& op) {
  const auto* delta = std::get_if<Delta<Sync>>(&op);
  if (!delta || delta->before || !delta->after || delta->after->kind != "columns") return nullptr;
  const auto leads = [](const SyncPair& pair) { return pair.lead != "old"; };
  return std::ranges::any_of(delta->after->pairs, leads) ? &*delta->after : nullptr;
}

}  // namespace

Moves moves_of(const Step& step) {
  Moves moves;
  std::set<QName> left;
  std::map<QName, Columns> left_columns;
  for (const auto& op : step.ops) {
    if (const auto* shell = std::get_if<Delta<TableShell>>(&op); shell && shell->before->name != shell->after->name) {
      if (left.contains(shell->after->name)) moves.swapped[shell->after->name] = shell->before->name;
      left.insert(shell->before->name);
      moves.renames = true;
    }
    moves.leads = moves.leads || leads_anew(op);
    const auto* column = std::get_if<Delta<Column>>(&op);
    if (!column || !column->before) continue;
    if (column->after && column->before->default_value != column->after->default_value) {
      moves.defaults[column->table].insert(column->after->name);
    }
    if (!column->after) {
      moves.gone[column->table].insert(column->before->name);
    } else if (column->before->name != column->after->name) {
      if (left_columns[column->table].contains(column->after->name)) {
        moves.replaced[column->table].insert(column->after->name);
      }
      left_columns[column->table].insert(column->before->name);
      moves.renames = true;
      moves.renamed[column->table].insert(column->before->name);
    }
  }
  return moves;
}

Definition lead_followed(const Step& step, const Moves& moves, Definition one, const HasColumn& has) {
  // (On PostgreSQL a function does the reading, which the user states.)
  if (one.kind != "trigger" || names_object(one.create, "execute") || moves.replaced.contains(one.on)) return one;
  for (const auto& op : step.ops) {
    const Sync* sync = leads_anew(op);
    if (!sync || sync->table != one.on) continue;
    for (const auto& pair : sync->pairs) {
      const bool both = !pair.old_column.empty() && !pair.new_column.empty();
      if (both && pair.lead != "old") rename_column(one, one.on, pair.old_column, pair.new_column, has);
    }
  }
  return one;
}

Definition renamed_by(const Step& step, const Moves& moves, Definition one, const HasColumn& has) {
  for (const auto& op : step.ops) {
    if (const auto* shell = std::get_if<Delta<TableShell>>(&op); shell && shell->before->name != shell->after->name) {
      if (!moves.swapped.contains(shell->before->name)) rename_table(one, shell->before->name, shell->after->name, has);
    }
    const auto* column = std::get_if<Delta<Column>>(&op);
    if (!column || !column->before || !column->after || column->before->name == column->after->name) continue;
    const auto taken = moves.replaced.find(column->table);
    if (taken != moves.replaced.end() && taken->second.contains(column->before->name)) continue;
    rename_column(one, column->table, column->before->name, column->after->name, has);
  }
  return one;
}

bool says_of_row(const Definition& one, const std::string& column) {
  const std::string text = one.create + "\n" + (body_follows(one) ? one.body : "");
  const auto tokens = sql_tokens(text);
  for (std::size_t i = 2; i < tokens.size(); ++i) {
    if (!token_names(tokens[i], column) || tokens[i - 1].text != ".") continue;
    if (token_names(tokens[i - 2], "new") || token_names(tokens[i - 2], "old")) return true;
  }
  return false;
}

bool names_one(const std::string& text, const Columns& columns) {
  return std::ranges::any_of(columns, [&](const std::string& column) { return names_object(text, column); });
}

bool concerns(const Definition& one, const QName& table) {
  return one.on == table || names_in_statement(one, table.name);
}

bool says_row_number(const Definition& one, const Table& table) {
  return std::ranges::any_of(std::array{"rowid", "oid", "_rowid_"}, [&](const char* word) {
    const bool column = std::ranges::any_of(
        table.columns, [&](const Column& other) { return token_names({TokenKind::word, other.name}, word); });
    return !column && names_object(one.create, word);
  });
}

bool says_one(const DefinitionPart& part, const Columns& columns) {
  return std::ranges::any_of(columns, [&](const std::string& column) { return publishes_column(part, column); });
}

bool moved(const Moves& moves, const QName& table, const DefinitionPart& part) {
  if (moves.swapped.contains(table)) return true;
  const auto meets = [&](const std::map<QName, Columns>& tables) {
    const auto found = tables.find(table);
    return found != tables.end() && says_one(part, found->second);
  };
  return meets(moves.replaced) || meets(moves.gone);
}

}  // namespace forge
