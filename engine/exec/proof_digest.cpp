#include "engine/exec/proof_digest.hpp"

#include <fmt/format.h>

#include <set>

#include "engine/exec/proof_documents.hpp"

namespace forge {
namespace {

// A number that stands for the text of a value; NULL for NULL.
std::string number_of(const Client& client, const std::string& text) {
  if (client.postgres()) return fmt::format("hashtextextended(({}) COLLATE \"C\", 0)::numeric", text);
  if (client.mysql()) return fmt::format("CAST(CONV(LEFT(SHA2({}, 256), 15), 16, 10) AS UNSIGNED)", text);
  return fmt::format("forgelua_digest({})", text);
}

std::string text_of(const Client& client, const std::string& column) {
  if (client.postgres()) return column + "::text";
  if (client.mysql()) return "CONCAT(" + column + ")";
  return "CASE WHEN " + column + " IS NOT NULL THEN quote(" + column + ") END";
}

// A whole row as one text, in which NULL differs from everything else.
std::string row_text(const Client& client, const std::vector<std::string>& columns) {
  std::string out;
  for (const auto& column : columns) {
    if (client.postgres()) {
      out += (out.empty() ? "" : ", ") + column;
    } else if (client.mysql()) {
      out += fmt::format("{}COALESCE(HEX(CONCAT({})), 'n')", out.empty() ? "" : ", ", column);
    } else {
      out += (out.empty() ? "" : " || ',' || ") + fmt::format("quote({})", column);
    }
  }
  if (client.postgres()) return "ROW(" + out + ")::text";
  return client.mysql() ? "CONCAT_WS(',', " + out + ")" : out;
}

std::string sum(const Client& client, const std::string& text) {
  return fmt::format("COALESCE(SUM({}), 0)", number_of(client, text));
}

// A step's losses where it stands, in the names of the beginning.
class LossReader {
 public:
  explicit LossReader(const PlanFile& plan) : plan_(plan) {}

  Losses run() {
    for (const auto& step : plan_.steps) {
      const bool loses = !step.loses.empty() || !step.loses_forward.empty();
      if (loses && step.work) lose_work(*step.work);
      if (loses && step.reverse_work) lose_work(*step.reverse_work);
      for (const auto& op : step.ops) {
        if (loses) std::visit([&](const auto& delta) { lose(delta); }, op);
        follow(op);
      }
    }
    return std::move(out_);
  }

 private:
  QName first(const QName& table) const {
    const auto found = tables_.find(table);
    return found == tables_.end() ? table : found->second;
  }
  std::string first(const QName& table, const std::string& column) const {
    const auto found = columns_.find({table, column});
    return found == columns_.end() ? column : found->second;
  }
  void lose_column(const QName& table, const std::string& column) {
    out_.columns.insert({first(table), first(table, column)});
  }

  void lose(const Delta<Table>& delta) {
    if (delta.before) out_.tables.insert(first(delta.before->name));
  }
  void lose(const Delta<Column>& delta) {
    for (const auto* side : {&delta.before, &delta.after}) {
      if (*side) lose_column(delta.table, (*side)->name);
    }
  }
  void lose(const Delta<TableShell>& delta) {
    for (const auto* side : {&delta.before, &delta.after}) {
      if (*side) out_.tables.insert(first((*side)->name));
    }
  }
  void lose(const Delta<EnumType>& delta) {
    for (const auto& [name, table] : plan_.before.tables) {
      for (const auto& column : table->columns) {
        const bool of_it = delta.before && parse_qname(column.type.more->ref) == delta.before->name;
        if (of_it) out_.columns.insert({name, column.name});
      }
    }
  }
  void lose(const Delta<Raw>&) { out_.anything = true; }
  template <class T>
  void lose(const Delta<T>&) {}

