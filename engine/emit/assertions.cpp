#include "engine/emit/assertions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "engine/emit/compare.hpp"
#include "engine/emit/figures.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/emit/mongo_questions.hpp"
#include "engine/emit/turn.hpp"

namespace forge {
namespace {

// Checks in the order in which they come, each query once.
struct Collector {
  Expectations found;
  std::unordered_set<std::string> queries;
};

void add(Collector& out, Assertion check) {
  if (check.sql.empty() || !out.queries.insert(check.sql).second) return;
  out.found.checks.push_back(std::move(check));
}

void add_all(Collector& out, const std::vector<Assertion>& checks) {
  for (const auto& check : checks) add(out, check);
}

std::string columns_text(const Client& client, const std::vector<std::string>& columns, std::string_view prefix = "") {
  std::string out;
  for (const auto& column : columns) {
    out += fmt::format("{}{}{}", out.empty() ? "" : ", ", prefix, sql_ident(client, column));
  }
  return out;
}

std::string all_present(const Client& client, const std::vector<std::string>& columns, std::string_view prefix = "") {
  std::string out;
  for (const auto& column : columns) {
    out += fmt::format("{}{}{} IS NOT NULL", out.empty() ? "" : " AND ", prefix, sql_ident(client, column));
  }
  return out;
}

Assertion no_nulls(const Client& client, const QName& table, const Column& column) {
  const auto title = fmt::format("{}.{} is filled in every row", display(table), column.name);
  if (client.mongodb()) return {title, mongo::without_value(table, column.name), "0"};
  // To MySQL a zero date in a NOT NULL column IS NULL.
  return {title,
          fmt::format("SELECT count(*) FROM {} WHERE {} {}", sql_name(client, table), sql_ident(client, column.name),
                      client.mysql() ? "<=> NULL" : "IS NULL"),
          "0"};
}

// SQLite has keys to tables that are not there, which nobody can ask.
Assertion no_orphans(const Client& client, const Schema& schema, const QName& table, const ForeignKey& key) {
  if (!schema.table(key.ref)) return {};
  // MongoDB enforces none, so that all depends on the question.
  if (client.mongodb()) {
    return {fmt::format("every {} ({}) has its document in {}", display(table), joined(key.columns), display(key.ref)),
            mongo::orphans(table, key), "0"};
  }
  if (key.not_enforced || key.not_valid) return {};
  std::string match;
  for (std::size_t i = 0; i < key.columns.size() && i < key.ref_columns.size(); ++i) {
    match += fmt::format("{}p.{} = c.{}", i > 0 ? " AND " : "", sql_ident(client, key.ref_columns[i]),
                         sql_ident(client, key.columns[i]));
  }
  return {
      fmt::format("every {} ({}) has its row in {}", display(table), joined(key.columns), display(key.ref)),
      fmt::format("SELECT count(*) FROM {} AS c WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS p WHERE {})",
                  sql_name(client, table), all_present(client, key.columns, "c."), sql_name(client, key.ref), match),
      "0"};
}

// The plain columns of a key or index; empty where a part is an expression, a prefix or compared in its own way.
std::vector<std::string> plain_columns(const std::vector<IndexPart>& parts) {
  std::vector<std::string> out;
  for (const auto& part : parts) {
    if (part.column.empty() || part.length > 0 || !part.collation.empty()) return {};
    out.push_back(part.column);
  }
  return out;
}

Assertion no_duplicates(const Client& client, const QName& table, const std::vector<IndexPart>& parts, bool nulls_equal,
                        const std::string& where) {
  const auto columns = plain_columns(parts);
  if (columns.empty()) return {};
  if (client.mongodb()) {
    return {fmt::format("no two documents of {} share ({})", display(table), joined(columns)),
            mongo::duplicates(table, columns, !nulls_equal, where), "0"};
  }
  std::string condition = nulls_equal ? "" : all_present(client, columns);
  if (!where.empty()) condition += fmt::format("{}({})", condition.empty() ? "" : " AND ", where);
  const auto list = columns_text(client, columns);
  return {fmt::format("no two rows of {} share ({})", display(table), joined(columns)),
          fmt::format("SELECT count(*) FROM (SELECT {0} FROM {1}{2}{3} GROUP BY {0} HAVING count(*) > 1) AS d", list,
                      sql_name(client, table), condition.empty() ? "" : " WHERE ", condition),
          "0"};
}

Assertion check_holds(const Client& client, const QName& table, const Check& check) {
  if (check.not_enforced || check.not_valid) return {};
  if (client.mongodb()) {
    return {fmt::format("every document of {} passes the check {}", display(table), check.name),
            mongo::count(table, fmt::format("{{\"$nor\":[{}]}}", check.expr)), "0"};
  }
  return {fmt::format("every row of {} passes the check {}", display(table), check.name),
          fmt::format("SELECT count(*) FROM {} WHERE NOT ({})", sql_name(client, table), check.expr), "0"};
}

Assertion view_reads(const Client& client, const View& view) {
  if (client.mongodb())
    return {fmt::format("the view {} can be read", display(view.name)), mongo::view_reads(view.name), "0"};
  return {fmt::format("the view {} can be read", display(view.name)),
          fmt::format("SELECT count(*) - count(*) FROM (SELECT * FROM {} LIMIT 1) AS r", sql_name(client, view.name)),
          "0"};
}

void table_rows(Collector& out, const Client& client, const Schema& schema, const Table& table) {
  for (const auto& column : table.columns) {
    if (!column.nullable) add(out, no_nulls(client, table.name, column));
  }
  for (const auto& key : table.uniques) {
    add(out, no_duplicates(client, table.name, key.parts, key.nulls_not_distinct, ""));
  }
  for (const auto& key : table.foreign_keys) {
    // SQLite takes a key to a table that is not there.
    if (schema.table(key.ref)) add(out, no_orphans(client, schema, table.name, key));
  }
  for (const auto& check : table.checks) add(out, check_holds(client, table.name, check));
}

// Sets a column of one row to NULL.
std::string null_write(const Client& client, const std::string& table, const std::string& column) {
  if (client.postgres()) {
    return fmt::format("UPDATE {0} SET {1} = NULL WHERE ctid = (SELECT ctid FROM {0} WHERE {1} IS NOT NULL LIMIT 1)",
                       table, column);
  }
  if (client.mysql()) return fmt::format("UPDATE {0} SET {1} = NULL WHERE {1} IS NOT NULL LIMIT 1", table, column);
  // OR IGNORE: the row stays as it is, and the shell, which stops at errors, goes on.
  return fmt::format(
      "UPDATE OR IGNORE {0} SET {1} = NULL WHERE {1} = (SELECT {1} FROM {0} WHERE {1} IS NOT NULL LIMIT 1)", table,
      column);
}

template <class T>
const T* named(const std::vector<T>& values, const std::string& name) {
  const auto found = std::ranges::find(values, name, &T::name);
  return found == values.end() ? nullptr : &*found;
}

// Triggers of the user's may fill in what a tried write leaves out.
bool foreign_triggers(const Plan& plan) {
  const auto fires = [](const auto& entry) { return entry.second.kind == "trigger" || entry.second.kind == "rule"; };
  if (std::ranges::any_of(plan.before.definitions, fires) || std::ranges::any_of(plan.after.definitions, fires)) {
    return true;
  }
  return std::ranges::any_of(plan.before.unmanaged,
                             [](const std::string& object) { return object.starts_with("trigger"); });
}

// SQLite's INTEGER PRIMARY KEY is the row's number: no NULL can be tried on it, as that is a mismatch that nothing ignores.
bool may_be_rowid(const Table& table, const Column& column) {
  return table.primary_key && table.primary_key->parts.size() == 1 &&
         table.primary_key->parts.front().column == column.name && !table.options.without_rowid &&
         (column.type.name.find("int") != std::string::npos || column.type.name == "native");
}

// What follows for the rows from one change of the diff, once it has been made. A change of a member of a renamed
// table carries the table's old name, and may carry old names of columns: the wanted table is what counts.
struct RowsOf {
  Collector& out;
  const Plan& plan;
  const Client& client;
  const std::map<QName, QName>& renamed;
  bool try_writes;

