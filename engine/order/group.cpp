#include "engine/order/group.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <unordered_map>

namespace forge {
namespace {

// Nodes that merge: "t:" + table and "o:" + kind and name for everything else.
class Merger {
 public:
  std::size_t node(const std::string& key) {
    const auto [at, fresh] = index_.emplace(key, parent_.size());
    if (fresh) parent_.push_back(parent_.size());
    return at->second;
  }
  std::size_t root(std::size_t at) {
    while (parent_[at] != at) at = parent_[at] = parent_[parent_[at]];
    return at;
  }
  // The older node leads, so that roots do not depend on the order of later merges.
  void merge(std::size_t a, std::size_t b) {
    a = root(a);
    b = root(b);
    if (a != b) parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<std::size_t> parent_;
};

std::string table_key(const QName& name) { return "t:" + display(name); }

class Grouper {
 public:
  Grouper(const std::vector<Change>& changes, const Schema& before) : changes_(changes), before_(before) {}

  std::vector<Group> run() {
    collect_renames();
    for (const auto& change : changes_) nodes_.push_back(node_of(change));
    merge_key_types();
    merge_renamed_targets();
    merge_heirs();
    merge_views();
    merge_exchanged_views();
    merge_readers();
    merge_enums();
    auto groups = collect();
    add_neighbours(groups);
    return groups;
  }

 private:
  // A renamed table is one node, whichever of its names a change uses.
  void collect_renames() {
    for (const auto& change : changes_) {
      const auto* shell = std::get_if<Delta<TableShell>>(&change);
      if (shell && shell->before && shell->after) old_name_[shell->after->name] = shell->before->name;
    }
  }
  QName known_as(const QName& name) const {
    const auto found = old_name_.find(name);
    return found == old_name_.end() ? name : found->second;
  }
  std::size_t node_of(const Change& change) {
    const QName table = table_of(change);
    if (!table.empty()) {
      const QName name = known_as(table);
      touched_.insert(name);
      return merger_.node(table_key(name));
    }
    return merger_.node("o:" + std::string(kind_of(change)) + ":" + object_of(change));
  }

  // int → bigint of a key, or another collation of a text, takes its referencing columns along.
  void merge_key_types() {
    std::set<std::pair<QName, std::string>> retyped;
    for (const auto& change : changes_) {
      const auto* column = std::get_if<Delta<Column>>(&change);
      if (column && column->before && column->after && compares_anew(*column->before, *column->after)) {
        retyped.emplace(known_as(column->table), column->before->name);
      }
      const auto* shell = std::get_if<Delta<TableShell>>(&change);
      if (!shell || !shell->before || !shell->after) continue;
      const auto &was = shell->before->options, &is = shell->after->options;
      const bool alike = was.charset == is.charset && was.collation == is.collation && was.unlogged == is.unlogged;
      const Table* held = alike ? nullptr : before_.table(shell->before->name);
      if (!held) continue;
      for (const auto& one : held->columns) retyped.emplace(held->name, one.name);
    }
    if (retyped.empty()) return;
    for (const auto& [name, table] : before_.tables) {
      for (const auto& key : table->foreign_keys) merge_ends(name, key, retyped);
    }
  }
  static bool compares_anew(const Column& was, const Column& is) {
    return !(was.type == is.type) || was.more->charset != is.more->charset || was.more->collation != is.more->collation;
  }
  void merge_ends(const QName& table, const ForeignKey& key, const std::set<std::pair<QName, std::string>>& retyped) {
    for (std::size_t i = 0; i < key.columns.size() && i < key.ref_columns.size(); ++i) {
      if (retyped.contains({table, key.columns[i]}) && retyped.contains({key.ref, key.ref_columns[i]})) {
        merger_.merge(merger_.node(table_key(table)), merger_.node(table_key(key.ref)));
      }
    }
  }

  // A table or key column that is renamed is named by the foreign keys of other tables that change: they must see each other.
  void merge_renamed_targets() {
    std::set<QName> renamed;
    for (const auto& change : changes_) {
      const auto* column = std::get_if<Delta<Column>>(&change);
      if (column && column->before && column->after && column->before->name != column->after->name) {
        renamed.insert(known_as(column->table));
      }
    }
    for (const auto& entry : old_name_) {
      if (entry.first != entry.second) renamed.insert(entry.second);
    }
    if (renamed.empty()) return;
    const auto join = [&](const QName& table, const ForeignKey& key) {
      const QName target = known_as(key.ref);
      if (renamed.contains(target)) merger_.merge(merger_.node(table_key(table)), merger_.node(table_key(target)));
    };
    for (const auto& change : changes_) {
      if (const auto* created = std::get_if<Delta<Table>>(&change); created && created->after) {
        for (const auto& key : created->after->foreign_keys) join(created->after->name, key);
      } else if (const auto* added = std::get_if<Delta<ForeignKey>>(&change); added && added->after) {
        join(known_as(added->table), *added->after);
      }
    }
    for (const auto& table : touched_) {
      const Table* held = before_.table(table);
      if (!held) continue;
      for (const auto& key : held->foreign_keys) join(table, key);
    }
  }

