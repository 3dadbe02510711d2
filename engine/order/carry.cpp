#include "engine/order/carry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/diff/editor.hpp"
#include "engine/model/equivalence.hpp"
#include "engine/model/publication.hpp"
#include "engine/model/schema_columns.hpp"
#include "engine/model/sql/text.hpp"
#include "engine/order/moves.hpp"

namespace forge {
namespace {

class Carrier {
 public:
  Carrier(std::vector<Step>& steps, const Schema& before, const Schema& after, const Intents& intents,
          bool texts_follow)
      : steps_(steps),
        after_(after),
        intents_(intents),
        schema_(before),
        editor_(schema_),
        texts_follow_(texts_follow) {}

  Result<void> run() {
    for (auto& step : steps_) {
      if (!meet(step) && step.ops.empty() && !step.work) done_.insert(step.id);
      if (!carry(step)) return std::move(problem_);
    }
    std::erase_if(steps_, [&](const Step& step) { return done_.contains(step.id); });
    for (std::size_t i = 0; i < steps_.size(); ++i) steps_[i].number = static_cast<int>(i) + 1;
    settle();
    return {};
  }

 private:
  // What an earlier step has carried over in its final text is not changed again. False where nothing of the step is left.
  bool meet(Step& step) {
    const auto count = step.ops.size();
    std::set<QName> met;  // a second operation of the step on the same one begins where the first has left it
    std::erase_if(step.ops, [&](Change& op) {
      auto* delta = std::get_if<Delta<Definition>>(&op);
      if (!delta) return false;
      const QName name = delta->before ? delta->before->name : delta->after->name;
      if (!met.insert(name).second) return false;
      const auto found = schema_.definitions.find(name);
      if (found == schema_.definitions.end()) {
        if (delta->before) delta->before.reset();
        return !delta->after;
      }
      if (delta->after && delta->before && equivalent(found->second, *delta->after)) return true;
      if (delta->before) delta->before = found->second;
      return false;
    });
    return count == 0 || !step.ops.empty();
  }

  bool carry(Step& step) {
    Moves moves = moves_of(step);
    hand_down(moves.defaults);
    std::vector<Change> first, last;
    std::vector<Comes> comes;
    for (const auto& [name, one] : schema_.definitions) {
      if (touched_by(step, one)) continue;
      if (one.kind == "publication") {
        take_tables_out(moves, one, first, comes);
        continue;
      }
      if (is_parsed(one) && stays(step, moves, one, first, comes)) continue;
      if (goes_with_view(step, one)) first.emplace_back(Delta<Definition>{{}, one, std::nullopt});
      if (!texts_follow_ && stands_in(step, one)) last.emplace_back(Delta<Definition>{{}, std::nullopt, one});
      const bool rewritten = moves.leads || (!texts_follow_ && moves.renames);
      const bool goes = moved(moves, one);
      if (!rewritten && !goes) continue;
      const Definition now = rewritten ? rewritten_by(step, moves, one) : one;
      if (now == one && !goes) continue;
      first.emplace_back(Delta<Definition>{{}, one, std::nullopt});
      auto back = comes_back(moves, on_the_copy(moves, now));
      if (!texts_follow_ && back && !finds_its_columns(moves, *back)) return false;
      if (back) last.emplace_back(Delta<Definition>{{}, std::nullopt, std::move(back)});
    }
    step.ops.insert(step.ops.begin(), first.begin(), first.end());
    step.ops.insert(step.ops.end(), last.begin(), last.end());
    const auto fits = [&](const Change& op) { return editor_.apply(op).has_value(); };
    return std::ranges::all_of(step.ops, fits) && std::ranges::all_of(comes, [&](const Comes& one) {
             const auto op = coming(one);
             if (op) step.ops.push_back(*op);
             return !op || fits(*op);
           });
  }

  // What a definition is to be again once the step's own operations have made of it what the server does.
  struct Comes {
    QName name;
    std::optional<Definition> whole;
    std::vector<DefinitionPart> parts;  // of a publication: what it gets back
  };

  std::optional<Change> coming(const Comes& one) const {
    const auto found = schema_.definitions.find(one.name);
    if (found == schema_.definitions.end()) return std::nullopt;
    Definition then = one.whole.value_or(found->second);
    then.parts.insert(then.parts.end(), one.parts.begin(), one.parts.end());
    if (then == found->second) return std::nullopt;
    return Delta<Definition>{{}, found->second, std::move(then)};
  }

