// A table that goes may hold names that a new one takes: after a rename of the table alone its key still has the old name.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "engine/model/generated_names.hpp"
#include "engine/order/order.hpp"
#include "engine/order/split.hpp"
#include "engine/plan/plan.hpp"

namespace forge {
namespace {

// What has a name in the whole schema, and can be given another one: on MySQL and MariaDB foreign keys, on MySQL checks, on SQLite
// indexes, on PostgreSQL these and the constraints behind which one stands.
template <class Visit>
void each_name(Table& table, NameScopes scopes, Visit visit) {
  if (!scopes.constraints_in_table) {
    for (auto& key : table.foreign_keys) visit(key, "foreign key");
  }
  if (!scopes.checks_in_table) {
    for (auto& check : table.checks) visit(check, "check");
  }
  if (scopes.indexes_in_table) return;
  for (auto& index : table.indexes) visit(index, "index");
  if (!scopes.bound) return;
  if (table.primary_key) visit(*table.primary_key, "primary key");
  for (auto& key : table.uniques) visit(key, "unique key");
  for (auto& exclusion : table.exclusions) visit(exclusion, "exclusion constraint");
}

// PostgreSQL's name of the sequence behind a column that counts up; "" for any other column.
std::string counter_of(const Table& table, const Column& column) {
  const bool serial = column.type.name == "serial" || column.type.name == "bigserial";
  if (!column.more->identity && !serial) return {};
  const bool stated = column.more->identity && !column.more->identity->sequence.empty();
  return stated ? column.more->identity->sequence : serial_sequence_name(table.name.name, column.name);
}

class Yielding {
 public:
  Yielding(std::vector<Step>& steps, NameScopes scopes) : steps_(steps), scopes_(scopes) {}

  void run() {
    find_taken();
    if (taken_.empty()) return;
    std::vector<std::pair<std::size_t, Step>> renames;
    for (const auto& step : steps_) {
      for (const auto& op : step.ops) hold(op);
    }
    for (auto& step : steps_) {
      for (auto& op : step.ops) {
        auto* delta = std::get_if<Delta<Table>>(&op);
        if (delta && delta->before && !delta->after) give_up(*delta->before, renames);
      }
    }
    for (auto at = renames.rbegin(); at != renames.rend(); ++at) {
      steps_.insert(steps_.begin() + static_cast<std::ptrdiff_t>(at->first), std::move(at->second));
    }
  }

 private:
  // The steps that create tables, by the names that those bring along.
  void find_taken() {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      for (auto& op : steps_[i].ops) {
        auto* delta = std::get_if<Delta<Table>>(&op);
        if (!delta || delta->before || !delta->after) continue;
        const auto& schema = delta->after->name.schema;
        each_name(*delta->after, scopes_, [&](auto& one, const char*) {
          if (!one.name.empty()) taken_.try_emplace(QName{schema, one.name}, i);
        });
        for (const auto& column : delta->after->columns) {
          const auto counter = scopes_.bound ? counter_of(*delta->after, column) : "";
          if (!counter.empty()) taken_.try_emplace(QName{schema, counter}, i);
        }
      }
    }
  }
  void hold(const Change& op) {
    std::visit(
        [&](const auto& delta) {
          if constexpr (requires { delta.after->name.schema; }) {
            if (delta.after) held_.insert(delta.after->name.name);
          } else if constexpr (requires { std::string(delta.after->name); }) {
            if (delta.after) held_.insert(delta.after->name);
          }
        },
        op);
  }
  void give_up(Table& table, std::vector<std::pair<std::size_t, Step>>& renames) {
    each_name(table, scopes_, [&](auto& one, const char* kind) {
      const auto found = taken_.find({table.name.schema, one.name});
      if (found == taken_.end()) return;
      auto renamed = one;
      renamed.name = free_name(one.name);
      renames.emplace_back(found->second, rename(steps_[found->second], table.name, kind, one, renamed));
      one = renamed;
    });
    for (auto& column : table.columns) {
      if (!scopes_.bound || !column.more->identity) continue;
      const auto counter = counter_of(table, column);
      const auto found = taken_.find({table.name.schema, counter});
      if (found == taken_.end()) continue;
      Column renamed = column;
      renamed.more.edit().identity->sequence = free_name(counter);
      renames.emplace_back(found->second, rename_counter(steps_[found->second], table.name, counter, column, renamed));
      column = renamed;
    }
    std::ranges::stable_sort(renames, {}, [](const auto& entry) { return entry.first; });
  }
  static Step rename_counter(const Step& creating, const QName& table, const std::string& name, const Column& was,
                             const Column& is) {
    Step step = rename(creating, table, "sequence", was, is);
    step.id = fmt::format("{}.{}/{}/give-up-name", display(table), name, word_of(creating.phase));
    step.title = fmt::format("Rename the sequence {} of {} to {}", shown(name), display(table),
                             shown(is.more->identity->sequence));
    return step;
  }
  template <class T>
  static Step rename(const Step& creating, const QName& table, const char* kind, const T& was, const T& is) {
    Step step = step_beside(creating);
    step.group = display(table);
    step.id = fmt::format("{}.{}/{}/give-up-name", display(table), was.name, word_of(creating.phase));
    step.title = fmt::format("Rename the {} {} of {} to {}", kind, shown(was.name), display(table), shown(is.name));
    step.why = fmt::format("{} goes, and what takes its place has the name before that", display(table));
    step.compatibility = {};
    step.ops = {Delta<T>{table, was, is}};
    return step;
  }
  static std::string shown(const std::string& name) { return "'" + name + "'"; }

  // PostgreSQL cuts names at 63 bytes (NAMEDATALEN); MySQL takes 64 characters.
  std::string free_name(const std::string& name) {
    constexpr std::size_t kLimit = 63;
    std::string tail = "__old";
    for (int round = 0;; ++round) {
      std::string head = name.substr(0, std::min(name.size(), kLimit - tail.size()));
      while (!head.empty() && head.size() < name.size() && (name[head.size()] & 0xC0) == 0x80) head.pop_back();
      if (held_.insert(head + tail).second) return head + tail;
      tail = fmt::format("__old{}", round + 2);
    }
  }

  std::vector<Step>& steps_;
  NameScopes scopes_;
  std::map<QName, std::size_t> taken_;
  std::set<std::string> held_;
};

}  // namespace

void give_up_names(std::vector<Step>& steps, NameScopes scopes) { Yielding(steps, scopes).run(); }

}  // namespace forge
