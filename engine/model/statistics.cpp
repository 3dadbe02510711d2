#include "engine/model/statistics.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/model/publication.hpp"
#include "engine/model/sql/scan.hpp"

namespace forge {
namespace {

using sql::Significant;

// Where ON and FROM stand, outside of parentheses.
struct Clauses {
  std::size_t on = 0, from = 0;
};

std::optional<Clauses> clauses_of(const Significant& tokens) {
  if (!tokens.is(0, "create") || !tokens.is(1, "statistics")) return std::nullopt;
  Clauses out;
  int depth = 0;
  for (std::size_t i = 2; i < tokens.size(); ++i) {
    if (tokens.is(i, "(")) ++depth;
    if (tokens.is(i, ")")) --depth;
    if (depth != 0) continue;
    if (out.on == 0 && tokens.is(i, "on")) out.on = i;
    if (tokens.is(i, "from")) out.from = i;
  }
  if (out.on == 0 || out.from <= out.on + 1 || out.from + 1 >= tokens.size()) return std::nullopt;
  return out;
}

std::string join(const Significant& tokens, std::size_t first, std::size_t end) {
  std::string out;
  for (std::size_t i = first; i < end; ++i) (out += out.empty() ? "" : " ") += tokens[i].text;
  return out;
}

}  // namespace

std::string sorted_statistics(std::string_view create) {
  const Significant tokens(create);
  const auto at = clauses_of(tokens);
  if (!at) return std::string(create);
  std::vector<std::string> items;
  std::size_t first = at->on + 1;
  int depth = 0;
  for (std::size_t i = first; i <= at->from; ++i) {
    if (tokens.is(i, "(")) ++depth;
    if (tokens.is(i, ")")) --depth;
    if (i != at->from && (depth != 0 || !tokens.is(i, ","))) continue;
    items.push_back(join(tokens, first, i));
    first = i + 1;
  }
  std::ranges::sort(items);
  std::string out = join(tokens, 0, at->on + 1);
  for (std::size_t i = 0; i < items.size(); ++i) out += (i == 0 ? " " : ", ") + items[i];
  return out + " " + join(tokens, at->from, tokens.size());
}

bool is_statistics_of(const Definition& definition, const QName& table) {
  if (definition.kind != "statistics") return false;
  const Significant tokens(definition.create);
  const auto at = clauses_of(tokens);
  if (!at || !token_names(tokens[tokens.size() - 1], table.name)) return false;
  const bool qualified = at->from + 3 < tokens.size() && tokens.is(at->from + 2, ".");
  const std::string_view in = table.schema.empty() ? std::string_view("public") : std::string_view(table.schema);
  return qualified ? token_names(tokens[at->from + 1], in) : table.schema.empty();
}

bool stands_on(const Definition& definition, const QName& table) {
  if (definition.on == table || is_statistics_of(definition, table)) return true;
  return definition.kind == "publication" &&
         std::ranges::any_of(definition.parts, [&](const DefinitionPart& part) { return publishes(part, table); });
}

}  // namespace forge
