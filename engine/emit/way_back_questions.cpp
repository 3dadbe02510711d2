#include "engine/emit/way_back_questions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "engine/model/sql/renaming.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

struct Rename {
  std::string from, to;
};

// The column that an expression is, without quotes; "" where it is anything else.
std::string bare_column(std::string_view expr) {
  const auto names = identifiers(std::string(expr));
  if (names.size() != 1) return "";
  const bool quoted = expr.size() == names[0].size() + 2 && expr.substr(1, names[0].size()) == names[0];
  return quoted || expr == names[0] ? names[0] : "";
}

bool renamed(const Step& step, const QName& table) {
  return std::ranges::any_of(step.ops, [&](const Change& op) {
    const auto* shell = std::get_if<Delta<TableShell>>(&op);
    return shell && shell->before && shell->before->name == table;
  });
}

// What a second column takes over from, with the name that it has after the step: the values live on there. A copy's columns
// take over likewise, in the step that swaps it in.
std::vector<Rename> taken_over(const Step& step, const QName& table) {
  std::vector<Rename> out;
  for (const auto& op : step.ops) {
    const auto* sync = std::get_if<Delta<Sync>>(&op);
    if (!sync || !sync->before || sync->before->table != table) continue;
    for (const auto& pair : sync->before->kind == "columns" ? sync->before->pairs : std::vector<SyncPair>()) {
      out.push_back({pair.old_column, pair.new_column});
    }
    const bool swapped = sync->before->kind == "table" && renamed(step, table);
    for (const auto& column : swapped ? sync->before->columns : std::vector<SyncColumn>()) {
      const auto from = bare_column(column.expr);
      if (!from.empty() && from != column.to) out.push_back({from, column.to});
    }
  }
  for (const auto& op : step.ops) {
    const auto* column = std::get_if<Delta<Column>>(&op);
    if (!column || !column->before || !column->after || column->table != table) continue;
    for (auto& one : out) {
      if (one.to == column->before->name) one.to = column->after->name;
    }
  }
  return out;
}

bool copied(const Step& step, const QName& table) {
  return std::ranges::any_of(step.ops, [&](const Change& op) {
    const auto* sync = std::get_if<Delta<Sync>>(&op);
    return sync && sync->before && sync->before->kind == "table" && sync->before->table == table;
  });
}

class Question {
 public:
  explicit Question(Assertion asked) : asked_(std::move(asked)) {}

  void follow(const Step& step) {
    std::set<QName> seen;
    for (const auto& op : step.ops) {
      if (const auto* shell = std::get_if<Delta<TableShell>>(&op)) follow_table(step, *shell);
      const auto* sync = std::get_if<Delta<Sync>>(&op);
      if (sync && sync->before && seen.insert(sync->before->table).second) take_over(step, sync->before->table);
      if (const auto* column = std::get_if<Delta<Column>>(&op)) follow_column(step, *column);
    }
  }
  // Rows that are kept come back from where they are.
  void follow_dropped(const Step& step, const std::vector<const Step*>& undone) {
    for (const auto& op : step.ops) {
      const auto* table = std::get_if<Delta<Table>>(&op);
      if (!table || !table->before || table->after) continue;
      for (const Step* other : undone) {
        const auto& kept = other->archive;
        if (!kept || kept->table != table->before->name) continue;
        said(rename_table_in_query(asked_.sql, kept->table, kept->as), display(kept->table), display(kept->as));
      }
    }
  }
  Assertion done() { return std::move(asked_); }

 private:
  // A table that changes places with its copy is asked about under its name: its rows are there.
  void follow_table(const Step& step, const Delta<TableShell>& shell) {
    if (!shell.before || !shell.after || shell.before->name == shell.after->name) return;
    if (copied(step, shell.before->name)) return;
    said(rename_table_in_query(asked_.sql, shell.before->name, shell.after->name), display(shell.before->name),
         display(shell.after->name));
  }

  void follow_column(const Step& step, const Delta<Column>& column) {
    if (!column.before || !column.after || column.before->name == column.after->name) return;
    const auto pairs = taken_over(step, column.table);
    if (std::ranges::any_of(pairs, [&](const Rename& one) { return one.from == column.before->name; })) return;
    said(rename_column_in_query(asked_.sql, column.table, column.before->name, column.after->name, true),
         column.before->name, column.after->name);
  }

  // All at one moment: two columns may exchange their names.
  void take_over(const Step& step, const QName& table) {
    const auto pairs = taken_over(step, table);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      asked_.sql = rename_column_in_query(asked_.sql, table, pairs[i].from, fmt::format("forgelua_moved_{}", i), true);
    }
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const auto moved =
          rename_column_in_query(asked_.sql, table, fmt::format("forgelua_moved_{}", i), pairs[i].to, true);
      if (pairs[i].from != pairs[i].to) said(moved, pairs[i].from, pairs[i].to);
      asked_.sql = moved;
    }
  }

  void said(std::string sql, const std::string& from, const std::string& to) {
    if (sql == asked_.sql) return;
    asked_.sql = std::move(sql);
    asked_.title += fmt::format(" ({} is {} by now)", from, to);
  }

  Assertion asked_;
};

}  // namespace

std::vector<Assertion> way_back_questions(const Client& client, const std::vector<const Step*>& undone) {
  if (client.mongodb()) return {};
  const IdentifierQuote quote(client.mysql() ? '`' : '"');
  std::vector<Assertion> out;
  for (auto step = undone.begin(); step != undone.end(); ++step) {
    for (const auto& asked : (*step)->checks_back) {
      Question question(asked);
      // From the step itself on: what is joined to it may rename after it asks.
      for (auto later = step + 1; later != undone.begin(); --later) {
        question.follow(**(later - 1));
        question.follow_dropped(**(later - 1), undone);
      }
      out.push_back(question.done());
    }
  }
  return out;
}

}  // namespace forge
