#include "engine/diff/diff.hpp"

#include <algorithm>

#include "engine/diff/editor.hpp"
#include "engine/diff/hints.hpp"
#include "engine/diff/list_diff.hpp"

namespace forge {
namespace {

// The declared renames that apply to these two schemas, and what they make of `before`.
struct Renames {
  std::map<QName, QName> tables;                                // name in after → name in before
  std::map<QName, std::map<std::string, std::string>> columns;  // table in after → new column → old column
  Schema renamed;                                               // `before` under the new names

  // The table's name in `before`.
  QName original(const QName& name) const {
    const auto found = tables.find(name);
    return found == tables.end() ? name : found->second;
  }
};

// A name that no user has: a table or column waits under it while names are exchanged.
std::string waiting(const std::string& name) { return name + "\x01waiting"; }

bool rename_table_in(SchemaEditor& editor, const QName& from, const QName& to) {
  const TableShell before = shell_of(*editor.schema().table(from));
  TableShell after = before;
  after.name = to;
  return editor.apply(Delta<TableShell>{{}, before, after}).has_value();
}

bool rename_column_in(SchemaEditor& editor, const QName& table, const std::string& from, const std::string& to) {
  const Column before = *find_column(*editor.schema().table(table), from);
  Column after = before;
  after.name = to;
  return editor.apply(Delta<Column>{table, before, after}).has_value();
}

// Renames all tables at once, so that chains and exchanges of names come out right.
void rename_tables(Renames& renames, const Schema& before, const Schema& after, const Intents& intents) {
  std::map<QName, QName> by_old;
  for (const auto& [name, intent] : intents.tables) {
    const QName& from = intent.renamed_from;
    if (from.empty() || from == name || !after.tables.contains(name)) continue;
    if (before.tables.contains(from)) by_old.emplace(from, name);
  }
  // A name that is still taken in `before` can only be had where its holder is renamed as well.
  const auto taken = [&](const auto& entry) {
    return before.tables.contains(entry.second) && !by_old.contains(entry.second);
  };
  while (std::erase_if(by_old, taken) > 0) {
  }
  SchemaEditor editor(renames.renamed);
  for (const auto& [from, to] : by_old) {
    if (rename_table_in(editor, from, {to.schema, waiting(to.name)})) renames.tables.emplace(to, from);
  }
  // A view that bears the new name is no obstacle: it goes, or `after` would hold two of that name.
  for (const auto& entry : renames.tables) renames.renamed.views.erase(entry.first);
  for (const auto& entry : renames.tables) {
    const QName& to = entry.first;
    rename_table_in(editor, {to.schema, waiting(to.name)}, to);
  }
}

void rename_columns(Renames& renames, const Schema& after, const Intents& intents) {
  SchemaEditor editor(renames.renamed);
  for (const auto& [name, intent] : intents.tables) {
    const Table* table = renames.renamed.table(name);
    const Table* wanted = after.table(name);
    if (!table || !wanted) continue;
    std::map<std::string, std::string> by_old;
    for (const auto& [column, what] : intent.columns) {
      const auto& from = what.renamed_from;
      if (from.empty() || from == column || !find_column(*wanted, column)) continue;
      if (find_column(*table, from)) by_old.emplace(from, column);
    }
    const auto taken = [&](const auto& entry) {
      return find_column(*table, entry.second) && !by_old.contains(entry.second);
    };
    while (std::erase_if(by_old, taken) > 0) {
    }
    for (const auto& [from, to] : by_old) {
      if (rename_column_in(editor, name, from, waiting(to))) renames.columns[name].emplace(to, from);
    }
    if (by_old.empty()) continue;
    for (const auto& entry : renames.columns[name]) {
      rename_column_in(editor, name, waiting(entry.first), entry.first);
    }
  }
}

Renames renames_of(const Schema& before, const Schema& after, const Intents& intents) {
  Renames renames;
  renames.renamed = before;
  if (intents.tables.empty()) return renames;
  rename_tables(renames, before, after, intents);
  rename_columns(renames, after, intents);
  return renames;
}

const std::vector<Key>& list_of(const Table& table, const Key&) { return table.uniques; }
const std::vector<Index>& list_of(const Table& table, const Index&) { return table.indexes; }
const std::vector<ForeignKey>& list_of(const Table& table, const ForeignKey&) { return table.foreign_keys; }
const std::vector<Check>& list_of(const Table& table, const Check&) { return table.checks; }
const std::vector<Exclusion>& list_of(const Table& table, const Exclusion&) { return table.exclusions; }

// Does a table above this one have such a member, so that this one has it from there? A check is known by its name;
// everything else is handed down to partitions alone, and has another name in each.
template <class T>
bool handed_down(const T& member, const Table& table, const Schema& schema) {
  constexpr bool kCheck = std::is_same_v<T, Check>;
  if (!kCheck && table.options.partition_bound.empty()) return false;
  return std::ranges::any_of(table.options.inherits, [&](const std::string& name) {
    const Table* parent = schema.table(parse_qname(name));
    if (!parent) return false;
    const auto same = [&](T theirs) {
      if (!kCheck) theirs.name = member.name;
      return equivalent(theirs, member);
    };
    if constexpr (std::is_same_v<T, Key>) {
      if (member.primary && parent->primary_key && same(*parent->primary_key)) return true;
    }
    return std::ranges::any_of(list_of(*parent, member), same) || handed_down(member, *parent, schema);
  });
}

class Differ {
 public:
  Differ(const Schema& before, const Schema& after, const Intents& intents)
      : before_(before), after_(after), renames_(renames_of(before, after, intents)) {}