  // A routine whose body the server keeps parsed is held to the very tables and columns that it names.
  bool is_parsed(const Definition& one) const {
    return texts_follow_ && one.body.empty() && (one.kind == "function" || one.kind == "procedure");
  }

  // Others may hang on the routine, so it gets its text again in place where that can be: before what it names goes, or once
  // what takes over has the name. False where it has to go and come after all.
  bool stays(const Step& step, const Moves& moves, const Definition& one, std::vector<Change>& first,
             std::vector<Comes>& comes) const {
    if (!names_swapped(moves, one) && !moved(moves, one)) return true;
    auto then = comes_back(moves, on_the_copy(moves, one));
    if (!then || !takes_place(one, *then)) return false;
    const bool columns_come = std::ranges::any_of(step.ops, [](const Change& op) {
      const auto* column = std::get_if<Delta<Column>>(&op);
      return column && !column->before;
    });
    // On the way back a column in its result is shown by the name that it had in between: so only where something calls it.
    if (moves.gone.empty() && (moves.replaced.empty() || is_called(one))) {
      comes.push_back({one.name, std::move(then), {}});
    } else if (moves.swapped.empty() && moves.replaced.empty() && !columns_come) {
      first.emplace_back(Delta<Definition>{{}, one, std::move(then)});
    } else {
      return false;
    }
    return true;
  }

  // Does a view, or another definition, say the routine's name?
  bool is_called(const Definition& one) const {
    const std::string called = called_name(one);
    const auto says = [&](const auto& entry) {
      if constexpr (std::is_same_v<std::decay_t<decltype(entry.second)>, View>) {
        return names_object(entry.second.query, called);
      } else {
        return entry.first != one.name && names_object(entry.second.create, called);
      }
    };
    return std::ranges::any_of(schema_.views, says) || std::ranges::any_of(schema_.definitions, says);
  }

  static bool names_swapped(const Moves& moves, const Definition& one) {
    return std::ranges::any_of(moves.swapped,
                               [&](const auto& pair) { return names_in_statement(one, pair.first.name); });
  }

  // A publication stays, and only what moves under it goes out of it and comes back.
  void take_tables_out(const Moves& moves, const Definition& one, std::vector<Change>& first,
                       std::vector<Comes>& comes) const {
    Definition without = one;
    without.parts.clear();
    Comes back{one.name, std::nullopt, {}};
    for (const auto& part : one.parts) {
      const auto table = published_table(part);
      if (!table || !forge::moved(moves, *table, part)) {
        without.parts.push_back(part);
      } else if (auto then = comes_back(moves, *table, part, one.name)) {
        back.parts.push_back(std::move(*then));
      }
    }
    if (without.parts.size() == one.parts.size()) return;
    first.emplace_back(Delta<Definition>{{}, one, std::move(without)});
    comes.push_back(std::move(back));
  }

  std::optional<DefinitionPart> comes_back(const Moves& moves, const QName& table, const DefinitionPart& part,
                                           const QName& publication) const {
    Columns missing;
    if (const auto found = moves.gone.find(table); found != moves.gone.end()) missing = found->second;
    if (const auto found = moves.replaced.find(table); found != moves.replaced.end()) {
      for (const auto& name : found->second) missing.erase(name);
    }
    DefinitionPart now = on_the_copy(moves, part);
    if (const auto found = moves.swapped.find(table); found != moves.swapped.end()) {
      missing.merge(left_behind(found->first, found->second));
    }
    if (!says_one(now, missing)) return now;
    const auto wanted = after_.definitions.find(publication);
    if (wanted == after_.definitions.end()) return std::nullopt;
    const auto& parts = wanted->second.parts;
    const auto same = std::ranges::find_if(parts, [&](const DefinitionPart& other) { return publishes(other, table); });
    return same == parts.end() ? std::nullopt : std::optional(*same);
  }

