#include "engine/order/remake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/diff/rewrite.hpp"
#include "engine/model/equivalence.hpp"
#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

// Kinds that can be away for the length of a transaction: nothing but what hangs on them notices.
bool can_be_away(const Definition& one) {
  static const std::set<std::string> kinds = {"aggregate", "cast",      "function", "index",   "operator",
                                              "policy",    "procedure", "rule",     "trigger", "event trigger"};
  return kinds.contains(one.kind) || !one.on.empty();
}

bool is_routine(const Definition& one) {
  return one.kind == "function" || one.kind == "procedure" || one.kind == "aggregate";
}

// A routine whose body the server keeps parsed (BEGIN ATOMIC … END): its statement is one text, and it depends on what it says.
bool has_parsed_body(const Definition& one) { return is_routine(one) && one.body.empty(); }

bool calls(std::string_view text, std::string_view name) {
  const auto tokens = sql_tokens(text);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!token_names(tokens[i], name)) continue;
    std::size_t next = i + 1;
    while (next < tokens.size() && tokens[next].kind == TokenKind::space) ++next;
    if (next < tokens.size() && tokens[next].text.starts_with('(')) return true;
  }
  return false;
}

// An object that others depend on, by the name that their texts say.
struct Root {
  std::string called;
  bool routine = false;  // it is used by calls
  std::string shown;     // for messages

  bool used_in(std::string_view text) const {
    if (text.empty()) return false;
    return routine ? calls(text, called) : names_object(text, called);
  }
};

template <class T>
bool only_added(const std::vector<T>& before, const std::vector<T>& after) {
  std::size_t at = 0;
  for (const auto& value : after) at += at < before.size() && before[at] == value ? 1 : 0;
  return at == before.size();
}

class Remaker {
 public:
  Remaker(Step& step, const Schema& before, const Schema& now, const Schema& after, bool bound)
      : step_(step), before_(before), now_(now), after_(after), bound_(bound) {}

  Result<void> run() {
    note_own();
    for (const auto& view : remade_views_) view_dependents(view);
    if (bound_) {
      for (const auto& root : roots_) dependents(root);
      for (const auto& root : succeeded_) rebind(root);
      for (const auto& [table, column] : retyped_) named_column(table, column);
      for (const auto& [table, name] : replaced_) comments(table, name);
    }
    dual_writes();
    if (!held_.empty()) return refuse();
    // Each was written down behind all that hang on it.
    step_.ops.insert(step_.ops.begin(), std::make_move_iterator(gone_.begin()), std::make_move_iterator(gone_.end()));
    for (auto at = back_.rbegin(); at != back_.rend(); ++at) step_.ops.push_back(std::move(*at));
    return {};
  }

 private:
  // What the step itself takes away, makes or changes, and what of that others hang on.
  void note_own() {
    std::set<QName> gone;
    for (const auto& op : step_.ops) {
      note_constraint(op);
      if (const auto* view = std::get_if<Delta<View>>(&op)) {
        if (view->before) seen_.insert("view " + display(view->before->name));
        if (view->after) seen_.insert("view " + display(view->after->name));
        if (!view->after) gone.insert(view->before->name);
        if (!view->before && gone.contains(view->after->name)) remade_views_.push_back(view->after->name);
      } else if (const auto* one = std::get_if<Delta<Definition>>(&op)) {
        for (const auto* side : {&one->before, &one->after}) {
          if (*side) seen_.insert((*side)->name.name);
        }
        // Nothing hangs on what itself hangs on a table or view: a trigger, a policy, a grant.
        if (one->before && one->after && one->before->on.empty() && !takes_place(*one->before, *one->after)) {
          roots_.push_back(root_of(*one->before));
        }
        if (one->before && !one->after && has_successor(*one->before)) succeeded_.push_back(root_of(*one->before));
      } else if (const auto* type = std::get_if<Delta<EnumType>>(&op)) {
        if (type->before && type->after && !only_added(type->before->values, type->after->values)) {
          enums_.insert(type->before->name.name);
          roots_.push_back({type->before->name.name, false, "enum " + display(type->before->name)});
        }
      } else if (const auto* column = std::get_if<Delta<Column>>(&op)) {
        if (column->before && column->after && column->before->type != column->after->type) {
          retyped_.emplace_back(column->table, column->before->name);
        }
      } else if (const auto name = member_of(op); !name.empty()) {
        seen_.insert(name);
      }
    }
  }
  // A constraint that goes, and one that has its name from then on.
  void note_constraint(const Change& op) {
    std::visit(
        [&](const auto& delta) {
          using T = typename std::decay_t<decltype(delta)>::Object;
          if constexpr (std::is_same_v<T, Key> || std::is_same_v<T, Check> || std::is_same_v<T, Exclusion> ||
                        std::is_same_v<T, ForeignKey>) {
            if (!delta.after) left_.emplace(delta.table, delta.before->name);
            if (delta.after && left_.contains({delta.table, delta.after->name})) {
              replaced_.emplace_back(delta.table, delta.after->name);
            }
          }
        },
        op);
  }
  static std::string member_of(const Change& op) {
    return std::visit(
        [](const auto& delta) -> std::string {
          using T = typename std::decay_t<decltype(delta)>::Object;
          if constexpr (std::is_same_v<T, Index> || std::is_same_v<T, Check> || std::is_same_v<T, Exclusion>) {
            return member_key(delta.table, delta.before ? delta.before->name : delta.after->name);
          } else {
            return {};
          }
        },
        op);
  }
  static std::string member_key(const QName& table, const std::string& name) {
    return "member " + display(table) + "." + name;
  }
  static Root root_of(const Definition& one) { return {called_name(one), is_routine(one), one.name.name}; }