  const Table* now(const QName& name) const {
    const auto found = renamed.find(name);
    return plan.after.table(found == renamed.end() ? name : found->second);
  }

  void operator()(const Delta<Column>& change) const {
    const Table* table = change.after ? now(change.table) : nullptr;
    const Column* column = table ? find_column(*table, change.after->name) : nullptr;
    if (!column || column->nullable) return;
    add(out, no_nulls(client, table->name, *column));
    refuse_null(*table, *column);
  }
  void operator()(const Delta<Key>& change) const {
    const Table* table = change.after ? now(change.table) : nullptr;
    if (!table) return;
    const Key* key = change.after->primary ? (table->primary_key ? &*table->primary_key : nullptr)
                                           : named(table->uniques, change.after->name);
    if (key) add(out, no_duplicates(client, table->name, key->parts, key->nulls_not_distinct, ""));
  }
  void operator()(const Delta<Index>& change) const {
    const Table* table = change.after && change.after->unique ? now(change.table) : nullptr;
    const Index* index = table ? named(table->indexes, change.after->name) : nullptr;
    if (!index) return;
    add(out, no_duplicates(client, table->name, index->parts, index->nulls_not_distinct, index->where));
  }
  void operator()(const Delta<ForeignKey>& change) const {
    const Table* table = change.after ? now(change.table) : nullptr;
    const ForeignKey* key = table ? named(table->foreign_keys, change.after->name) : nullptr;
    if (key && plan.after.table(key->ref)) add(out, no_orphans(client, plan.after, table->name, *key));
  }
  void operator()(const Delta<Check>& change) const {
    const Table* table = change.after ? now(change.table) : nullptr;
    const Check* check = table ? named(table->checks, change.after->name) : nullptr;
    if (check) add(out, check_holds(client, table->name, *check));
  }
  void operator()(const Delta<View>& change) const {
    if (change.after && !change.after->materialized) add(out, view_reads(client, *change.after));
  }
  void operator()(const Delta<Table>& change) const {
    const Table* table = change.after ? plan.after.table(change.after->name) : nullptr;
    if (table) table_rows(out, client, plan.after, *table);
  }
  template <class T>
  void operator()(const Delta<T>&) const {}

