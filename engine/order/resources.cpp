#include "engine/order/resources.hpp"

#include <algorithm>
#include <set>

#include "engine/model/sql_text.hpp"

namespace forge {
namespace {

std::string relation(const QName& name) { return "relation " + display(name); }
std::string column(const QName& table, const std::string& name) {
  return "column " + display(table) + "." + name;
}

// What one object needs of others, and the names that it takes itself.
struct Footprint {
  std::vector<std::string> takes, needs;
};

void need_type(Footprint& print, const Type& type) {
  if (type.name == "enum" && !type.more->ref.empty()) print.needs.push_back("type " + type.more->ref);
}

void need_schema(Footprint& print, const QName& name) {
  if (!name.schema.empty()) print.needs.push_back("schema " + name.schema);
}

void need_parts(Footprint& print, const QName& table, const std::vector<IndexPart>& parts) {
  for (const auto& part : parts) {
    if (!part.column.empty()) print.needs.push_back(column(table, part.column));
  }
}

// The columns of its table that an expression names.
void need_expression(Footprint& print, const QName& table, const std::string& expression) {
  for (const auto& word : identifiers(expression)) print.needs.push_back(column(table, word));
}

Footprint footprint(const QName&, const Namespace& value) { return {{"schema " + value.name.name}, {}}; }

Footprint footprint(const QName&, const EnumType& value) {
  Footprint print{{"type " + display(value.name)}, {}};
  need_schema(print, value.name);
  return print;
}

Footprint footprint(const QName&, const Sequence& value) {
  Footprint print{{relation(value.name)}, {}};
  need_schema(print, value.name);
  if (!value.owned_by.empty()) print.needs.push_back("column " + value.owned_by);
  return print;
}

Footprint footprint(const QName& table, const Column& value) {
  Footprint print{{column(table, value.name)}, {relation(table)}};
  need_type(print, value.type);
  if (value.more->generated) need_expression(print, table, value.more->generated->expr);
  return print;
}

Footprint footprint(const QName& table, const Key& value) {
  Footprint print{{}, {relation(table)}};
  if (!value.name.empty()) print.takes = {"constraint " + display(table) + "." + value.name, "index " + value.name};
  need_parts(print, table, value.parts);
  return print;
}

Footprint footprint(const QName& table, const Index& value) {
  Footprint print{{"index " + value.name}, {relation(table)}};
  need_parts(print, table, value.parts);
  for (const auto& part : value.parts) need_expression(print, table, part.expr);
  need_expression(print, table, value.where);
  for (const auto& name : value.include) print.needs.push_back(column(table, name));
  return print;
}

Footprint footprint(const QName& table, const ForeignKey& value) {
  Footprint print{{"constraint " + display(table) + "." + value.name}, {relation(table)}};
  for (const auto& name : value.columns) print.needs.push_back(column(table, name));
  if (value.ref != table) print.needs.push_back(relation(value.ref));
  for (const auto& name : value.ref_columns) print.needs.push_back(column(value.ref, name));
  return print;
}

Footprint footprint(const QName& table, const Check& value) {
  Footprint print{{"constraint " + display(table) + "." + value.name}, {relation(table)}};
  need_expression(print, table, value.expr);
  return print;
}

Footprint footprint(const QName& table, const Exclusion& value) {
  Footprint print{{"constraint " + display(table) + "." + value.name, "index " + value.name}, {relation(table)}};
  for (const auto& part : value.parts) {
    if (!part.column.empty()) print.needs.push_back(column(table, part.column));
    need_expression(print, table, part.expr);
  }
  return print;
}

Footprint footprint(const QName&, const View& value) {
  Footprint print{{relation(value.name)}, {}};
  need_schema(print, value.name);
  for (const auto& used : value.uses) {
    print.needs.push_back(relation(used));
    for (const auto& word : identifiers(value.query)) print.needs.push_back(column(used, word));
  }
  return print;
}

Footprint footprint(const QName&, const Sync& value) {
  Footprint print{{"sync " + display(value.name)}, {relation(value.table)}};
  if (!value.target.empty()) print.needs.push_back(relation(value.target));
  return print;
}

Footprint footprint(const QName&, const Raw& value) { return {{"raw " + display(value.name)}, {}}; }

Footprint footprint(const QName&, const TableShell& value) {
  Footprint print{{relation(value.name)}, {}};
  need_schema(print, value.name);
  return print;
}

template <class List>
void add_members(Footprint& print, const QName& table, const List& list) {
  for (const auto& member : list) {
    auto part = footprint(table, member);
    print.takes.insert(print.takes.end(), part.takes.begin(), part.takes.end());
    print.needs.insert(print.needs.end(), part.needs.begin(), part.needs.end());
  }
}

Footprint footprint(const QName&, const Table& value) {
  Footprint print{{relation(value.name)}, {}};
  need_schema(print, value.name);
  add_members(print, value.name, value.columns);
  if (value.primary_key) add_members(print, value.name, std::vector{*value.primary_key});
  add_members(print, value.name, value.uniques);
  add_members(print, value.name, value.indexes);
  add_members(print, value.name, value.foreign_keys);
  add_members(print, value.name, value.checks);
  add_members(print, value.name, value.exclusions);
  return print;
}

using Names = std::set<std::string>;

// Adds the difference between an operation's two footprints to what the step does as a whole.
struct Collector {
  Names taken, given, needed, released;  // creates, frees, uses, releases

  void add(const Footprint& before, const Footprint& after) {
    const Names took(before.takes.begin(), before.takes.end());
    const Names takes(after.takes.begin(), after.takes.end());
    for (const auto& name : takes) {
      if (!took.contains(name)) taken.insert(name);
    }
    for (const auto& name : took) {
      if (!takes.contains(name)) given.insert(name);
    }
    const Names needs(after.needs.begin(), after.needs.end());
    for (const auto& name : needs) {
      // What an earlier operation of this very step created is no need of the step.
      if (!taken.contains(name)) needed.insert(name);
    }
    for (const auto& name : before.needs) {
      if (!needs.contains(name)) released.insert(name);
    }
  }
};

std::vector<std::string> listed(const Names& names) { return {names.begin(), names.end()}; }

}  // namespace

Resources resources_of(const Step& step) {
  Collector all;
  for (const auto& op : step.ops) {
    std::visit(
        [&](const auto& delta) {
          all.add(delta.before ? footprint(delta.table, *delta.before) : Footprint{},
                  delta.after ? footprint(delta.table, *delta.after) : Footprint{});
        },
        op);
  }
  if (step.work) {
    all.needed.insert(relation(step.work->table));
    if (!step.work->target.empty()) all.needed.insert(relation(step.work->target));
    for (const auto& set : step.work->set) {
      const QName& written = step.work->target.empty() ? step.work->table : step.work->target;
      all.needed.insert(column(written, set.to));
    }
  }
  return {listed(all.taken), listed(all.given), listed(all.needed), listed(all.released)};
}

}  // namespace forge