  void lose_work(const Work& work) {
    const QName& filled = work.target.empty() ? work.table : work.target;
    if (!work.target.empty()) out_.tables.insert(first(filled));
    for (const auto& one : work.set) lose_column(filled, one.to);
  }

  // Names move; a name that two have had in turn is that of the one that has it now.
  void follow(const Change& op) {
    if (const auto* shell = std::get_if<Delta<TableShell>>(&op); shell && shell->before && shell->after) {
      const auto from = shell->before->name, to = shell->after->name;
      if (from != to) tables_[to] = first(from);
    }
    if (const auto* column = std::get_if<Delta<Column>>(&op); column && column->before && column->after) {
      if (column->before->name != column->after->name)
        columns_[{column->table, column->after->name}] = first(column->table, column->before->name);
    }
  }

  const PlanFile& plan_;
  std::map<QName, QName> tables_;
  std::map<ColumnName, std::string> columns_;
  Losses out_;
};

Result<TableDigest> digest(Session& session, const Client& client, const Table& table,
                           const std::set<ColumnName>& without) {
  std::vector<std::string> whole;
  std::string query = "SELECT COUNT(*)";
  for (const auto& column : table.columns) {
    const auto name = sql_ident(client, column.name);
    query += fmt::format(", COUNT({}), {}", name, sum(client, text_of(client, name)));
    if (!without.contains({table.name, column.name})) whole.push_back(name);
  }
  if (!whole.empty()) query += ", " + sum(client, row_text(client, whole));
  FORGE_ASSIGN(const auto rows, session.query(query + " FROM " + sql_name(client, table.name)));
  const auto& row = rows.rows.front();
  TableDigest out;
  out.rows = std::strtoll(row[0].value_or("0").c_str(), nullptr, 10);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    out.columns[table.columns[i].name] = row[1 + 2 * i].value_or("") + ":" + row[2 + 2 * i].value_or("");
  }
  if (!whole.empty()) out.whole = row.back().value_or("");
  return out;
}

}  // namespace

Result<Digests> digest_rows(Session& session, const Client& client, const Schema& schema,
                            const std::set<ColumnName>& without) {
  if (client.mongodb()) return digest_documents(session, schema, without);
  Digests out;
  for (const auto& [name, table] : schema.tables) {
    FORGE_ASSIGN(out[name], digest(session, client, *table, without));
  }
  return out;
}

Losses losses_of(const PlanFile& plan) { return LossReader(plan).run(); }

RowDifferences compare_rows(const Digests& before, const Digests& after, const Losses& losses) {
  RowDifferences out;
  for (const auto& [name, old] : before) {
    const bool all = losses.anything || losses.tables.contains(name);
    const auto note = [&](const std::string& what, bool stated) {
      (stated ? out.lost : out.unexpected).push_back(what);
    };
    const auto found = after.find(name);
    if (found == after.end()) {
      note(fmt::format("{}: it is not there", display(name)), all);
      continue;
    }
    const auto& now = found->second;
    if (now.rows != old.rows) note(fmt::format("{}: {} rows, {} at the start", display(name), now.rows, old.rows), all);
    bool columns = true;
    for (const auto& [column, sum] : old.columns) {
      const auto other = now.columns.find(column);
      if (other != now.columns.end() && other->second == sum) continue;
      const bool stated = all || losses.columns.contains({name, column});
      columns = columns && stated;
      if (now.rows == old.rows) note(fmt::format("{}.{}: other values", display(name), column), stated);
    }
    // Only documents gain fields that nobody knew of.
    for (const auto& [column, sum] : now.columns) {
      if (old.columns.contains(column)) continue;
      const bool stated = all || losses.columns.contains({name, column});
      columns = columns && stated;
      note(fmt::format("{}.{}: it was not there", display(name), column), stated);
    }
    if (now.rows == old.rows && columns && now.whole != old.whole && !all)
      note(fmt::format("{}: the same values in other rows", display(name)), false);
  }
  return out;
}

}  // namespace forge