  // Does the plan make another routine of this name, for other arguments?
  bool has_successor(const Definition& gone) const {
    return is_routine(gone) && std::ranges::any_of(after_.definitions, [&](const auto& entry) {
             const Definition& one = entry.second;
             return one.kind == gone.kind && called_name(one) == called_name(gone) &&
                    !before_.definitions.contains(entry.first);
           });
  }

  // What calls the routine in a text that the plan leaves as it is holds on to the one that goes, until it is made again.
  void rebind(const Root& root) {
    for (const auto& [name, view] : now_.views) {
      const auto found = before_.views.find(name);
      if (found != before_.views.end() && equivalent(found->second, view) && root.used_in(view.query)) add(view);
    }
    for (const auto& [name, one] : now_.definitions) {
      const auto found = before_.definitions.find(name);
      const bool same = found != before_.definitions.end() && equivalent(found->second, one);
      if (same && !is_routine(one) && can_be_away(one) && uses(one, root)) add(one, root.shown);
    }
    for (const auto& [name, table] : now_.tables) {
      if (const Table* earlier = before_.table(name)) members(unchanged(*table, *earlier), root);
    }
  }
  template <class T>
  static void keep_same(std::vector<T>& members, const std::vector<T>& earlier) {
    std::erase_if(members, [&](const T& one) {
      return std::ranges::none_of(earlier, [&](const T& other) { return equivalent(one, other); });
    });
  }
  static Table unchanged(Table table, const Table& earlier) {
    keep_same(table.checks, earlier.checks);
    keep_same(table.indexes, earlier.indexes);
    keep_same(table.exclusions, earlier.exclusions);
    keep_same(table.columns, earlier.columns);
    std::erase_if(table.columns, [](const Column& column) { return column.more->generated || !column.default_value; });
    return table;
  }

  void dependents(const Root& root) {
    for (const auto& [name, one] : now_.definitions) {
      if (uses(one, root)) add(one, root.shown);
    }
    if (enums_.contains(root.called)) return;  // its strategy takes care of columns and views
    for (const auto& [name, view] : now_.views) {
      if (root.used_in(view.query)) add(view);
    }
    for (const auto& [name, table] : now_.tables) members(*table, root);
  }
  static bool uses(const Definition& one, const Root& root) {
    if (one.name.name == root.shown) return false;
    if (root.used_in(one.create)) return true;
    if (std::ranges::any_of(one.parts, [&](const DefinitionPart& part) {
          return part.key.starts_with("check") && root.used_in(part.make);
        })) {
      return true;
    }
    // A cast or an operator names its function without a call.
    return root.routine && (one.kind == "cast" || one.kind == "operator" || one.kind == "aggregate") &&
           names_object(one.create, root.called);
  }
  // Each is written down behind all that hang on it.
  void add(const Definition& one, const std::string& because) {
    if (!seen_.insert(one.name.name).second) return;
    if (!can_be_away(one)) {
      held_.push_back(fmt::format("the {} uses the {}", one.name.name, because));
      return;
    }
    if (one.on.empty()) dependents(root_of(one));
    take(one, *comes_back(&one));
  }
  // Outlives the object: one of the schemas' own.
  const Definition* comes_back(const Definition* one) const {
    if (!has_parsed_body(*one)) return one;
    const auto wanted = after_.definitions.find(one->name);
    return wanted == after_.definitions.end() ? one : &wanted->second;
  }
  void add(const View& view) {
    if (!seen_.insert("view " + display(view.name)).second) return;
    view_dependents(view.name);
    take(view, view);
  }
  void view_dependents(const QName& name) {
    for (const auto& [key, one] : now_.definitions) {
      if (one.on == name) {
        add(one, "view " + display(name));
      } else if (bound_ && has_parsed_body(one) && names_object(one.create, name.name)) {
        add(one, "view " + display(name));
      }
    }
    for (const auto& [key, view] : now_.views) {
      if (std::ranges::find(view.uses, name) != view.uses.end()) add(view);
    }
  }
  void members(const Table& table, const Root& root) {
    for (const auto& column : table.columns) {
      if (root.used_in(column.type.more->ref)) {
        held_.push_back(fmt::format("column {}.{} is of the {}", display(table.name), column.name, root.shown));
      } else if (column.more->generated && root.used_in(column.more->generated->expr)) {
        held_.push_back(
            fmt::format("the generated column {}.{} uses the {}", display(table.name), column.name, root.shown));
      } else if (column.default_value && column.default_value->kind == Expr::Kind::sql &&
                 root.used_in(column.default_value->text)) {
        Column bare = column;
        bare.default_value.reset();
        gone_.emplace_back(Delta<Column>{table.name, column, bare});
        back_.emplace_back(Delta<Column>{table.name, bare, column});
      }
    }
    for (const auto& check : table.checks) {
      if (root.used_in(check.expr)) member(table.name, check);
    }
    for (const auto& index : table.indexes) {
      if (in_parts(index.parts, root) || root.used_in(index.where)) member(table.name, index);
    }
    for (const auto& exclusion : table.exclusions) {
      if (in_parts(exclusion.parts, root) || root.used_in(exclusion.where)) member(table.name, exclusion);
    }
  }
  template <class Part>
  static bool in_parts(const std::vector<Part>& parts, const Root& root) {
    return std::ranges::any_of(parts, [&](const Part& part) { return root.used_in(part.expr); });
  }
  template <class T>
  void member(const QName& table, const T& one) {
    if (!seen_.insert(member_key(table, one.name)).second) return;
    gone_.emplace_back(Delta<T>{table, one, std::nullopt});
    back_.emplace_back(Delta<T>{table, std::nullopt, one});
  }

