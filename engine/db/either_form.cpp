#include "engine/db/either_form.hpp"

#include <cctype>
#include <vector>

namespace forge {
namespace {

constexpr std::string_view kShort = "\1{", kLong = "\1|", kEnd = "\1}";

enum class Logic { none, conjunction, disjunction };

struct Bracket {
  Logic left;    // the word before it
  Logic inside;  // the word between what it holds
};

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || (c & 0x80) != 0;
}

std::size_t past_quotes(std::string_view text, std::size_t at) {
  const auto end = text.find(text[at], at + 1);
  return end == std::string_view::npos ? text.size() : end + 1;
}

Logic logic_of(std::string_view word) {
  if (word == "AND") return Logic::conjunction;
  return word == "OR" ? Logic::disjunction : Logic::none;
}

void choose(std::string& value) {
  for (std::size_t at = value.find(kShort); at != std::string::npos;) {
    const auto middle = value.find(kLong, at), end = value.find(kEnd, at);
    if (middle == std::string::npos || end == std::string::npos || end < middle) return;
    const auto brief = value.substr(at + kShort.size(), middle - at - kShort.size());
    const auto whole = value.substr(middle + kLong.size(), end - middle - kLong.size());
    const auto& chosen = nests_logic(whole) ? whole : brief;
    value.replace(at, end + kEnd.size() - at, chosen);
    at = value.find(kShort, at + chosen.size());
  }
}

}  // namespace

bool nests_logic(std::string_view text) {
  std::vector<Bracket> open{{Logic::none, Logic::none}};
  Logic last = Logic::none;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (in_word(c)) {
      const auto begin = at;
      while (at < text.size() && in_word(text[at])) ++at;
      last = logic_of(text.substr(begin, at - begin));
      if (last != Logic::none) open.back().inside = last;
      continue;
    }
    if (c == '(') open.push_back({last, Logic::none});
    if (c == ')' && open.size() > 1) {
      if (open.back().left != Logic::none && open.back().left == open.back().inside) return true;
      open.pop_back();
    }
    const bool space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!space) last = Logic::none;
    at = c == '\'' || c == '"' ? past_quotes(text, at) : at + 1;
  }
  return false;
}

void choose_forms(Rows& rows) {
  for (auto& row : rows.rows) {
    for (auto& value : row) {
      if (value && value->find(kShort) != std::string::npos) choose(*value);
    }
  }
}

}  // namespace forge
