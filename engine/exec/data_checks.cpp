#include "engine/exec/data_checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/emit/markdown.hpp"
#include "engine/exec/plan_names.hpp"
#include "engine/exec/proof_values.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

constexpr int kSamples = 5;

std::string name_list(const Client& client, const std::vector<std::string>& columns) {
  std::string out;
  for (const auto& column : columns) out += (out.empty() ? "" : ", ") + sql_ident(client, column);
  return out;
}

// Rows of a table, shown by their key, else by the column that it is about.
DataQuestion rows_question(const Client& client, const Table& table, const std::string& title,
                           const std::string& condition, const std::string& column, bool loses,
                           const std::string& most) {
  std::vector<std::string> shown;
  for (const auto& part : table.primary_key.value_or(Key{}).parts) shown.push_back(part.column);
  if (!column.empty() && std::ranges::find(shown, column) == shown.end()) shown.push_back(column);
  const auto from =
      fmt::format("FROM {}{}", sql_name(client, table.name), condition.empty() ? "" : " WHERE " + condition);
  return {title,
          "SELECT COUNT(*) " + from,
          shown.empty() ? "" : fmt::format("SELECT {} {} LIMIT {}", name_list(client, shown), from, kSamples),
          most.empty() ? "" : fmt::format("SELECT {} {}", most, from),
          loses,
          !most.empty()};
}

class Questions {
 public:
  Questions(const PlanFile& plan, const Schema& after)
      : plan_(plan), client_(plan.client), after_(after), names_(plan.changes) {}

  std::vector<DataQuestion> run() {
    for (const auto& change : plan_.changes) std::visit([&](const auto& delta) { ask(delta); }, change);
    for (const auto& step : plan_.steps) {
      if (step.work) moved(*step.work);
    }
    return std::move(out_);
  }

 private:
  // Rows for which an expression has no value, as where it finds no partner in another table, though every row must have one. A column
  // that is there keeps the values that it has, but in a copy.
  void moved(const Work& work) {
    const bool copy = work.kind == "copy";
    QName filled = copy ? work.target : work.table;
    filled.name = filled.name.substr(0, filled.name.find("__", 1));
    const Table* old = table(work.table);
    const Table* later = after_.table(filled);
    if (!old || !later) return;
    for (const auto& one : work.set) {
      const auto to = one.to.substr(0, one.to.find("__", 1));
      const Column* column = find_column(*later, to);
      if (!column || column->nullable || column->more->generated || carries(one.expr, names_.column(filled, to)))
        continue;
      const bool kept = !copy && one.to == to && find_column(*old, to);
      const std::string only = kept ? name(to) + " IS NULL" : copy ? work.where : "";
      rows(*old,
           fmt::format("{}.{}: rows for which its value is NULL, where every row must have one", display(filled), to),
           fmt::format("({}) IS NULL{}", one.expr, only.empty() ? "" : " AND (" + only + ")"), "");
    }
  }

  // The table before the plan that a change is about, by either of its names; null where it is not there yet.
  const Table* table(const QName& name) const {
    const Table* found = plan_.before.table(names_.table(name));
    return found ? found : plan_.before.table(name);
  }

  // The columns' names before the plan; empty where one of them is not there yet, or holds something else by then.
  std::vector<std::string> columns(const QName& table_name, const Table& old,
                                   const std::vector<std::string>& list) const {
    std::vector<std::string> out;
    for (const auto& column : list) {
      const auto name = names_.column(table_name, column);
      if (!find_column(old, name) || converted(old, name)) return {};
      out.push_back(name);
    }
    return out;
  }

  // Whether it holds other values by the time at which what the plan adds is asked.
  bool converted(const Table& old, const std::string& column) const {
    const auto is_it = [&](const Change& change) {
      const auto* delta = std::get_if<Delta<Column>>(&change);
      if (!delta || !delta->before || !delta->after || delta->before->name != column || table(delta->table) != &old)
        return false;
      const auto from = range_of(delta->before->type, plan_.before), to = range_of(delta->after->type, after_);
      return from.kind != to.kind && !(is_number(from) && is_number(to));
    };
    return std::ranges::any_of(plan_.changes, is_it) || recomputed(old, column);
  }

