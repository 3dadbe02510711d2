// Tables that refer to each other in a circle cannot be created, or dropped, one after another with their keys.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "engine/model/generated_names.hpp"
#include "engine/order/order.hpp"
#include "engine/order/split.hpp"
#include "engine/plan/plan.hpp"

namespace forge {
namespace {

struct Site {
  std::size_t step = 0, op = 0;
};

// One foreign key that is taken out of the table's operation.
struct Cut {
  QName table;
  ForeignKey key;
  std::size_t at = 0;  // the step before which, or after which, it is to be carried out
};

class Splitter {
 public:
  Splitter(std::vector<Step>& steps, bool creating) : steps_(steps), creating_(creating) {}

  std::vector<Cut> run() {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      for (std::size_t j = 0; j < steps_[i].ops.size(); ++j) {
        if (const Table* table = held(steps_[i].ops[j])) {
          sites_[table->name] = {i, j};
          names_.push_back(table->name);
        }
      }
    }
    for (const auto& name : names_) {
      if (!state_.contains(name)) walk(name);
    }
    for (const auto& cut : cuts_) take_out(cut);
    return std::move(cuts_);
  }

 private:
  enum class State { open, done };
  struct Frame {
    QName table;
    std::size_t next = 0;  // the foreign key to look at
  };

  const Table* held(const Change& change) const {
    const auto* delta = std::get_if<Delta<Table>>(&change);
    if (!delta) return nullptr;
    const auto& side = creating_ ? delta->after : delta->before;
    return side && (creating_ ? !delta->before : !delta->after) ? &*side : nullptr;
  }
  const Table& table_at(const Site& site) const { return *held(steps_[site.step].ops[site.op]); }

  // Depth first; a key to a table that is still open closes a circle.
  void walk(const QName& start) {
    std::vector<Frame> stack{{start}};
    state_[start] = State::open;
    while (!stack.empty()) {
      const Site own = sites_.at(stack.back().table);
      const auto& keys = table_at(own).foreign_keys;
      if (stack.back().next >= keys.size()) {
        state_[stack.back().table] = State::done;
        stack.pop_back();
        continue;
      }
      const ForeignKey& key = keys[stack.back().next++];
      const auto target = sites_.find(key.ref);
      if (key.ref == stack.back().table || target == sites_.end()) continue;
      const auto state = state_.find(key.ref);
      if (too_early(own, target->second)) {
        cuts_.push_back({stack.back().table, key, own.step});
      } else if (state == state_.end()) {
        state_[key.ref] = State::open;
        stack.push_back({key.ref});
      } else if (state->second == State::open) {
        const auto other = target->second.step;
        cuts_.push_back({stack.back().table, key, creating_ ? std::max(own.step, other) : std::min(own.step, other)});
      }
    }
  }

  // Within one step the order of operations is the strategy's: a key that it does not suit is cut as well.
  bool too_early(const Site& own, const Site& target) const {
    if (own.step != target.step) return false;
    return creating_ ? target.op > own.op : target.op < own.op;
  }

  void take_out(const Cut& cut) {
    const Site site = sites_.at(cut.table);
    auto& delta = std::get<Delta<Table>>(steps_[site.step].ops[site.op]);
    Table& table = creating_ ? *delta.after : *delta.before;
    std::erase(table.foreign_keys, cut.key);
  }

  std::vector<Step>& steps_;
  bool creating_;
  std::map<QName, Site> sites_;
  std::vector<QName> names_;
  std::map<QName, State> state_;
  std::vector<Cut> cuts_;
};

Step step_for(const Cut& cut, const Step& like, bool creating) {
  Step step = step_beside(like);
  const auto object = display(cut.table);
  const auto what = cut.key.name.empty() ? fmt::format("foreign key to {}", display(cut.key.ref))
                                         : fmt::format("foreign key {}", shown_name(cut.key.name));
  step.id = fmt::format("{}/{}/{}-{}", object, word_of(like.phase), creating ? "add" : "drop",
                        cut.key.name.empty() ? "key-to-" + display(cut.key.ref) : cut.key.name);
  step.title = fmt::format("{} {} {} {}", creating ? "Add" : "Drop", what, creating ? "to" : "of", object);
  step.why = fmt::format("{} and {} refer to each other: neither can {} with its key", object, display(cut.key.ref),
                         creating ? "be created first" : "be dropped first");
  Delta<ForeignKey> op{cut.table, {}, {}};
  (creating ? op.after : op.before) = cut.key;
  step.ops = {std::move(op)};
  return step;
}

void split(std::vector<Step>& steps, bool creating) {
  const auto cuts = Splitter(steps, creating).run();
  if (cuts.empty()) return;
  std::vector<Step> out;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    std::vector<Step> own;
    for (const auto& cut : cuts) {
      if (cut.at == i) own.push_back(step_for(cut, steps[i], creating));
    }
    const auto place = creating ? own.begin() : own.end();
    own.insert(place, std::move(steps[i]));
    std::ranges::move(own, std::back_inserter(out));
  }
  steps = std::move(out);
}

}  // namespace

void split_mutual_foreign_keys(std::vector<Step>& steps) {
  split(steps, true);
  split(steps, false);
}

}  // namespace forge
