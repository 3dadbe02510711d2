// A sequence that belongs to a column which takes its default from it can neither come before the column nor after it:
// it comes without an owner and is given one later, and goes the other way round.
#include <fmt/format.h>

#include <algorithm>

#include <iterator>
#include <map>
#include <utility>

#include "engine/order/order.hpp"
#include "engine/order/split.hpp"
#include "engine/plan/plan.hpp"

namespace forge {
namespace {

// Columns that come, or go, with what their defaults say; by "table.column" in display form.
std::map<std::string, std::string> moving_defaults(const std::vector<Step>& steps, bool creating) {
  std::map<std::string, std::string> out;
  const auto add = [&](const QName& table, const Column& column) {
    const auto& value = column.default_value;
    if (value && value->kind == Expr::Kind::sql) out[display(table) + "." + display({"", column.name})] = value->text;
  };
  for (const auto& step : steps) {
    for (const auto& op : step.ops) {
      if (const auto* table = std::get_if<Delta<Table>>(&op)) {
        const auto& side = creating ? table->after : table->before;
        if (!side || (creating ? table->before : table->after)) continue;
        for (const auto& column : side->columns) add(side->name, column);
      } else if (const auto* column = std::get_if<Delta<Column>>(&op)) {
        const auto& side = creating ? column->after : column->before;
        if (side && !(creating ? column->before : column->after)) add(column->table, *side);
      }
    }
  }
  return out;
}

// The sequence that the operation makes or drops while the column that owns it moves with it; null for any other.
Sequence* entangled(Change& change, const std::map<std::string, std::string>& defaults, bool creating) {
  auto* delta = std::get_if<Delta<Sequence>>(&change);
  if (!delta) return nullptr;
  auto& side = creating ? delta->after : delta->before;
  if (!side || (creating ? delta->before : delta->after) || side->owned_by.empty()) return nullptr;
  const auto owner = defaults.find(side->owned_by);
  // nextval names its sequence in a string.
  return owner != defaults.end() && owner->second.find(side->name.name) != std::string::npos ? &*side : nullptr;
}

Step step_for(const Sequence& owned, const Step& like, bool creating) {
  Sequence free = owned;
  free.owned_by.clear();
  Step step = step_beside(like);
  const auto object = display(owned.name);
  step.id = fmt::format("{}/{}/{}", object, word_of(like.phase), creating ? "give-owner" : "take-owner");
  step.title =
      fmt::format("{} sequence {} {} {}", creating ? "Give" : "Take", object, creating ? "to" : "from", owned.owned_by);
  step.why = fmt::format("{} and the sequence that belongs to it lean on each other: neither can {} first",
                         owned.owned_by, creating ? "be created whole" : "be dropped");
  step.ops = {creating ? Delta<Sequence>{{}, free, owned} : Delta<Sequence>{{}, owned, free}};
  return step;
}

void split(std::vector<Step>& steps, bool creating) {
  const auto defaults = moving_defaults(steps, creating);
  if (defaults.empty()) return;
  std::vector<Step> out;
  for (auto& step : steps) {
    std::vector<Step> own;
    for (auto& op : step.ops) {
      Sequence* sequence = entangled(op, defaults, creating);
      if (!sequence) continue;
      own.push_back(step_for(*sequence, step, creating));
      sequence->owned_by.clear();
    }
    own.insert(creating ? own.begin() : own.end(), std::move(step));
    std::ranges::move(own, std::back_inserter(out));
  }
  steps = std::move(out);
}

bool is_handed_over(const Change& op) {
  const auto* delta = std::get_if<Delta<Sequence>>(&op);
  if (!delta || !delta->before || !delta->after) return false;
  const auto &from = delta->before->owned_by, &to = delta->after->owned_by;
  return !from.empty() && !to.empty() && from != to;
}

// A sequence that passes from one column to another leaves the first before that can go, and belongs to nobody until the
// second is there.
void split_handed_over(std::vector<Step>& steps) {
  const auto hands_over = [](const Step& step) { return std::ranges::any_of(step.ops, is_handed_over); };
  if (std::ranges::none_of(steps, hands_over)) return;
  std::vector<Step> out;
  for (auto& step : steps) {
    std::vector<Step> own;
    for (auto& op : step.ops) {
      if (!is_handed_over(op)) continue;
      auto& delta = std::get<Delta<Sequence>>(op);
      own.push_back(step_for(*delta.before, step, false));
      delta.before->owned_by.clear();
    }
    std::ranges::move(own, std::back_inserter(out));
    out.push_back(std::move(step));
  }
  steps = std::move(out);
}

}  // namespace

void split_owned_sequences(std::vector<Step>& steps) {
  split_handed_over(steps);
  split(steps, true);
  split(steps, false);
}

}  // namespace forge