  std::vector<Change> run() {
    objects(before_.namespaces, renames_.renamed.namespaces, after_.namespaces);
    objects(before_.enums, renames_.renamed.enums, after_.enums);
    objects(before_.sequences, renames_.renamed.sequences, after_.sequences);
    tables();
    objects(before_.views, renames_.renamed.views, after_.views);
    definitions();
    for (const auto& [name, raw] : after_.raws) {
      if (!before_.raws.contains(name)) changes_.emplace_back(Delta<Raw>{{}, {}, raw});
    }
    return std::move(changes_);
  }

 private:
  template <class T>
  void add(const QName& table, std::optional<T> before, std::optional<T> after) {
    changes_.emplace_back(Delta<T>{table, std::move(before), std::move(after)});
  }

  // Objects kept by name: `was` as it stands, `now` under the declared renames.
  template <class T>
  void objects(const std::map<QName, T>& was, const std::map<QName, T>& now, const std::map<QName, T>& want) {
    for (const auto& [name, object] : was) {
      if (!want.contains(name)) add<T>({}, object, std::nullopt);
    }
    for (const auto& [name, object] : want) {
      const auto found = now.find(name);
      if (found == now.end()) {
        add<T>({}, std::nullopt, object);
      } else if (!equivalent(found->second, object)) {
        add<T>({}, was.at(name), object);
      }
    }
  }

  // Under the declared renames throughout: those of their tables rename them, too.
  void definitions() {
    for (const auto& [name, now] : renames_.renamed.definitions) {
      if (!after_.definitions.contains(name)) add<Definition>({}, now, std::nullopt);
    }
    for (const auto& [name, want] : after_.definitions) {
      const auto found = renames_.renamed.definitions.find(name);
      if (found == renames_.renamed.definitions.end()) {
        add<Definition>({}, std::nullopt, want);
      } else if (!equivalent(found->second, want)) {
        add<Definition>({}, found->second, want);
      }
    }
  }

  void tables() {
    // Both maps are sorted: one walk along the two, in the order of names.
    auto now = renames_.renamed.tables.begin();
    auto want = after_.tables.begin();
    const auto now_end = renames_.renamed.tables.end();
    const auto want_end = after_.tables.end();
    while (now != now_end || want != want_end) {
      if (want == want_end || (now != now_end && now->first < want->first)) {
        add<Table>({}, *before_.table(now->first), std::nullopt);
        ++now;
      } else if (now == now_end || want->first < now->first) {
        Table created = *want->second;
        for (auto& key : created.foreign_keys) name_target(key);
        add<Table>({}, std::nullopt, std::move(created));
        ++want;
      } else {
        table(*now->second, *want->second);
        ++now;
        ++want;
      }
    }
  }

  // `now` and `want` have one name; where it is a declared one, the table is found in `before` under another.
  void table(const Table& now, const Table& want) {
    const QName old_name = renames_.original(now.name);
    const bool renamed = old_name != now.name || renames_.columns.contains(now.name);
    if (!renamed && (&now == &want || now == want)) return;
    const Table& was = *before_.table(old_name);
    // A parent that is only renamed takes the name along.
    TableShell shell = shell_of(was);
    shell.options.inherits = now.options.inherits;
    if (shell != shell_of(want)) {
      changes_.emplace_back(Delta<TableShell>{{}, shell_of(was), shell_of(want)});
    }
    columns(was, now, want);
    passing_ = was.options.inherits != want.options.inherits ? std::pair(&was, &want) : std::pair(nullptr, nullptr);
    primary_key(was, now, want);
    members(old_name, was.uniques, now.uniques, want.uniques);
    members(old_name, was.indexes, now.indexes, want.indexes);
    foreign_keys(was, now, want);
    members(old_name, was.checks, now.checks, want.checks);
    members(old_name, was.exclusions, now.exclusions, want.exclusions);
    passing_ = {};
  }

  // What a table that passes to another one has from there, or had, is no change of its own.
  template <class T>
  bool passes_down(const T& member) const {
    return passing_.second && handed_down(member, *passing_.second, after_);
  }
  template <class T>
  bool passes_up(const T& member) const {
    return passing_.first && handed_down(member, *passing_.first, before_);
  }

  // Does the table have a column of this name from another one?
  static bool inherited(const Table& table, const Schema& schema, const std::string& column) {
    return std::ranges::any_of(table.options.inherits, [&](const std::string& name) {
      const Table* parent = schema.table(parse_qname(name));
      return parent && (find_column(*parent, column) || inherited(*parent, schema, column));
    });
  }

