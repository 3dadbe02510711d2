#include "tests/support/normalise.hpp"

#include <algorithm>
#include <cctype>

namespace forge::test {
namespace {

bool word_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool plain_identifier(std::string_view text) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) != 0) return false;
  return std::ranges::all_of(text, word_char);
}

// The end of the quoted run that begins at `from` (a doubled quote does not end it).
std::size_t quoted_end(std::string_view sql, std::size_t from) {
  const char quote = sql[from];
  std::size_t i = from + 1;
  while (i < sql.size()) {
    if (sql[i] == quote) {
      if (i + 1 < sql.size() && sql[i + 1] == quote) {
        i += 2;
        continue;
      }
      return i + 1;
    }
    ++i;
  }
  return sql.size();
}

void add_quoted(std::string& out, std::string_view run) {
  const auto inner = run.substr(1, run.size() < 2 ? 0 : run.size() - 2);
  const bool identifier = run[0] != '\'';
  out += identifier && plain_identifier(inner) ? std::string(inner) : std::string(run);
}

bool glued(char before, char next) {
  return before == '(' || next == ')' || next == ',' || next == ';' || next == '(' || before == '\0';
}

// Splits at commas outside parentheses and quotes.
std::vector<std::string> split_elements(std::string_view text) {
  std::vector<std::string> parts;
  int depth = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'' || c == '"' || c == '`') {
      i = quoted_end(text, i) - 1;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    } else if (c == ',' && depth == 0) {
      parts.emplace_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  parts.emplace_back(text.substr(start));
  for (auto& part : parts) {
    const auto first = part.find_first_not_of(' ');
    part = first == std::string::npos ? "" : part.substr(first, part.find_last_not_of(' ') - first + 1);
  }
  return parts;
}

std::size_t closing_parenthesis(std::string_view text, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'' || c == '"' || c == '`') {
      i = quoted_end(text, i) - 1;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth == 0) {
      return i;
    }
  }
  return text.size();
}

bool pg_noise(std::string_view line) {
  return line.empty() || line.starts_with("--") || line.starts_with("SET ") || line.starts_with("\\") ||
         line.starts_with("SELECT pg_catalog.set_config");
}

}  // namespace

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string normalise_sql(std::string_view sql) {
  std::string out;
  bool space = false;
  for (std::size_t i = 0; i < sql.size();) {
    const char c = sql[i];
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      space = true;
      ++i;
      continue;
    }
    if (space && !glued(out.empty() ? '\0' : out.back(), c)) out += ' ';
    space = false;
    if (c == '\'' || c == '"' || c == '`') {
      const auto end = quoted_end(sql, i);
      add_quoted(out, sql.substr(i, end - i));
      i = end;
    } else {
      out += c;
      ++i;
    }
  }
  return out;
}

std::string normalise_create(std::string_view sql) {
  const std::string flat = normalise_sql(sql);
  if (!flat.starts_with("CREATE TABLE") && !flat.starts_with("CREATE UNLOGGED TABLE")) return flat;
  const auto open = flat.find('(');
  if (open == std::string::npos) return flat;
  const auto close = closing_parenthesis(flat, open);
  auto elements = split_elements(std::string_view(flat).substr(open + 1, close - open - 1));
  std::ranges::sort(elements);
  std::string out = flat.substr(0, open) + "(";
  for (const auto& element : elements) out += "\n  " + element;
  return out + "\n" + flat.substr(close);
}

std::string normalise_show_create(std::string_view sql) {
  std::string out = normalise_create(sql);
  const auto take = [&out](const std::string& text) {
    for (auto at = out.find(text); at != std::string::npos; at = out.find(text, at)) {
      const auto end = at + text.size();
      if (end < out.size() && word_char(out[end])) {
        at = end;
      } else {
        out.erase(at, text.size());
      }
    }
  };
  const auto word_after = [&out](std::string_view mark) -> std::string {
    const auto at = out.rfind(mark);
    if (at == std::string::npos || out.find("\n)", at) != std::string::npos) return "";
    auto end = at + mark.size();
    while (end < out.size() && word_char(out[end])) ++end;
    return out.substr(at + mark.size(), end - at - mark.size());
  };
  take(" USING BTREE");
  if (const auto charset = word_after(" DEFAULT CHARSET="); !charset.empty()) take(" CHARACTER SET " + charset);
  if (const auto collation = word_after(" COLLATE="); !collation.empty()) take(" COLLATE " + collation);
  return out;
}

std::vector<std::string> normalise_pg_dump(std::string_view dump) {
  std::vector<std::string> entries;
  std::string statement;
  for (const auto& line : split_lines(dump)) {
    if (statement.empty() && pg_noise(line)) continue;
    statement += line + "\n";
    if (!line.ends_with(";")) continue;
    // A function's body holds semicolons at line ends: it is whole once its dollar quotes pair up.
    std::size_t dollars = 0;
    for (auto at = statement.find("$$"); at != std::string::npos; at = statement.find("$$", at + 2)) ++dollars;
    if (dollars % 2 == 1) continue;
    entries.push_back(normalise_create(statement));
    statement.clear();
  }
  std::ranges::sort(entries);
  return entries;
}

}  // namespace forge::test