  // A view that takes a renamed table's name for the deployed application has its grants, where the server keeps them by name.
  static bool stands_in(const Step& step, const Definition& one) {
    return one.kind == "grant" && makes_view(step, one.on, true) && !makes_view(step, one.on, false);
  }
  // They go with it.
  bool goes_with_view(const Step& step, const Definition& one) const {
    return one.kind == "grant" && schema_.views.contains(one.on) && makes_view(step, one.on, false) &&
           !makes_view(step, one.on, true);
  }
  // Does the step make a view of this name, or take one away?
  static bool makes_view(const Step& step, const QName& name, bool makes) {
    return std::ranges::any_of(step.ops, [&](const Change& op) {
      const auto* view = std::get_if<Delta<View>>(&op);
      const auto* side = view ? (makes ? &view->after : &view->before) : nullptr;
      return side && *side && (*side)->name == name;
    });
  }

  Definition rewritten_by(const Step& step, const Moves& moves, const Definition& one) const {
    const auto has = columns_of(schema_);
    return lead_followed(step, moves, texts_follow_ ? one : renamed_by(step, moves, one, has), has);
  }

  // The heirs of each table, and theirs.
  void hand_down(std::map<QName, Columns>& defaults) const {
    for (bool more = !defaults.empty(); more;) {
      more = false;
      for (const auto& [name, table] : schema_.tables) {
        for (const auto& parent : table->options.inherits) {
          const auto found = defaults.find(parse_qname(parent));
          if (found == defaults.end()) continue;
          const Columns columns = found->second;
          const auto known = defaults[name].size();
          defaults[name].insert(columns.begin(), columns.end());
          more = more || defaults[name].size() > known;
        }
      }
    }
  }

  bool finds_its_columns(const Moves& moves, const Definition& one) {
    const auto gone = moves.gone.find(one.on);
    for (const auto& column : gone == moves.gone.end() ? Columns{} : gone->second) {
      if (!says_of_row(one, column)) continue;
      problem_ = fail(ErrorCode::policy, fmt::format("{} says {}, which is dropped", display(one.name), column),
                      "change or drop it in the same migration");
      return false;
    }
    return true;
  }

  static bool touched_by(const Step& step, const Definition& one) {
    return std::ranges::any_of(step.ops, [&](const Change& op) {
      const auto* delta = std::get_if<Delta<Definition>>(&op);
      return delta &&
             ((delta->before && delta->before->name == one.name) || (delta->after && delta->after->name == one.name));
    });
  }

  // What the server holds to the very table that it names, beside what belongs to it; and triggers, whose texts some servers change
  // along with a name, so that the old table would be written to, not its copy. The plan takes all servers for such.
  static bool is_bound(const Definition& one) {
    return one.kind == "statistics" || one.kind == "policy" || one.kind == "rule" || one.kind == "trigger";
  }

  // Is a renamed column the key that stands for the number of the row?
  bool renames_row_number(const Moves& moves, const Definition& one) const {
    return std::ranges::any_of(moves.renamed, [&](const auto& entry) {
      const Table* table = schema_.table(entry.first);
      const auto* key = table && table->primary_key ? &table->primary_key->parts : nullptr;
      if (!key || key->size() != 1 || !entry.second.contains(key->front().column)) return false;
      const Column* column = find_column(*table, key->front().column);
      return column && column->type.name == "integer" && concerns(one, entry.first) && says_row_number(one, *table);
    });
  }

  bool moved(const Moves& moves, const Definition& one) const {
    if (moves.swapped.contains(one.on) || (is_bound(one) && names_swapped(moves, one))) return true;
    if (one.kind == "owner") return false;  // it names no column
    if (texts_follow_ && one.kind == "trigger" && renames_row_number(moves, one)) return true;
    if (one.kind == "column default") {
      const auto found = moves.defaults.find(one.on);
      const std::string column = called_name(one).substr(std::string_view("of ").size());
      if (found != moves.defaults.end() && found->second.contains(parse_qname(column).name)) return true;
    }
    const auto meets = [&](const std::map<QName, Columns>& tables, bool body_only) {
      return std::ranges::any_of(tables, [&](const auto& entry) {
        if (!concerns(one, entry.first)) return false;
        return names_one(one.body, entry.second) || (!body_only && names_one(one.create, entry.second));
      });
    };
    return meets(moves.replaced, false) || meets(moves.gone, false) ||
           (!body_follows(one) && meets(moves.renamed, true));
  }

