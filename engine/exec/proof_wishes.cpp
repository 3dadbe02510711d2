#include "engine/exec/proof_wishes.hpp"

#include <algorithm>

#include "engine/exec/plan_names.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

// The columns of a key or an index; those that its expressions name too.
std::vector<std::string> columns_of(const Table& table, const std::vector<IndexPart>& parts) {
  std::vector<std::string> out;
  for (const auto& column : table.columns) {
    const bool there = std::ranges::any_of(parts, [&](const IndexPart& part) {
      return part.column.empty() ? names_object(part.expr, column.name) : part.column == column.name;
    });
    if (there) out.push_back(column.name);
  }
  return out;
}

class Gatherer {
 public:
  Gatherer(const PlanFile& plan, const Schema& before, const Schema& after)
      : plan_(plan), before_(before), after_(after), renames_(plan.changes) {}

  std::map<QName, TableWishes> run() {
    for (const auto& [name, table] : before_.tables) add(*table, *table, Side::before);
    for (const auto& [name, table] : after_.tables) {
      if (const Table* old = before_.table(renames_.table(name))) add(*table, *old, Side::after);
    }
    for (const auto& [name, table] : before_.tables) bounds(*table);
    for (const auto& step : plan_.steps) {
      for (const auto& op : step.ops) std::visit([&](const auto& delta) { on_the_way(delta); }, op);
    }
    return std::move(out_);
  }

 private:
  enum class Side { before, after };

  // The columns' names before the plan; empty where one of them is not there yet.
  std::vector<std::string> known(const Table& table, const Table& old, const std::vector<std::string>& columns,
                                 Side side) const {
    std::vector<std::string> out;
    for (const auto& column : columns) {
      const auto name = side == Side::before ? column : renames_.column(table.name, column);
      if (!find_column(old, name)) return {};
      out.push_back(name);
    }
    return out;
  }

  void add(const Table& table, const Table& old, Side side) {
    auto& wishes = out_[old.name];
    const auto unique = [&](const std::vector<IndexPart>& parts) {
      auto columns = known(table, old, columns_of(table, parts), side);
      if (!columns.empty() && std::ranges::find(wishes.uniques, columns) == wishes.uniques.end())
        wishes.uniques.push_back(std::move(columns));
    };
    if (table.primary_key) {
      unique(table.primary_key->parts);
      for (const auto& column : known(table, old, columns_of(table, table.primary_key->parts), side))
        wishes.required.insert(column);
    }
    for (const auto& key : table.uniques) unique(key.parts);
    for (const auto& index : table.indexes) {
      if (index.unique) unique(index.parts);
    }
    for (const auto& exclusion : table.exclusions) {
      std::vector<IndexPart> parts;
      for (const auto& part : exclusion.parts) parts.emplace_back().column = part.column, parts.back().expr = part.expr;
      unique(parts);
    }
    for (const auto& key : table.foreign_keys) add_key(wishes, table, old, key, side);
    for (const auto& column : table.columns) add_column(wishes, table, old, column, side);
    for (const auto& check : table.checks) add_check(wishes, old, check, side);
  }

  void add_key(TableWishes& wishes, const Table& table, const Table& old, ForeignKey key, Side side) const {
    const QName ref = key.ref;
    if (side == Side::after) key.ref = renames_.table(ref);
    const Table* parent = before_.table(key.ref);
    if (!parent) return;
    key.columns = known(table, old, key.columns, side);
    for (auto& column : key.ref_columns) {
      if (side == Side::after) column = renames_.column(ref, column);
      if (!find_column(*parent, column)) return;
    }
    if (key.columns.empty() || key.columns.size() != key.ref_columns.size()) return;
    const bool there = std::ranges::any_of(wishes.keys, [&](const ForeignKey& other) {
      return other.columns == key.columns && other.ref == key.ref && other.ref_columns == key.ref_columns;
    });
    if (!there) wishes.keys.push_back(std::move(key));
  }

  void add_column(TableWishes& wishes, const Table& table, const Table& old, const Column& column, Side side) const {
    const auto name = side == Side::before ? column.name : renames_.column(table.name, column.name);
    const Column* first = find_column(old, name);
    if (!first) return;
    if (!column.nullable || domain_requires(column, side)) wishes.required.insert(name);
    if (side == Side::after) wishes.later[name] = range_of(column.type, after_);
  }

  bool domain_requires(const Column& column, Side side) const {
    const auto& definitions = (side == Side::before ? before_ : after_).definitions;
    const auto domain = definitions.find(QName{"", "domain " + column.type.more->ref});
    return domain != definitions.end() && domain->second.create.find("NOT NULL") != std::string::npos;
  }

  static void add_check(TableWishes& wishes, const Table& old, const Check& check, Side side) {
    const bool there = std::ranges::find(wishes.checks, check.expr) != wishes.checks.end();
    if (there) return;
    wishes.checks.push_back(check.expr);
    const bool converted = std::ranges::any_of(old.columns, [&](const Column& column) {
      const auto later = wishes.later.find(column.name);
      return later != wishes.later.end() && later->second.word != column.type.name &&
             names_object(check.expr, column.name);
    });
    if (side == Side::after && !converted) wishes.later_checks.push_back(check.expr);
  }

  // Checks that stand only while the plan is under way, and columns that rows must have and nobody fills.
  void on_the_way(const Delta<Check>& delta) {
    const Table* old = before_.table(delta.table);
    if (old && delta.after) add_check(out_[old->name], *old, *delta.after, Side::after);
  }
  void on_the_way(const Delta<Column>& delta) {
    const Table* old = before_.table(delta.table);
    if (!old || delta.before || !delta.after) return;
    const auto& column = *delta.after;
    const bool counter = column.more->identity || column.type.name == "serial" || column.type.name == "bigserial";
    if (!column.nullable && !column.default_value && !column.more->generated && !counter) out_[old->name].empty = true;
  }
  template <class T>
  void on_the_way(const Delta<T>&) {}

  // What partitions take is a check of the table that they are parts of.
  void bounds(const Table& part) {
    const auto& options = part.options;
    if (options.partition_bound.empty()) {
      if (!options.partition_by.empty()) out_[part.name].checks.push_back(options.partition_by);
      return;
    }
    for (const auto& parent : options.inherits) {
      const Table* whole = before_.table(parse_qname(parent));
      if (whole) out_[whole->name].checks.push_back(whole->options.partition_by + " " + options.partition_bound);
    }
  }

  const PlanFile& plan_;
  const Schema& before_;
  const Schema& after_;
  NamesBefore renames_;
  std::map<QName, TableWishes> out_;
};

}  // namespace

Result<std::map<QName, TableWishes>> wishes_of(const PlanFile& plan, const Schema& before) {
  FORGE_ASSIGN(const auto after, schema_after(plan, static_cast<int>(plan.steps.size())));
  return Gatherer(plan, before, after).run();
}

std::vector<const Table*> parents_first(const Schema& schema, const std::map<QName, TableWishes>& wishes) {
  std::set<QName> seen;
  std::vector<const Table*> out;
  const auto visit = [&](auto& self, const QName& name, const Table& table) -> void {
    if (!seen.insert(name).second) return;
    const auto own = wishes.find(name);
    for (const auto& key : own == wishes.end() ? std::vector<ForeignKey>{} : own->second.keys) {
      if (const Table* parent = schema.table(key.ref)) self(self, key.ref, *parent);
    }
    out.push_back(&table);
  };
  for (const auto& [name, table] : schema.tables) visit(visit, name, *table);
  return out;
}

}  // namespace forge
