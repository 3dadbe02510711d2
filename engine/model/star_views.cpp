#include "engine/model/star_views.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/sql/statements.hpp"

namespace forge {
namespace {

// A query's select list and what stands behind it, each piece as its tokens with single spaces between them.
struct Selection {
  std::vector<std::string> items;
  std::string rest;
  bool star = false;
};

void append(std::string& piece, const Token& token) {
  if (!piece.empty()) piece += ' ';
  piece += token.text;
}

// nullopt: the text does not begin with SELECT.
std::optional<Selection> selection_of(std::string_view query) {
  const sql::Significant tokens(query);
  if (!tokens.is(0, "select")) return std::nullopt;
  Selection out;
  out.items.emplace_back();
  int depth = 0;
  std::size_t i = 1;
  for (; i < tokens.size(); ++i) {
    if (tokens.is(i, "(")) ++depth;
    if (tokens.is(i, ")")) --depth;
    if (depth == 0 && tokens.is(i, "from")) break;
    if (depth == 0 && tokens.is(i, ",")) {
      out.items.emplace_back();
      continue;
    }
    const bool whole = out.items.back().empty() || tokens.is(i - 1, ".") || tokens.is(i - 1, "distinct");
    out.star = out.star || (depth == 0 && whole && tokens.is(i, "*"));
    append(out.items.back(), tokens[i]);
  }
  for (; i < tokens.size(); ++i) append(out.rest, tokens[i]);
  std::ranges::sort(out.items);
  return out;
}

bool says_star(const View& view) {
  const auto selection = selection_of(view.query);
  return selection && selection->star;
}

bool same_but_order(const View& a, const View& b) {
  const auto left = selection_of(a.query), right = selection_of(b.query);
  return left && right && left->items == right->items && left->rest == right->rest;
}

}  // namespace

std::optional<GivenColumns> given_by(std::string_view query) {
  const sql::Statements statements(query);
  if (statements.top() == sql::kNone) return std::nullopt;
  const auto& scope = statements.scopes()[statements.top()];
  GivenColumns out;
  for (const auto& item : scope.items) {
    if (!item.star) {
      if (item.name.empty()) return std::nullopt;
      out.names.push_back(item.name);
      continue;
    }
    bool found = false;
    for (const auto& source : scope.sources) {
      if (!item.of.empty() && source.called != item.of) continue;
      out.stars.push_back(source.function ? "" : source.said.name);
      found = true;
    }
    if (!found) out.stars.emplace_back();
  }
  return out;
}

void adopt_star_order(Schema& settled, const Schema& written, const Schema& other) {
  for (auto& [name, view] : settled.views) {
    const auto said = written.views.find(name), there = other.views.find(name);
    if (said == written.views.end() || there == other.views.end() || view.query == there->second.query) continue;
    if (says_star(said->second) && same_but_order(view, there->second)) view.query = there->second.query;
  }
}

}  // namespace forge