  void refuse_null(const Table& owner, const Column& value) const {
    // A NULL written to a MySQL timestamp may stand for now().
    const bool now_for_null = client.mysql() && value.type.name.starts_with("timestamp");
    if (client.mongodb()) return;  // the validator is compared with the catalog's
    if (!try_writes || value.more->generated || value.more->identity || now_for_null) return;
    if (client.sqlite() && may_be_rowid(owner, value)) return;
    const std::string table = sql_name(client, owner.name), column = sql_ident(client, value.name);
    out.found.refused.push_back({fmt::format("NULL in {}.{} is refused", display(owner.name), value.name),
                                 null_write(client, table, column), table, column + " IS NULL"});
  }
};

std::map<QName, QName> renamed_tables(const Plan& plan) {
  std::map<QName, QName> out;
  for (const auto& change : plan.changes) {
    const auto* shell = std::get_if<Delta<TableShell>>(&change.change);
    if (shell && shell->before && shell->after) out[shell->before->name] = shell->after->name;
  }
  return out;
}

// The tables that the changes and the steps touch and that are there before the start, in order of their names.
std::set<QName> touched_tables(const Plan& plan) {
  std::set<QName> out;
  const auto put = [&](const QName& name) {
    if (plan.before.tables.contains(name)) out.insert(name);
  };
  for (const auto& change : plan.changes) {
    put(table_of(change.change));
    put(table_of(reverse(change.change)));
  }
  for (const auto& step : plan.steps) {
    if (step.work) put(step.work->table);
  }
  return out;
}

// Which steps work on an object, by its name; ascending.
using Touches = std::unordered_map<std::string, std::vector<int>>;

// Under this name a renamed column touches the members of its table: their definitions name columns.
std::string columns_of(const QName& table) { return "columns of " + display(table); }

void add_touches(Touches& out, const Step& step, const Client& client) {
  std::set<std::string> names;
  for (const auto& op : step.ops) {
    // All that MongoDB asks of a collection's documents is one validator.
    if (client.mongodb()) names.insert(display(table_of(op)));
    const auto* column = std::get_if<Delta<Column>>(&op);
    if (column && object_of(op) != object_of(reverse(op))) names.insert(columns_of(column->table));
    names.merge(changed_by(op));
  }
  for (const auto& name : names) out[name].push_back(step.number);
}

// Whether what `step` did is still so when every step up to and including number `last` has run: none of those
// works on the same objects, or on a table that holds them.
bool stands(const Touches& touches, const Step& step, int last) {
  std::set<std::string> names;
  for (const auto& op : step.ops) {
    names.merge(objects_of(op));
    names.insert(display(table_of(op)));
    if (!std::holds_alternative<Delta<Column>>(op)) names.insert(columns_of(table_of(op)));
    // A foreign key is told by what it refers to, whose names may change later.
    if (const auto* key = std::get_if<Delta<ForeignKey>>(&op); key && key->after) {
      names.insert(display(key->after->ref));
      names.insert(columns_of(key->after->ref));
    }
  }
  return std::ranges::none_of(names, [&](const std::string& name) {
    const auto found = touches.find(name);
    if (found == touches.end()) return false;
    const auto next = std::ranges::upper_bound(found->second, step.number);
    return next != found->second.end() && *next <= last;
  });
}

void built_by(Collector& out, const Touches& touches, const Step& step, int last) {
  if (!step.done || step.ops.empty() || !stands(touches, step, last)) return;
  Assertion check = *step.done;
  check.title = fmt::format("step {} is done: {}", step.number, step.title);
  add(out, std::move(check));
}

// The number of the last step of a segment that takes a name away; 0: none does.
int last_move(const Segment& segment) {
  int number = 0;
  for (const Step* step : segment.steps) {
    const bool moves = std::ranges::any_of(step->ops, [](const Change& op) {
      const Verb verb = verb_of(op);
      return verb == Verb::drop || object_of(op) != object_of(reverse(op));
    });
    if (moves) number = step->number;
  }
  return number;
}

}  // namespace

Expectations baseline_expectations(const Plan& plan, const Client& client) {
  Collector out;
  add_all(out, plan.baseline);
  for (const auto& name : touched_tables(plan)) {
    add(out,
        {fmt::format("rows of {}", display(name)),
         client.mongodb() ? mongo::count(name) : fmt::format("SELECT count(*) FROM {}", sql_name(client, name)), ""});
    add(out, {fmt::format("bytes of {} with its indexes", display(name)), size_query(client, name), ""});
  }
  for (const auto& change : plan.changes) {
    const auto* column = std::get_if<Delta<Column>>(&change.change);
    if (!column || !column->before) continue;
    const Table* table = plan.before.table(column->table);
    if (table) add_all(out, column_figures(client, table->name, *column->before));
  }
  return out.found;
}

Expectations segment_expectations(const Plan& plan, const Client& client, const Segment& segment) {
  Collector out;
  const int last = segment.steps.back()->number;
  Touches touches;  // by the segment's own steps: none after it counts here
  for (const Step* step : segment.steps) add_touches(touches, *step, client);
  // A step's own checks name what stood when it ran; once something has been renamed or dropped they may name nothing.
  const int moved = last_move(segment);
  for (const Step* step : segment.steps) {
    built_by(out, touches, *step, last);
    if (step->number >= moved && stands(touches, *step, last)) add_all(out, step->checks_after);
    if (step->work) add_all(out, comparisons(plan, client, *step));
  }
  return out.found;
}

Expectations final_expectations(const Plan& plan, const Client& client) {
  Collector out;
  add_all(out, plan.final_checks);
  out.found.server_texts = plan.server_texts;
  const int last = static_cast<int>(plan.steps.size());
  Touches touches;
  for (const auto& step : plan.steps) add_touches(touches, step, client);
  for (const auto& step : plan.steps) built_by(out, touches, step, last);
  const auto renamed = renamed_tables(plan);
  const RowsOf rows{out, plan, client, renamed, !foreign_triggers(plan)};
  for (const auto& change : plan.changes) std::visit(rows, change.change);
  return out.found;
}

}  // namespace forge
