#include "engine/order/order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <queue>
#include <set>
#include <unordered_map>

#include "engine/order/resources.hpp"
#include "engine/order/retarget.hpp"

namespace forge {
namespace {

struct Edge {
  std::size_t to;
  bool weak;  // a strategy's own order: gives way where it would close a circle
  const char* rule;
};

class Sorter {
 public:
  explicit Sorter(std::vector<Step> steps) : steps_(std::move(steps)), edges_(steps_.size()), waits_(steps_.size()) {}

  Result<std::vector<Step>> run() {
    for (std::size_t i = 0; i < steps_.size(); ++i) index(i);
    for (std::size_t i = 0; i < steps_.size(); ++i) add_rules(i);
    keep_group_order();
    FORGE_ASSIGN(const auto order, sorted());
    std::vector<Step> out;
    out.reserve(order.size());
    for (const auto at : order) out.push_back(std::move(steps_[at]));
    // Phases were settled on the way: a stable sort by phase keeps every edge.
    std::ranges::stable_sort(out, {}, &Step::phase);
    return out;
  }

 private:
  void index(std::size_t at) {
    resources_.push_back(resources_of(steps_[at]));
    for (const auto& name : resources_[at].creates) creators_[name].push_back(at);
    for (const auto& name : resources_[at].frees) freers_[name].push_back(at);
  }

  void edge(std::size_t from, std::size_t to, bool weak, const char* rule) {
    if (from == to) return;
    edges_[from].push_back({to, weak, rule});
    ++waits_[to];
  }

  bool same_group(std::size_t a, std::size_t b) const { return steps_[a].group == steps_[b].group; }

  void add_rules(std::size_t at) {
    for (const auto& name : resources_[at].uses) {
      for (const auto creator : found(creators_, name)) {
        if (!same_group(creator, at)) edge(creator, at, false, "creates what the other uses");
      }
      // A name that is also created anew belongs to its newer bearer: who uses that one waits above.
      if (!found(creators_, name).empty()) continue;
      for (const auto freer : found(freers_, name)) {
        if (!same_group(freer, at)) edge(at, freer, false, "uses what the other drops");
      }
    }
    for (const auto& name : resources_[at].creates) {
      for (const auto freer : found(freers_, name)) {
        if (!same_group(freer, at)) edge(freer, at, false, "frees the name that the other takes");
      }
    }
    for (const auto& name : resources_[at].releases) {
      for (const auto freer : found(freers_, name)) {
        if (!same_group(freer, at)) edge(at, freer, false, "stops using what the other drops");
      }
    }
  }

  static const std::vector<std::size_t>& found(
      const std::unordered_map<std::string, std::vector<std::size_t>>& map, const std::string& name) {
    static const std::vector<std::size_t> kNone;
    const auto at = map.find(name);
    return at == map.end() ? kNone : at->second;
  }

  void keep_group_order() {
    std::map<std::string, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < steps_.size(); ++i) groups[steps_[i].group].push_back(i);
    for (auto& [group, members] : groups) {
      std::ranges::stable_sort(members, {}, [&](std::size_t i) { return steps_[i].phase; });
      for (std::size_t i = 1; i < members.size(); ++i) edge(members[i - 1], members[i], true, "stands before it in its strategy");
    }
  }

  using Ready = std::priority_queue<std::pair<Phase, std::size_t>, std::vector<std::pair<Phase, std::size_t>>, std::greater<>>;

  void finish(std::size_t at, Ready& ready) {
    done_[at] = true;
    for (const auto& next : edges_[at]) {
      steps_[next.to].phase = std::max(steps_[next.to].phase, steps_[at].phase);
      if (--waits_[next.to] == 0 && !done_[next.to]) ready.emplace(steps_[next.to].phase, next.to);
    }
  }

  // Lets the first waiting step that only its own strategy's order holds back go on; false where there is none.
  bool loosen(Ready& ready) {
    std::vector<std::size_t> strong(steps_.size(), 0);
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (done_[i]) continue;
      for (const auto& next : edges_[i]) strong[next.to] += next.weak ? 0 : 1;
    }
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (done_[i] || strong[i] > 0) continue;
      for (auto& list : edges_) {
        std::erase_if(list, [&](const Edge& e) { return e.to == i && e.weak; });
      }
      waits_[i] = 0;
      ready.emplace(steps_[i].phase, i);
      return true;
    }
    return false;
  }

  Result<std::vector<std::size_t>> sorted() {
    done_.assign(steps_.size(), false);
    Ready ready;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (waits_[i] == 0) ready.emplace(steps_[i].phase, i);
    }
    std::vector<std::size_t> order;
    while (order.size() < steps_.size()) {
      if (ready.empty() && !loosen(ready)) return fail(circle());
      const auto at = ready.top().second;
      ready.pop();
      if (done_[at]) continue;
      order.push_back(at);
      finish(at, ready);
    }
    return order;
  }

  Error circle() const {
    Error error{ErrorCode::internal, "the steps of this plan wait for each other", "", {}, {}, {}};
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (done_[i]) continue;
      for (const auto& next : edges_[i]) {
        if (!done_[next.to] && !next.weak) {
          error.notes.push_back(fmt::format("'{}' {}: '{}'", steps_[i].id, next.rule, steps_[next.to].id));
        }
      }
    }
    return error;
  }

  std::vector<Step> steps_;
  std::vector<Resources> resources_;
  std::vector<std::vector<Edge>> edges_;
  std::vector<std::size_t> waits_;
  std::vector<bool> done_;
  std::unordered_map<std::string, std::vector<std::size_t>> creators_, freers_;
};

}  // namespace

Result<std::vector<Step>> order_steps(std::vector<Step> steps, const Schema& before) {
  FORGE_ASSIGN(auto ordered, Sorter(std::move(steps)).run());
  for (std::size_t i = 0; i < ordered.size(); ++i) ordered[i].number = static_cast<int>(i) + 1;
  retarget(ordered, before);
  return ordered;
}

}  // namespace forge