  // Tables that inherit change with those that they inherit from, where both do.
  void merge_heirs() {
    const auto join = [&](const QName& table, const TableOptions& options) {
      for (const auto& parent : options.inherits) {
        const QName name = known_as(parse_qname(parent));
        if (touched_.contains(name)) merger_.merge(merger_.node(table_key(table)), merger_.node(table_key(name)));
      }
    };
    for (const auto& table : touched_) {
      if (const Table* held = before_.table(table)) join(table, held->options);
    }
    for (const auto& change : changes_) {
      const auto* created = std::get_if<Delta<Table>>(&change);
      if (created && created->after) join(created->after->name, created->after->options);
      const auto* shell = std::get_if<Delta<TableShell>>(&change);
      if (shell && shell->after) join(known_as(shell->after->name), shell->after->options);
    }
  }

  // A view that comes, goes or changes moves with the tables that change under it.
  void merge_views() {
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      const auto* view = std::get_if<Delta<View>>(&changes_[i]);
      if (!view) continue;
      for (const auto* side : {&view->before, &view->after}) {
        if (!*side) continue;
        for (const auto& used : (*side)->uses) {
          const QName table = known_as(used);
          if (touched_.contains(table)) merger_.merge(nodes_[i], merger_.node(table_key(table)));
        }
      }
    }
  }

  // Views that exchange which of them reads the other go and come together.
  void merge_exchanged_views() {
    std::map<QName, std::size_t> altered;
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      const auto* view = std::get_if<Delta<View>>(&changes_[i]);
      if (view && view->before && view->after) altered.emplace(view->before->name, i);
    }
    if (altered.size() < 2) return;
    const auto readers = readers_of_views();
    for (const auto& [name, i] : altered) {
      std::set<QName> reading;
      std::vector<View> found;
      visit_readers(name, readers, reading, found);
      for (const auto& used : std::get<Delta<View>>(changes_[i]).after->uses) {
        const auto other = altered.find(used);
        if (other != altered.end() && reading.contains(used)) merger_.merge(nodes_[i], nodes_[other->second]);
      }
    }
  }

  std::map<QName, std::vector<QName>> readers_of_views() const {
    std::map<QName, std::vector<QName>> readers;
    for (const auto& [name, view] : before_.views) {
      for (const auto& used : view.uses) readers[used].push_back(name);
    }
    return readers;
  }

  // Tables whose columns change shape share the views that read them: each view is made anew once, not once a table.
  void merge_readers() {
    const auto readers = readers_of_views();
    if (readers.empty()) return;
    std::map<QName, std::size_t> reader_node;
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      const auto* view = std::get_if<Delta<View>>(&changes_[i]);
      if (view && view->before) reader_node[view->before->name] = nodes_[i];
    }
    for (const auto& change : changes_) {
      if (!reshapes(change)) continue;
      const auto* shell = std::get_if<Delta<TableShell>>(&change);
      const QName table = shell ? shell->before->name : known_as(table_of(change));
      std::set<QName> seen;
      std::vector<View> found;
      visit_readers(table, readers, seen, found);
      for (const auto& name : seen) {
        const auto [at, fresh] = reader_node.try_emplace(name, merger_.node(table_key(table)));
        if (!fresh) merger_.merge(at->second, merger_.node(table_key(table)));
      }
    }
  }
  // The change may break a view that reads its table.
  static bool reshapes(const Change& change) {
    if (const auto* table = std::get_if<Delta<Table>>(&change)) return !table->after;
    const auto* column = std::get_if<Delta<Column>>(&change);
    if (column && !column->before) return false;
    if (column && !column->after) return true;
    if (!column && !std::holds_alternative<Delta<TableShell>>(change)) return false;
    const auto facets = facets_of(change);
    return std::ranges::any_of(facets, [](const std::string& facet) {
      return facet == "name" || facet == "type" || facet == "collation" || facet == "generated";
    });
  }

