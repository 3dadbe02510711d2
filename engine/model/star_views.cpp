#include "engine/model/star_views.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/sql_scan.hpp"

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

// Where what begins at `from` ends: behind the last token, or at one of `ends` outside of parentheses.
std::size_t end_of_item(const sql::Significant& tokens, std::size_t from,
                        std::initializer_list<std::string_view> ends) {
  int depth = 0;
  for (std::size_t i = from; i < tokens.size(); ++i) {
    if (tokens.is(i, "(")) ++depth;
    if (tokens.is(i, ")")) --depth;
    const bool stops = depth == 0 && std::ranges::any_of(ends, [&](auto end) { return tokens.is(i, end); });
    if (stops) return i;
  }
  return tokens.size();
}

// What stands behind FROM and each JOIN or comma of one SELECT: the table's own name, by the name that the query gives it.
std::vector<std::pair<std::string, std::string>> sources(const sql::Significant& tokens, std::size_t from) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto end = end_of_item(tokens, from, {"where", "group", "having", "order", "union", "limit", "window"});
  for (std::size_t i = from; i < end; i = end_of_item(tokens, i + 1, {"join", ","})) {
    std::size_t at = i + 1;
    if (at >= end || !sql::is_name(tokens[at])) {  // a query in parentheses, a function …
      out.emplace_back();
      continue;
    }
    while (tokens.is(at + 1, ".") && at + 2 < end) at += 2;
    const auto name = token_name(tokens[at]);
    if (tokens.is(at + 1, "as")) ++at;
    const bool alias = at + 1 < end && sql::is_name(tokens[at + 1]) &&
                       (tokens[at + 1].kind == TokenKind::quoted || !sql::is_reserved(tokens[at + 1].text));
    out.emplace_back(alias ? token_name(tokens[at + 1]) : name, tokens.is(at + 1, "(") ? "" : name);
  }
  return out;
}

}  // namespace

std::optional<GivenColumns> given_by(std::string_view query) {
  const sql::Significant tokens(query);
  if (!tokens.is(0, "select")) return std::nullopt;
  GivenColumns out;
  const auto from = end_of_item(tokens, 1, {"from"});
  const auto read = sources(tokens, from);
  for (std::size_t i = tokens.is(1, "distinct") ? 2 : 1; i < from;) {
    const auto end = end_of_item(tokens, i, {",", "from"});
    if (tokens.is(end - 1, "*") && (end - i == 1 || tokens.is(end - 2, "."))) {
      const auto of = end - i == 1 ? std::string() : token_name(tokens[end - 3]);
      bool found = false;
      for (const auto& [called, name] : read) {
        if (!of.empty() && called != of) continue;
        out.stars.push_back(name);
        found = true;
      }
      if (!found) out.stars.emplace_back();
    } else if (end > i && sql::is_name(tokens[end - 1])) {
      out.names.push_back(token_name(tokens[end - 1]));
    } else {
      return std::nullopt;
    }
    i = end + 1;
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