  static bool is_number(const ValueRange& range) {
    return range.kind == ValueRange::Kind::integer || range.kind == ValueRange::Kind::decimal;
  }

  // An expression of the user's own makes its values: it is the plan's to see to them.
  bool recomputed(const Table& old, const std::string& column) const {
    const auto own = [&](const SyncColumn& one, const QName& target) {
      auto to = one.to.substr(0, one.to.find("__", 1));
      to = names_.column(target, to);
      return to == column && !carries(one.expr, column);
    };
    return std::ranges::any_of(plan_.steps, [&](const Step& step) {
      if (!step.work || table(step.work->table) != &old) return false;
      return std::ranges::any_of(step.work->set, [&](const SyncColumn& one) { return own(one, old.name); });
    });
  }

  // The column itself, or as another type.
  bool carries(const std::string& expr, const std::string& column) const {
    return std::ranges::any_of(
        std::vector<std::string>{column, name(column), quote_where_needed(column)},
        [&](const std::string& text) { return expr == text || expr.starts_with("CAST(" + text + " AS "); });
  }

  std::string name(const std::string& column) const { return sql_ident(client_, column); }
  std::string list(const std::vector<std::string>& columns) const { return name_list(client_, columns); }

  // Rows of a table, shown by their key, else by the column that it is about.
  void rows(const Table& old, const std::string& title, const std::string& condition, const std::string& column,
            bool loses = false, const std::string& most = {}) {
    out_.push_back(rows_question(client_, old, title, condition, column, loses, most));
  }

  std::string length(const std::string& text) const {
    return (client_.sqlite() ? "LENGTH(" : "CHAR_LENGTH(") + text + ")";
  }

  void ask(const Delta<Column>& delta) {
    const Table* old = delta.before ? table(delta.table) : nullptr;
    if (!old) return;
    const auto& before = *delta.before;
    const auto where = fmt::format("{}.{}", display(old->name), before.name), value = name(before.name);
    if (!delta.after) {
      if (!before.more->generated)
        rows(*old, where + ": values that go with the column", value + " IS NOT NULL", before.name, true);
      return;
    }
    if (before.nullable && !delta.after->nullable && !recomputed(*old, before.name))
      rows(*old, where + ": NULL, where every row must have a value", value + " IS NULL", "");
    if (!(before.type == delta.after->type) && !client_.sqlite() && !recomputed(*old, before.name))
      fits(*old, delta, where, value);
  }

  void fits(const Table& old, const Delta<Column>& delta, const std::string& where, const std::string& value) {
    using Kind = ValueRange::Kind;
    const auto from = range_of(delta.before->type, plan_.before), to = range_of(delta.after->type, after_);
    if (from.array || to.array) return;
    if (from.kind == Kind::text && to.kind == Kind::text && to.most > 0 && (from.most == 0 || from.most > to.most)) {
      rows(old, fmt::format("{}: longer than {} characters", where, to.most),
           fmt::format("{} > {}", length(value), to.most), delta.before->name, false,
           fmt::format("MAX({})", length(value)));
    }
    const bool numbers = is_number(from) && is_number(to);
    const bool exact =
        delta.after->type.name != "real" && delta.after->type.name != "double" && delta.after->type.name != "float";
    if (numbers && exact && to.most > 0 && to.most < from.most) {
      const bool positive = delta.after->type.more->is_unsigned;
      rows(old, fmt::format("{}: beyond what {} holds", where, delta.after->type.name),
           positive ? fmt::format("({0} < 0 OR {0} > {1})", value, 2 * to.most + 1)
                    : fmt::format("({0} > {1} OR {0} < -{1} - 1)", value, to.most),
           delta.before->name, false, fmt::format("MAX(ABS({}))", value));
    }
    if (from.kind == Kind::choice && to.kind == Kind::choice)
      gone(old, where, delta.before->name, from.values, to.values);
  }