  void merge_enums() {
    std::map<std::string, std::size_t> altered;
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      const auto* type = std::get_if<Delta<EnumType>>(&changes_[i]);
      // Values that come need nothing of the tables on the way there; the way back asks them for rows that hold one.
      if (type && type->before && type->after) altered.emplace(display(type->before->name), nodes_[i]);
    }
    if (altered.empty()) return;
    std::set<QName> users;
    for (const auto& [name, table] : before_.tables) {
      for (const auto& column : table->columns) {
        const auto found = altered.find(column.type.more->ref);
        if (found == altered.end()) continue;
        enum_users_[found->second].push_back(name);
        merger_.merge(found->second, merger_.node(table_key(name)));
        users.insert(name);
      }
    }
    merge_readers_of(users);
  }
  // A view that changes may say a value that gets another name, and follow it.
  void merge_readers_of(const std::set<QName>& tables) {
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      const auto* view = std::get_if<Delta<View>>(&changes_[i]);
      if (!view || !view->before || !view->after) continue;
      for (const auto& used : view->before->uses) {
        if (tables.contains(used)) merger_.merge(nodes_[i], merger_.node(table_key(used)));
      }
    }
  }
  std::vector<Group> collect() {
    std::map<std::size_t, std::size_t> of_root;
    std::vector<Group> groups;
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      const auto root = merger_.root(nodes_[i]);
      const auto [at, fresh] = of_root.emplace(root, groups.size());
      if (fresh) groups.emplace_back();
      Group& group = groups[at->second];
      group.changes.push_back(i);
      add_table(group, known_as(table_of(changes_[i])));
      for (const auto& user : enum_users_[nodes_[i]]) add_table(group, user);
    }
    std::set<std::string> ids;
    for (auto& group : groups) {
      const auto& first = changes_[group.changes.front()];
      group.id = group.tables.empty() ? object_of(first) : display(group.tables.front());
      // A view and a table may share a name, one of them before the change and one after it.
      if (!ids.insert(group.id).second) {
        group.id += " (" + std::string(kind_of(first)) + ")";
        ids.insert(group.id);
      }
    }
    return groups;
  }
  static void add_table(Group& group, const QName& name) {
    if (name.empty()) return;
    if (std::ranges::find(group.tables, name) == group.tables.end()) group.tables.push_back(name);
  }

  void add_neighbours(std::vector<Group>& groups) {
    std::map<QName, std::size_t> owner;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      for (const auto& table : groups[i].tables) owner[table] = i;
    }
    for (const auto& [name, table] : before_.tables) {
      for (const auto& key : table->foreign_keys) {
        const auto found = owner.find(key.ref);
        if (found == owner.end()) continue;
        const auto own = owner.find(name);
        if (own != owner.end() && own->second == found->second) continue;
        groups[found->second].incoming.push_back({name, key});
      }
      for (const auto& parent : table->options.inherits) {
        const QName above = parse_qname(parent);
        const auto found = owner.find(above);
        if (found != owner.end())
          groups[found->second].heirs.push_back({above, name, !table->options.partition_bound.empty()});
      }
    }
    add_views(groups, owner);
  }

  // Views by what they read, so that each group walks only its own.
  void add_views(std::vector<Group>& groups, const std::map<QName, std::size_t>& owner) {
    std::map<QName, std::vector<QName>> readers;
    for (const auto& [name, view] : before_.views) {
      for (const auto& used : view.uses) readers[used].push_back(name);
    }
    for (const auto& [table, group] : owner) gather_views(groups[group], table, readers);
    for (auto& group : groups) {
      for (const auto index : group.changes) {
        const auto* view = std::get_if<Delta<View>>(&changes_[index]);
        if (view && view->before) gather_views(group, view->before->name, readers);
      }
    }
    for (auto& group : groups) sort_views(group.views);
  }
  // What reads `start`, and `start` itself where it is a view.
  void gather_views(Group& group, const QName& start, const std::map<QName, std::vector<QName>>& readers) {
    std::set<QName> seen;
    for (const auto& view : group.views) seen.insert(view.name);
    std::vector<View> found;
    visit_readers(start, readers, seen, found);
    const auto own = before_.views.find(start);
    if (own != before_.views.end() && seen.insert(start).second) found.push_back(own->second);
    group.views.insert(group.views.end(), found.rbegin(), found.rend());
  }
  void visit_readers(const QName& name, const std::map<QName, std::vector<QName>>& readers, std::set<QName>& seen,
                     std::vector<View>& found) {
    const auto at = readers.find(name);
    if (at == readers.end()) return;
    for (const auto& reader : at->second) {
      if (!seen.insert(reader).second) continue;
      visit_readers(reader, readers, seen, found);
      found.push_back(before_.views.at(reader));
    }
  }
  // A view after those that it reads. The walk above gives that within one table's views; several tables may mix.
  static void sort_views(std::vector<View>& views) {
    std::vector<View> sorted;
    std::set<QName> waiting;
    for (const auto& view : views) waiting.insert(view.name);
    while (!views.empty()) {
      const auto ready = std::ranges::find_if(views, [&](const View& view) {
        return std::ranges::none_of(view.uses,
                                    [&](const QName& used) { return used != view.name && waiting.contains(used); });
      });
      const auto next = ready == views.end() ? views.begin() : ready;
      waiting.erase(next->name);
      sorted.push_back(std::move(*next));
      views.erase(next);
    }
    views = std::move(sorted);
  }

  const std::vector<Change>& changes_;
  const Schema& before_;
  Merger merger_;
  std::map<QName, QName> old_name_;
  std::set<QName> touched_;
  std::vector<std::size_t> nodes_;
  std::map<std::size_t, std::vector<QName>> enum_users_;
};

}  // namespace

std::vector<Group> group_changes(const std::vector<Change>& changes, const Schema& before) {
  return Grouper(changes, before).run();
}

}  // namespace forge
