#include "engine/order/retarget.hpp"

#include <map>
#include <set>

namespace forge {
namespace {

// The tables that are there while the steps run, and what became of those that were renamed.
class Names {
 public:
  explicit Names(const Schema& before) {
    for (const auto& [name, table] : before.tables) there_.insert(name);
  }

  void settle(QName& name) const {
    if (name.empty() || there_.contains(name)) return;
    // The chain is as long as the renames of one table; a bound keeps a circle of names from turning for ever.
    QName current = name;
    for (int hops = 0; hops < 16; ++hops) {
      const auto next = became_.find(current);
      if (next == became_.end()) return;
      current = next->second;
      if (there_.contains(current)) {
        name = current;
        return;
      }
    }
  }

  void run(const Delta<Table>& delta) {
    if (delta.before) there_.erase(delta.before->name);
    if (delta.after) there_.insert(delta.after->name);
  }
  void run(const Delta<TableShell>& delta) {
    if (!delta.before || !delta.after || delta.before->name == delta.after->name) return;
    there_.erase(delta.before->name);
    there_.insert(delta.after->name);
    became_[delta.before->name] = delta.after->name;
  }
  template <class T>
  void run(const Delta<T>&) {}

 private:
  std::set<QName> there_;
  std::map<QName, QName> became_;
};

void settle(Delta<ForeignKey>& delta, const Names& names) {
  names.settle(delta.table);
  if (delta.before) names.settle(delta.before->ref);
  if (delta.after) names.settle(delta.after->ref);
}
void settle(Delta<Sync>& delta, const Names& names) {
  for (auto* sync : {&delta.before, &delta.after}) {
    if (!*sync) continue;
    names.settle((*sync)->table);
    names.settle((*sync)->target);
  }
}
void settle(Delta<TableShell>& delta, const Names& names) {
  // A pure rename is exact already; an alteration of the shell follows the table.
  if (!delta.before || !delta.after || delta.before->name != delta.after->name) return;
  names.settle(delta.before->name);
  delta.after->name = delta.before->name;
}
template <class T>
void settle(Delta<T>& delta, const Names& names) {
  names.settle(delta.table);
}

}  // namespace

void retarget(std::vector<Step>& steps, const Schema& before) {
  Names names(before);
  for (auto& step : steps) {
    for (auto* work : {&step.work, &step.reverse_work}) {
      if (!*work) continue;
      names.settle((*work)->table);
      names.settle((*work)->target);
    }
    for (auto& op : step.ops) {
      std::visit([&](auto& delta) { settle(delta, names); }, op);
      std::visit([&](const auto& delta) { names.run(delta); }, op);
    }
  }
}

}  // namespace forge