  void gone(const Table& old, const std::string& where, const std::string& column,
            const std::vector<std::string>& before, const std::vector<std::string>& after) {
    std::string values;
    for (const auto& one : before) {
      if (std::ranges::find(after, one) == after.end())
        values += (values.empty() ? "" : ", ") + sql_literal(client_, one);
    }
    if (values.empty() || recomputed(old, column)) return;
    rows(old, fmt::format("{}: {}, which go{} away", where, values, values.find(", ") == std::string::npos ? "es" : ""),
         fmt::format("{}{} IN ({})", name(column), client_.postgres() ? "::text" : "", values), column);
  }

  void ask(const Delta<EnumType>& delta) {
    if (!delta.before || !delta.after || delta.before->values.size() <= delta.after->values.size())
      return;  // else renamed
    for (const auto& [table_name, old] : plan_.before.tables) {
      for (const auto& column : old->columns) {
        if (column.type.name != "enum" || parse_qname(column.type.more->ref) != delta.before->name) continue;
        gone(*old, display(table_name) + "." + column.name, column.name, delta.before->values, delta.after->values);
      }
    }
  }

  void unique(const QName& table_name, const std::vector<IndexPart>& parts, const std::string& where, bool nulls,
              bool key) {
    const Table* old = table(table_name);
    std::vector<std::string> wanted;
    for (const auto& part : parts) {
      if (part.column.empty() || part.length > 0) return;
      wanted.push_back(part.column);
    }
    const auto own = old ? columns(table_name, *old, wanted) : std::vector<std::string>{};
    if (own.empty()) return;
    std::string condition = where.empty() ? "" : "(" + where + ")", null;
    for (const auto& column : own) {
      if (!nulls) condition += (condition.empty() ? "" : " AND ") + name(column) + " IS NOT NULL";
      null += (null.empty() ? "" : " OR ") + name(column) + " IS NULL";
    }
    const auto groups = fmt::format("FROM {}{} GROUP BY {} HAVING COUNT(*) > 1", sql_name(client_, old->name),
                                    condition.empty() ? "" : " WHERE " + condition, list(own));
    out_.push_back({fmt::format("{}: values of ({}) that stand in more rows than one", display(old->name), joined(own)),
                    fmt::format("SELECT COUNT(*) FROM (SELECT COUNT(*) AS n {}) AS twice", groups),
                    fmt::format("SELECT {}, COUNT(*) AS n {} LIMIT {}", list(own), groups, kSamples),
                    fmt::format("SELECT MAX(n) FROM (SELECT COUNT(*) AS n {}) AS twice", groups), false, false});
    if (key)
      rows(*old, fmt::format("{}: NULL in ({}), which become a primary key", display(old->name), joined(own)), null,
           "");
  }

  void ask(const Delta<Key>& delta) {
    if (!delta.after || (delta.before && delta.before->parts == delta.after->parts)) return;
    unique(delta.table, delta.after->parts, "", delta.after->nulls_not_distinct, delta.after->primary);
  }
  void ask(const Delta<Index>& delta) {
    if (!delta.after || !delta.after->unique ||
        (delta.before && delta.before->unique && delta.before->parts == delta.after->parts))
      return;
    unique(delta.table, delta.after->parts, delta.after->where, delta.after->nulls_not_distinct, false);
  }

  void ask(const Delta<ForeignKey>& delta) {
    if (!delta.after || delta.after->not_enforced ||
        (delta.before && delta.before->ref == delta.after->ref && delta.before->columns == delta.after->columns))
      return;
    const auto& key = *delta.after;
    const Table *old = table(delta.table), *parent = table(key.ref);
    if (!old || !parent) return;
    const auto own = columns(delta.table, *old, key.columns), theirs = columns(key.ref, *parent, key.ref_columns);
    if (own.empty() || theirs.size() != own.size()) return;
    out_.push_back(orphans_question(client_, *old, own, *parent, theirs));
  }