  // As it was, or as the new schema has it where it names what is no longer there; nothing where that has none.
  std::optional<Definition> comes_back(const Moves& moves, const Definition& one) const {
    bool lost = std::ranges::any_of(moves.swapped, [&](const auto& pair) {
      return concerns(one, pair.first) && names_one(one.create + "\n" + one.body, left_behind(pair.first, pair.second));
    });
    for (const auto* tables : {&moves.gone, &moves.renamed}) {
      // Where texts do not follow, the statement has been given its new names; the body of a routine keeps the old ones.
      const bool body_only = tables == &moves.renamed && !texts_follow_;
      if (body_only && body_follows(one)) continue;
      for (const auto& [table, columns] : *tables) {
        if (!concerns(one, table)) continue;
        Columns missing = columns;
        if (const auto found = moves.replaced.find(table); found != moves.replaced.end()) {
          for (const auto& name : found->second) missing.erase(name);
        }
        lost = lost || (!body_only && names_one(one.create, missing)) || names_one(one.body, missing);
      }
    }
    if (!lost) return one;
    const auto wanted = after_.definitions.find(one.name);
    if (wanted == after_.definitions.end()) return std::nullopt;
    return wanted->second;
  }

  void rename_in(Definition& one, const QName& table, const std::string& from, const std::string& to) const {
    rename_column(one, table, from, to, columns_of(schema_));
  }
  static void rename_in(DefinitionPart& part, const QName& table, const std::string& from, const std::string& to) {
    rename_column(part, table, from, to);
  }

  // With the names that columns have in the table which takes the name of the definition's own.
  template <class T>
  T on_the_copy(const Moves& moves, T one) const {
    for (const auto& [table, successor] : moves.swapped) {
      for (const auto& old_name : left_behind(table, successor)) {
        const auto new_name = renamed_column(table, old_name);
        if (!new_name.empty()) rename_in(one, table, old_name, new_name);
      }
    }
    return one;
  }

  // What a column of the old schema's table is called in the new one; "" where it is not renamed.
  std::string renamed_column(const QName& table, const std::string& column) const {
    for (const auto& [name, intent] : intents_.tables) {
      if (name != table && intent.renamed_from != table) continue;
      for (const auto& [now, said] : intent.columns) {
        if (said.renamed_from == column) return now;
      }
    }
    return "";
  }

  // The columns of a table that the one which takes its name has not.
  Columns left_behind(const QName& table, const QName& successor) const {
    Columns out;
    const Table* now = schema_.table(table);
    const Table* next = schema_.table(successor);
    if (!now || !next) return out;
    for (const auto& column : now->columns) {
      if (!find_column(*next, column.name)) out.insert(column.name);
    }
    return out;
  }

  // What is still not as the new schema has it.
  void settle() {
    std::vector<Change> ops;
    for (const auto& [name, want] : after_.definitions) {
      const auto found = schema_.definitions.find(name);
      if (found == schema_.definitions.end()) {
        ops.emplace_back(Delta<Definition>{{}, std::nullopt, want});
      } else if (!equivalent(found->second, want)) {
        ops.emplace_back(Delta<Definition>{{}, found->second, want});
      }
    }
    if (ops.empty()) return;
    Step step;
    step.id = "definitions/contract/settle";
    step.title = "Give what names renamed columns its final text";
    step.why = "their names are final now";
    step.phase = Phase::contract;
    step.group = steps_.back().group;
    step.strategy = steps_.back().strategy;
    step.number = static_cast<int>(steps_.size()) + 1;
    step.ops = std::move(ops);
    steps_.push_back(std::move(step));
  }

  std::vector<Step>& steps_;
  const Schema& after_;
  const Intents& intents_;
  Schema schema_;
  SchemaEditor editor_;
  const bool texts_follow_;
  std::set<std::string> done_;  // steps of which nothing is left
  Result<void> problem_;
};

}  // namespace

Result<void> carry_definitions(std::vector<Step>& steps, const Schema& before, const Schema& after,
                               const Intents& intents, bool texts_follow) {
  if (steps.empty() || (before.definitions.empty() && after.definitions.empty())) return {};
  return Carrier(steps, before, after, intents, texts_follow).run();
}

}  // namespace forge
