#include "engine/order/order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <queue>
#include <string>
#include <unordered_map>

#include "engine/order/resources.hpp"
#include "engine/order/retarget.hpp"

namespace forge {
namespace {

enum class Rule {
  group,    // a strategy's own order stands
  creates,  // a creates what b uses
  uses,     // a still uses what b drops
  frees,    // a frees the name that b takes
};

struct Edge {
  std::size_t to;
  Rule rule;
  std::string_view resource;  // owned by the steps' Touches
};

std::string sentence(const std::vector<Step>& steps, std::size_t from, const Edge& edge) {
  const auto& a = steps[from].id;
  const auto& b = steps[edge.to].id;
  switch (edge.rule) {
    case Rule::group:
      return fmt::format("'{}' comes before '{}': its strategy put them in this order", a, b);
    case Rule::creates:
      return fmt::format("'{}' comes before '{}': it creates {}, which the other uses", a, b, edge.resource);
    case Rule::uses:
      return fmt::format("'{}' comes before '{}': it still uses {}, which the other drops", a, b, edge.resource);
    default:
      return fmt::format("'{}' comes before '{}': it frees {}, which the other takes", a, b, edge.resource);
  }
}

// Who does what to one resource; all lists in the order of the steps.
struct Parties {
  std::vector<std::size_t> creators, droppers, needs, reads, releases, takers, freers;
};

// The rules as edges of a graph. `own_order`: each group is a chain; otherwise the rules alone hold, inside groups too.
class Graph {
 public:
  Graph(const std::vector<Step>& steps, const std::vector<Touches>& touches, bool own_order)
      : steps_(steps), touches_(touches), own_order_(own_order), out_(steps.size()), waits_(steps.size()) {
    index();
    for (const auto& [resource, parties] : ordered_) rules(*resource, *parties);
    if (own_order_) chains();
  }

  // The steps in order, with the phase in which each can run; short where a circle stops it.
  std::vector<std::pair<std::size_t, Phase>> sort() {
    using Ready = std::pair<Phase, std::size_t>;
    std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;
    std::vector<Phase> phase;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      phase.push_back(steps_[i].phase);
      if (waits_[i] == 0) ready.emplace(phase[i], i);
    }
    std::vector<std::pair<std::size_t, Phase>> out;
    while (!ready.empty()) {
      const auto [at, i] = ready.top();
      ready.pop();
      out.emplace_back(i, at);
      for (const auto& edge : out_[i]) {
        phase[edge.to] = std::max(phase[edge.to], at);
        if (--waits_[edge.to] == 0) ready.emplace(phase[edge.to], edge.to);
      }
    }
    return out;
  }

  // After a sort that fell short: a circle among the steps left, in sentences.
  std::vector<std::string> circle() const {
    std::vector<int> place(steps_.size(), -1);
    std::vector<std::size_t> path;
    std::size_t at = 0;
    while (waits_[at] == 0) ++at;
    // Every step left waits for another one left: walking backwards must come round.
    while (place[at] < 0) {
      place[at] = static_cast<int>(path.size());
      path.push_back(at);
      at = waited_for(at).first;
    }
    path.erase(path.begin(), path.begin() + place[at]);
    std::vector<std::string> out;
    for (std::size_t i = path.size(); i-- > 0;) {
      const auto [from, edge] = waited_for(path[i]);
      out.push_back(sentence(steps_, from, *edge));
    }
    return out;
  }

 private:
  std::pair<std::size_t, const Edge*> waited_for(std::size_t step) const {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (waits_[i] == 0) continue;
      for (const auto& edge : out_[i]) {
        if (edge.to == step) return {i, &edge};
      }
    }
    return {step, nullptr};
  }