  void named_column(const QName& table, const std::string& column) {
    for (const auto& [name, one] : now_.definitions) {
      const bool acts = one.kind == "trigger" || one.kind == "policy" || one.kind == "rule";
      const bool concerned = one.on == table || names_object(one.create, table.name);
      if (!concerned || !(acts || has_parsed_body(one)) || !names_object(one.create, column)) continue;
      add(one, fmt::format("column {}.{}", display(table), column));
    }
  }

  // The server lets go of what is said of a constraint with it.
  void comments(const QName& table, const std::string& constraint) {
    for (const auto& [name, one] : now_.definitions) {
      if (one.kind == "comment" && one.on == table && names_object(one.create, constraint)) add(one, constraint);
    }
  }

  // The triggers of a dual-write say the names that columns had when they were made. A step that lets second columns lead has its own.
  void dual_writes() {
    const auto of_sync = [](const Change& op) { return std::holds_alternative<Delta<Sync>>(op); };
    if (std::ranges::any_of(step_.ops, of_sync)) return;
    std::map<QName, Sync> renamed;
    const auto apply = [&](const auto& rename) {
      for (const auto& [name, sync] : now_.syncs) {
        const auto found = renamed.find(name);
        Sync made = found == renamed.end() ? sync : found->second;
        rename(made);
        if (!(made == sync)) renamed.insert_or_assign(name, std::move(made));
      }
    };
    for (const auto& op : step_.ops) {
      const auto* column = std::get_if<Delta<Column>>(&op);
      if (column && column->before && column->after && column->before->name != column->after->name) {
        apply([&](Sync& made) { rename_column(made, column->table, column->before->name, column->after->name); });
      }
      // PostgreSQL's functions look the row up where the table is.
      const auto* shell = bound_ ? std::get_if<Delta<TableShell>>(&op) : nullptr;
      if (shell && shell->before && shell->after && shell->before->name != shell->after->name) {
        apply([&](Sync& made) {
          if (made.kind == "table") rename_table(made, shell->before->name, shell->after->name);
        });
      }
    }
    for (auto& [name, sync] : renamed) take(now_.syncs.at(name), sync);
  }

  template <class T>
  void take(const T& goes, const T& comes) {
    gone_.emplace_back(Delta<T>{{}, goes, std::nullopt});
    back_.emplace_back(Delta<T>{{}, std::nullopt, comes});
  }

  Result<void> refuse() const {
    Error error{ErrorCode::refused,
                fmt::format("step '{}' must take something away for a moment, but {}", step_.id, held_.front()),
                "make the new one under another name, let what uses the old one change to it, and drop the old one",
                {},
                {},
                {}};
    error.notes.assign(held_.begin() + 1, held_.end());
    return fail(std::move(error));
  }

  Step& step_;
  const Schema& before_;
  const Schema& now_;
  const Schema& after_;
  bool bound_;
  std::set<std::string> seen_;  // what is arranged already
  std::set<std::string> enums_;
  std::vector<QName> remade_views_;
  std::vector<Root> roots_, succeeded_;
  std::set<std::pair<QName, std::string>> left_;
  std::vector<std::pair<QName, std::string>> retyped_, replaced_;
  std::vector<std::string> held_;
  std::vector<Change> gone_, back_;
};

}  // namespace

Result<void> remake_dependents(Step& step, const Schema& before, const Schema& now, const Schema& after, bool bound) {
  return Remaker(step, before, now, after, bound).run();
}

}  // namespace forge
