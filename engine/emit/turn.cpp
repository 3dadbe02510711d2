#include "engine/emit/turn.hpp"
#include "engine/model/generated_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>

namespace forge {
namespace {

// Those, and the tables that hold them: what must be left alone for a question about the operation to keep its answer.
std::set<std::string> rests_on(const Change& op) {
  std::set<std::string> out = objects_of(op);
  for (const auto& table : {table_of(op), table_of(reverse(op))}) {
    if (!table.empty()) out.insert(display(table));
  }
  return out;
}

}  // namespace

std::set<std::string> objects_of(const Change& op) { return {object_of(op), object_of(reverse(op))}; }

std::set<std::string> changed_by(const Change& op) {
  auto out = objects_of(op);
  const auto* key = std::get_if<Delta<Key>>(&op);
  if (!key) return out;
  for (const auto* side : {&key->before, &key->after}) {
    if (!*side || !(*side)->primary) continue;
    for (const auto& part : (*side)->parts) out.insert(display(key->table) + "." + part.column);
  }
  return out;
}

Turns::Turns(const Plan& plan) {
  const int end = static_cast<int>(plan.steps.size());
  std::unordered_map<std::string, std::vector<int>> touched;  // object: the numbers of the steps that work on it
  for (const auto& step : plan.steps) {
    std::set<std::string> names;
    for (const auto& op : step.ops) {
      names.merge(changed_by(op));
      // All that MongoDB asks of a collection's documents is one validator.
      if (plan.engine == "mongodb" && !table_of(op).empty()) names.insert(display(table_of(op)));
    }
    for (const auto& name : names) touched[name].push_back(step.number);
  }
  for (const auto& step : plan.steps) {
    if (!step.mark || step.mark->op < 1 || step.mark->op > static_cast<int>(step.ops.size())) continue;
    const int number = step.number;
    Known known{fmt::format("step {}", number), step.title, &step.mark->sql, 0, number - 1, number, end};
    for (const auto& name : rests_on(step.ops[static_cast<std::size_t>(step.mark->op - 1)])) {
      const auto found = touched.find(name);
      if (found == touched.end()) continue;
      const auto own = std::ranges::lower_bound(found->second, number);
      if (own != found->second.begin()) known.off = std::max(known.off, *std::prev(own));
      const auto next = std::ranges::upper_bound(found->second, number);
      if (next != found->second.end()) known.on_end = std::min(known.on_end, *next - 1);
    }
    known_.push_back(std::move(known));
  }
  for (const auto& mark : plan.end_marks) {
    int first = end + 1;
    for (const auto& name : rests_on(mark.change)) {
      if (const auto found = touched.find(name); found != touched.end()) first = std::min(first, found->second.front());
    }
    if (first > end) continue;
    known_.push_back({"the whole plan", word_of(mark.change) + " " + shown_name(object_of(mark.change)), &mark.sql, 0,
                      first - 1, end, end});
  }
}

// Asks until every earlier point that a mark can tell from this one is ruled out.
void Turns::must_be_done(std::vector<Assertion>& out, int reached) const {
  for (int open = reached - 1; open >= 0;) {
    const Known* best = nullptr;
    int nearest = -1;  // the latest point that some mark rules out
    for (const auto& one : known_) {
      if (one.on > reached) break;
      if (one.on_end < reached || one.off > open) continue;
      nearest = std::max(nearest, std::min(open, one.off_end));
      if (one.off_end >= open && (!best || one.off < best->off)) best = &one;
    }
    if (best) out.push_back({fmt::format("{} must be done before this: {}", best->what, best->title), *best->sql, "1"});
    open = best ? best->off - 1 : nearest;
  }
}

// The same for later points.
void Turns::must_not_be_done(std::vector<Assertion>& out, int reached) const {
  int end = 0;
  for (const auto& one : known_) end = std::max(end, one.on_end);
  for (int open = reached + 1; open <= end;) {
    const Known* best = nullptr;
    for (const auto& one : known_) {
      if (one.on <= reached || one.off > reached || one.off_end < reached || one.on_end < open) continue;
      if (best && one.on > open) break;
      if (!best || one.on_end > best->on_end) best = &one;
    }
    if (!best) break;
    out.push_back({fmt::format("{} must not be done at this point: {}", best->what, best->title), *best->sql, "0"});
    open = best->on_end + 1;
  }
}

std::vector<Assertion> Turns::after(int step) const {
  std::vector<Assertion> out;
  must_be_done(out, step);
  must_not_be_done(out, step);
  return out;
}

}  // namespace forge