  void index() {
    const auto note = [&](const std::vector<std::string>& list, std::vector<std::size_t> Parties::* who,
                          std::size_t step) {
      for (const auto& resource : list) {
        const auto [found, is_new] = parties_.try_emplace(resource);
        if (is_new) ordered_.emplace_back(&found->first, &found->second);
        (found->second.*who).push_back(step);
      }
    };
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const Touches& touches = touches_[i];
      note(touches.creates, &Parties::creators, i);
      note(touches.drops, &Parties::droppers, i);
      note(touches.needs, &Parties::needs, i);
      note(touches.reads, &Parties::reads, i);
      note(touches.releases, &Parties::releases, i);
      note(touches.takes, &Parties::takers, i);
      note(touches.frees, &Parties::freers, i);
    }
  }

  bool same_group(std::size_t a, std::size_t b) const { return steps_[a].group == steps_[b].group; }

  // A group that both makes and takes away a thing arranges that itself.
  bool in_group_of(const std::vector<std::size_t>& list, std::size_t step) const {
    return std::ranges::any_of(list, [&](std::size_t other) { return same_group(other, step); });
  }

  void rules(const std::string& resource, const Parties& who) {
    // What stood before the plan and is only made anew can be read at any time.
    const bool made_anew = !who.creators.empty() && (!who.freers.empty() || !who.droppers.empty());
    for (const auto maker : who.creators) {
      for (const auto user : who.needs) edge(maker, user, Rule::creates, resource);
      for (const auto user : who.reads) {
        if (!made_anew) edge(maker, user, Rule::creates, resource);
      }
    }
    for (const auto dropper : who.droppers) {
      for (const auto user : who.releases) edge(user, dropper, Rule::uses, resource);
      if (in_group_of(who.creators, dropper)) continue;
      for (const auto user : who.needs) edge(user, dropper, Rule::uses, resource);
      for (const auto user : who.reads) edge(user, dropper, Rule::uses, resource);
    }
    for (const auto freer : who.freers) {
      if (own_order_ && in_group_of(who.takers, freer)) continue;
      for (const auto taker : who.takers) {
        // A step that frees the name and takes it again, such as a swap, had it all along.
        if (std::ranges::find(who.freers, taker) == who.freers.end()) edge(freer, taker, Rule::frees, resource);
      }
    }
  }

  // The steps of each group in their strategy's order, save that within a phase what drops a thing waits for those that stop
  // using it, and what needs a new thing for the one that makes it: strategies that share a table do not see each other.
  void chains() {
    std::unordered_map<std::string_view, std::size_t> group_of;
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (steps_[i].group.empty()) continue;
      const auto [found, is_new] = group_of.try_emplace(steps_[i].group, groups.size());
      if (is_new) groups.emplace_back();
      groups[found->second].push_back(i);
    }
    for (auto& members : groups) {
      std::ranges::stable_sort(members, {}, [&](std::size_t i) { return steps_[i].phase; });
      postpone(members);
      for (std::size_t i = 1; i < members.size(); ++i) add(members[i - 1], members[i], Rule::group, {});
    }
  }

  // Moves steps back within their phase; what is moved may leave others to be moved, so a few rounds are made.
  void postpone(std::vector<std::size_t>& members) const {
    constexpr int kRounds = 4;
    bool moved = true;
    for (int round = 0; round < kRounds && moved; ++round) {
      moved = false;
      for (std::size_t i = members.size(); i-- > 0;) {
        const std::size_t last = latest_wanted(members, i);
        const auto at = members.begin() + static_cast<long>(i);
        std::rotate(at, at + 1, members.begin() + static_cast<long>(last) + 1);
        moved = moved || last != i;
      }
    }
  }
  // The last step of the same phase that must come before the one at `i`; `i` where none must.
  std::size_t latest_wanted(const std::vector<std::size_t>& members, std::size_t i) const {
    const Touches& own = touches_[members[i]];
    std::size_t last = i;
    for (std::size_t j = i + 1; j < members.size(); ++j) {
      const Touches& other = touches_[members[j]];
      if (steps_[members[j]].phase != steps_[members[i]].phase) break;
      if (meet(other.takes, own.frees)) break;  // it needs the name that this one frees
      if (meet(other.releases, own.drops) || needs_new(own.needs, other.creates)) last = j;
    }
    return last;
  }
  // Something is needed that is only now created: what is made anew under an old name may be meant as it was.
  bool needs_new(const std::vector<std::string>& needs, const std::vector<std::string>& creates) const {
    return std::ranges::any_of(creates, [&](const std::string& what) {
      if (std::ranges::find(needs, what) == needs.end()) return false;
      const Parties& who = parties_.at(what);
      return who.creators.size() == 1 && who.freers.empty() && who.droppers.empty();
    });
  }
  static bool meet(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    if (a.empty() || b.empty()) return false;
    return std::ranges::find_first_of(a, b) != a.end();
  }

  void edge(std::size_t from, std::size_t to, Rule rule, const std::string& resource) {
    if (from == to) return;
    if (same_group(from, to) && !steps_[from].group.empty()) {
      // Inside a group the given order decides; without it, an edge must at least not contradict it.
      if (own_order_ || from > to) return;
    }
    add(from, to, rule, resource);
  }
  void add(std::size_t from, std::size_t to, Rule rule, std::string_view resource) {
    out_[from].push_back({to, rule, resource});
    ++waits_[to];
  }

  const std::vector<Step>& steps_;
  const std::vector<Touches>& touches_;
  bool own_order_;
  std::unordered_map<std::string, Parties> parties_;
  std::vector<std::pair<const std::string*, const Parties*>> ordered_;  // in order of first mention
  std::vector<std::vector<Edge>> out_;
  std::vector<std::size_t> waits_;
};

}  // namespace

