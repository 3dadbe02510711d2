// Mutual foreign keys of tables that are created by one plan.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "engine/order/order.hpp"

namespace forge {
namespace {

// Strongly connected tables (Tarjan's algorithm): those that refer to each other in a circle share a number.
class Circles {
 public:
  explicit Circles(const std::map<QName, const Table*>& tables) : tables_(tables) {
    for (const auto& [name, table] : tables) {
      if (!order_.contains(name)) visit(name);
    }
  }
  bool joined(const QName& a, const QName& b) const { return a != b && circle_.at(a) == circle_.at(b); }

 private:
  void visit(const QName& name) {
    order_[name] = low_[name] = ++counter_;
    stack_.push_back(name);
    for (const auto& key : tables_.at(name)->foreign_keys) {
      if (!tables_.contains(key.ref)) continue;
      if (!order_.contains(key.ref)) {
        visit(key.ref);
        low_[name] = std::min(low_[name], low_[key.ref]);
      } else if (!circle_.contains(key.ref)) {
        low_[name] = std::min(low_[name], order_[key.ref]);
      }
    }
    if (low_[name] != order_[name]) return;
    while (true) {
      const QName member = stack_.back();
      stack_.pop_back();
      circle_[member] = order_[name];
      if (member == name) return;
    }
  }

  const std::map<QName, const Table*>& tables_;
  std::map<QName, int> order_, low_, circle_;
  std::vector<QName> stack_;
  int counter_ = 0;
};

Step key_step(const Step& creation, const QName& table, const ForeignKey& key) {
  Step step;
  step.id = fmt::format("{}/{}/add-foreign-key-{}", display(table), "expand", key.name);
  step.title = fmt::format("Let {} refer to {}", display(table), display(key.ref));
  step.why = fmt::format("{} and {} refer to each other, so neither can be created with its foreign key first",
                         display(table), display(key.ref));
  step.phase = creation.phase;
  step.group = creation.group;
  step.strategy = creation.strategy;
  step.compatibility = creation.compatibility;
  step.ops.push_back(Delta<ForeignKey>{table, std::nullopt, key});
  return step;
}

}  // namespace

void split_mutual_foreign_keys(std::vector<Step>& steps) {
  std::map<QName, const Table*> created;
  for (const auto& step : steps) {
    for (const auto& op : step.ops) {
      const auto* table = std::get_if<Delta<Table>>(&op);
      if (table && table->after && !table->before) created[table->after->name] = &*table->after;
    }
  }
  const Circles circles(created);
  std::vector<Step> added;
  for (auto& step : steps) {
    for (auto& op : step.ops) {
      auto* table = std::get_if<Delta<Table>>(&op);
      if (!table || !table->after || table->before) continue;
      auto& keys = table->after->foreign_keys;
      const auto mutual = [&](const ForeignKey& key) {
        return created.contains(key.ref) && circles.joined(table->after->name, key.ref);
      };
      for (const auto& key : keys) {
        if (mutual(key)) added.push_back(key_step(step, table->after->name, key));
      }
      std::erase_if(keys, mutual);
    }
  }
  for (auto& step : added) steps.push_back(std::move(step));
}

}  // namespace forge