  void ask(const Delta<Check>& delta) {
    const Table* old = delta.after && !delta.after->not_enforced ? table(delta.table) : nullptr;
    if (!old || (delta.before && delta.before->expr == delta.after->expr)) return;
    for (const auto& column : old->columns) {
      if (names_object(delta.after->expr, column.name) && converted(*old, column.name)) return;
    }
    rows(*old, fmt::format("{}: rows that the check {} refuses", display(old->name), delta.after->name),
         "NOT (" + delta.after->expr + ")", "");
  }

  void ask(const Delta<Table>& delta) {
    if (delta.before && !delta.after)
      rows(*delta.before, display(delta.before->name) + ": rows that go with the table", "", "", true);
  }
  template <class T>
  void ask(const Delta<T>&) {}

  const PlanFile& plan_;
  const Client& client_;
  const Schema& after_;
  NamesBefore names_;
  std::vector<DataQuestion> out_;
};

}  // namespace

std::string DataFinding::text() const {
  std::string out = question.title + ": " + rows;
  if (!most.empty()) out += ", at most " + most;
  std::string shown;
  for (const auto& sample : samples) shown += (shown.empty() ? ", such as " : "; ") + sample;
  return out + shown;
}

DataQuestion orphans_question(const Client& client, const Table& table, const std::vector<std::string>& columns,
                              const Table& parent, const std::vector<std::string>& parent_columns) {
  std::string there, given;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto column = sql_name(client, table.name) + "." + sql_ident(client, columns[i]);
    there += fmt::format("{}p.{} = {}", i == 0 ? "" : " AND ", sql_ident(client, parent_columns[i]), column);
    given += fmt::format("{}{} IS NOT NULL", i == 0 ? "" : " AND ", column);
  }
  return rows_question(
      client, table,
      fmt::format("{}: ({}) that point at no row of {}", display(table.name), joined(columns), display(parent.name)),
      fmt::format("{} AND NOT EXISTS (SELECT 1 FROM {} AS p WHERE {})", given, sql_name(client, parent.name), there),
      columns.front(), false, "");
}

Result<std::vector<DataQuestion>> data_questions(const PlanFile& plan) {
  if (plan.client.mongodb()) return std::vector<DataQuestion>{};  // its steps say what to ask of documents
  FORGE_ASSIGN(const auto after, schema_after(plan, static_cast<int>(plan.steps.size())));
  return Questions(plan, after).run();
}

Result<std::vector<DataFinding>> ask_data(Session& session, const std::vector<DataQuestion>& questions) {
  std::vector<DataFinding> out;
  for (const auto& question : questions) {
    const auto count = session.query(question.count);
    if (!count && session.failure() == Failure::gone) return std::unexpected(count.error());
    if (!count) continue;  // it names what is there only once the plan is under way
    DataFinding found{question, count->rows.front().front().value_or("0"), {}, {}};
    if (found.rows == "0") continue;
    if (const auto most = question.most.empty() ? Result<Rows>(Rows{}) : session.query(question.most);
        most && !most->rows.empty())
      found.most = most->rows.front().front().value_or("");
    const auto samples = question.sample.empty() ? Result<Rows>(Rows{}) : session.query(question.sample);
    for (const auto& row : samples ? samples->rows : Rows{}.rows) {
      std::string one;
      for (std::size_t i = 0; i < row.size(); ++i)
        one += fmt::format("{}{} = {}", i == 0 ? "" : ", ", samples->columns[i], row[i].value_or("NULL"));
      found.samples.push_back(one);
    }
    out.push_back(std::move(found));
  }
  return out;
}

}  // namespace forge