std::vector<Change> sorted_operations(const std::vector<Change>& ops) {
  std::vector<Step> singles(ops.size());
  std::vector<Touches> touches;
  touches.reserve(ops.size());
  for (std::size_t i = 0; i < ops.size(); ++i) {
    singles[i].ops = {ops[i]};
    touches.push_back(touches_of(singles[i]));
  }
  const auto order = Graph(singles, touches, true).sort();
  if (order.size() < ops.size()) return ops;
  std::vector<Change> out;
  out.reserve(ops.size());
  for (const auto& entry : order) out.push_back(ops[entry.first]);
  return out;
}

namespace {

using Order = std::vector<std::pair<std::size_t, Phase>>;

// The order of the steps; short where a circle stops it, which `circle` then holds in sentences.
Order arranged(const std::vector<Step>& steps, NameScopes scopes, std::vector<std::string>& circle) {
  std::vector<Touches> touches;
  touches.reserve(steps.size());
  for (const auto& step : steps) touches.push_back(touches_of(step, scopes));
  Graph graph(steps, touches, true);
  auto order = graph.sort();
  if (order.size() == steps.size()) return order;
  // Two groups may each wait for the other's middle: then only what the rules ask for is kept of a group's order.
  order = Graph(steps, touches, false).sort();
  if (order.size() < steps.size()) circle = graph.circle();
  return order;
}

}  // namespace

Result<std::vector<Step>> order_steps(std::vector<Step> steps, const Schema& before, const Schema& after,
                                      NameScopes scopes) {
  scopes.definitions = std::ranges::any_of(steps, [](const Step& step) {
    return std::ranges::any_of(step.ops,
                               [](const Change& op) { return std::holds_alternative<Delta<Definition>>(op); });
  });
  Error error{ErrorCode::policy,
              "the steps of this plan wait for each other in a circle",
              "carry out one of these changes in a migration of its own, before the others",
              {},
              {},
              {}};
  give_up_names(steps, scopes);
  const auto order = arranged(steps, scopes, error.notes);
  if (order.size() < steps.size()) return fail(std::move(error));
  std::vector<Step> sorted;
  sorted.reserve(steps.size() + 1);  // a plan may get a clean-up as its last step
  for (const auto& [i, phase] : order) {
    sorted.push_back(std::move(steps[i]));
    sorted.back().phase = phase;
    sorted.back().number = static_cast<int>(sorted.size());
  }
  FORGE_TRY(retarget(sorted, before, after, scopes.bound));
  return sorted;
}

}  // namespace forge