  void columns(const Table& was, const Table& now, const Table& want) {
    // Columns that pass to or from a table that is inherited from are no change of their own.
    const bool passes = was.options.inherits != want.options.inherits;
    for (const auto& [i, j] : pair_members(now.columns, want.columns, false)) {
      // Positions in `now` and `was` are the same: renames keep them.
      const Column* old_column = i < 0 ? nullptr : &was.columns[static_cast<std::size_t>(i)];
      if (passes && j < 0 && inherited(want, after_, old_column->name)) continue;
      if (passes && i < 0 && inherited(was, before_, want.columns[static_cast<std::size_t>(j)].name)) continue;
      if (j < 0) {
        add<Column>(was.name, *old_column, std::nullopt);
        continue;
      }
      const Column& wanted = want.columns[static_cast<std::size_t>(j)];
      if (!old_column) {
        add<Column>(was.name, std::nullopt, wanted);
      } else if (old_column->name != wanted.name || !equivalent(now.columns[static_cast<std::size_t>(i)], wanted)) {
        add<Column>(was.name, *old_column, wanted);
      }
    }
  }

  // Where nothing but the name differs once declared renames are carried out, the member is renamed: its `before` is then
  // given as it will stand, so that everybody sees it for what it is.
  template <class T>
  void member(const QName& table, const T& was, const T& now, const T& want) {
    T renamed = now;
    renamed.name = want.name;
    const bool only_name = now.name != want.name && equivalent(renamed, want);
    add<T>(table, only_name ? now : was, want);
  }

  void primary_key(const Table& was, const Table& now, const Table& want) {
    if (!now.primary_key && !want.primary_key) return;
    if (!want.primary_key && passes_down(*now.primary_key)) return;
    if (!now.primary_key && passes_up(*want.primary_key)) return;
    if (!now.primary_key || !want.primary_key) return add<Key>(was.name, was.primary_key, want.primary_key);
    if (equivalent(*now.primary_key, *want.primary_key)) return;
    member(was.name, *was.primary_key, *now.primary_key, *want.primary_key);
  }

  template <class T>
  void members(const QName& table, const std::vector<T>& was, const std::vector<T>& now, const std::vector<T>& want) {
    if (now == want) return;
    for (const auto& [i, j] : pair_members(now, want, true)) {
      const auto old_at = static_cast<std::size_t>(i);
      const auto new_at = static_cast<std::size_t>(j);
      if (j < 0) {
        if (!passes_down(was[old_at])) add<T>(table, was[old_at], std::nullopt);
      } else if (i < 0) {
        if (!passes_up(want[new_at])) add<T>(table, std::nullopt, want[new_at]);
      } else if (!equivalent(now[old_at], want[new_at])) {
        member(table, was[old_at], now[old_at], want[new_at]);
      }
    }
  }

  // The target of a foreign key is named as in `before` where it is renamed, unless another table takes that name.
  void name_target(ForeignKey& key) const {
    const QName old_name = renames_.original(key.ref);
    if (!after_.tables.contains(old_name)) key.ref = old_name;
  }

  void foreign_keys(const Table& was, const Table& now, const Table& want) {
    const std::size_t first = changes_.size();
    members(was.name, was.foreign_keys, now.foreign_keys, want.foreign_keys);
    for (std::size_t i = first; i < changes_.size(); ++i) {
      auto& delta = std::get<Delta<ForeignKey>>(changes_[i]);
      if (delta.before) name_target(*delta.before);
      if (delta.after) name_target(*delta.after);
    }
  }

  const Schema& before_;
  const Schema& after_;
  Renames renames_;
  std::pair<const Table*, const Table*> passing_;  // the table at hand, where it passes to or from another one
  std::vector<Change> changes_;
};

}  // namespace

ChangeSet diff(const Schema& before, const Schema& after, const Intents& intents) {
  ChangeSet out;
  out.changes = Differ(before, after, intents).run();
  out.notes = rename_hints(out.changes);
  return out;
}

std::string loses_of(const Change& change) {
  if (const auto* table = std::get_if<Delta<Table>>(&change); table && table->before) {
    return "the rows of " + display(table->before->name);
  }
  if (const auto* column = std::get_if<Delta<Column>>(&change); column && column->before) {
    const auto name = display(column->table) + "." + column->before->name;
    if (!column->after) return "the values of " + name;
    const auto facets = facets_of(change);
    const bool retyped = std::ranges::find(facets, "type") != facets.end();
    return retyped ? "values of " + name + " that the new type cannot hold" : "";
  }
  if (const auto* type = std::get_if<Delta<EnumType>>(&change); type && type->before && type->after) {
    std::string gone;
    for (const auto& value : type->before->values) {
      const auto& kept = type->after->values;
      if (std::ranges::find(kept, value) != kept.end()) continue;
      gone += (gone.empty() ? "'" : ", '") + value + "'";
    }
    return gone.empty() ? "" : "which rows held " + gone;
  }
  if (const auto* sequence = std::get_if<Delta<Sequence>>(&change); sequence && sequence->before && !sequence->after) {
    return "the position of sequence " + display(sequence->before->name);
  }
  return {};
}

}  // namespace forge
