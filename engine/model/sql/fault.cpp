#include "engine/model/sql/fault.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/model/sql/scan.hpp"

namespace forge {
namespace {

enum class Piece { word, name, string, number, sign };

struct Mark {
  Piece piece = Piece::sign;
  std::size_t at = 0, size = 0;
};

bool word_start(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool word_part(char c) { return word_start(c) || std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '$'; }

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words, [&](std::string_view other) { return sql::same_word(word, other); });
}

constexpr std::array<std::string_view, 6> kJoining = {"and", "or", "not", "in", "like", "between"};
constexpr std::array<std::string_view, 11> kBinary = {"=", "<", ">", "<=", ">=", "<>", "!=", "||", "/", "*", ","};

// Reads a text by the rules of one engine, and stops at the first fault.
class Scan {
 public:
  Scan(std::string_view text, std::string_view engine, SqlUse use)
      : text_(text),
        postgres_(engine == "postgres"),
        mysql_(engine == "mysql" || engine == "mariadb"),
        sqlite_(engine == "sqlite"),
        use_(use) {}

  std::optional<SqlFault> run() {
    while (at_ < text_.size() && !fault_) step();
    if (!fault_ && !open_.empty()) {
      const char sign = text_[open_.back()];
      fault(open_.back(), sign == '(' ? "the parenthesis is never closed" : "the bracket is never closed");
    }
    if (!fault_ && use_ == SqlUse::expression) ends();
    if (!fault_ && marks_.empty()) fault(0, "there is nothing in it", {}, std::max<std::size_t>(1, text_.size()));
    return fault_;
  }

  const std::vector<Mark>& marks() const { return marks_; }

 private:
  // Operators that need a value on the side where the text ends.
  void ends() {
    if (marks_.empty()) return;
    const auto joins = [&](const Mark& mark, bool unary) {
      const auto word = text_.substr(mark.at, mark.size);
      if (mark.piece == Piece::word) return is_one_of(word, kJoining) && !(unary && sql::same_word(word, "not"));
      if (mark.piece != Piece::sign) return false;
      return is_one_of(word, kBinary) || (!unary && (word == "-" || word == "+"));
    };
    const auto& last = marks_.back();
    if (joins(last, false)) return fault(last.at, "something is missing at its end", {}, last.size);
    const auto& first = marks_.front();
    if (joins(first, true)) fault(first.at, "something is missing at its beginning", {}, first.size);
  }

  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }

  void fault(std::size_t at, std::string message, std::string hint = {}, std::size_t length = 1) {
    if (!fault_) fault_ = SqlFault{std::move(message), std::move(hint), at, length};
  }
  void mark(Piece piece, std::size_t from) { marks_.push_back({piece, from, at_ - from}); }

  void step() {
    const char c = peek();
    if (c == '\0') return fault(at_, "a zero byte cannot stand in SQL");
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at_;
    } else if (line_comment()) {
      skip_line();
    } else if (starts("/*")) {
      block_comment();
    } else if (c == '\'' || c == '"' || (c == '`' && !postgres_)) {
      quoted(c, mysql_ && c != '`');
    } else if (c == '[' && sqlite_) {
      closed_by("]", 1, Piece::name);
    } else if (c == '$' && postgres_ && dollar_tag() > 0) {
      const auto tag = text_.substr(at_, dollar_tag());
      closed_by(tag, tag.size(), Piece::string);
    } else if (word_start(c)) {
      word();
    } else if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      const auto from = at_;
      while (at_ < text_.size() && (word_part(peek()) || peek() == '.')) ++at_;
      mark(Piece::number, from);
    } else {
      sign(c);
    }
  }

  void word() {
    const auto from = at_;
    while (at_ < text_.size() && word_part(peek())) ++at_;
    mark(Piece::word, from);
    // PostgreSQL's E'…' knows backslashes.
    if (postgres_ && peek() == '\'' && at_ - from == 1 && sql::lower(text_[from]) == 'e') quoted('\'', true);
  }

  // MySQL's "--" begins a comment only before white space, so that a--1 is a number.
  bool line_comment() const {
    if (starts("--")) return !mysql_ || peek(2) == '\0' || std::isspace(static_cast<unsigned char>(peek(2))) != 0;
    return mysql_ && peek() == '#';
  }

  void skip_line() {
    const auto from = at_;
    const auto end = text_.find('\n', at_);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
    if (end == std::string_view::npos && use_ == SqlUse::expression) {
      fault(from, "the comment swallows what follows the expression", "end its line, or write it as /* … */",
            text_.size() - from);
    }
  }

  void block_comment() {
    const auto from = at_;
    int depth = 0;
    while (at_ < text_.size()) {
      if (starts("/*") && (postgres_ || depth == 0)) {
        ++depth;
        at_ += 2;
      } else if (starts("*/")) {
        at_ += 2;
        if (--depth == 0) return;
      } else {
        ++at_;
      }
    }
    fault(from, "the comment is never closed", {}, 2);
  }

  void quoted(char quote, bool backslash) {
    const auto from = at_++;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\0') return fault(at_, "a zero byte cannot stand in SQL");
      if (backslash && text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == quote) {
        if (peek(1) != quote) break;
        ++at_;
      }
    }
    if (at_ >= text_.size()) {
      return fault(from, std::string("the quote ") + quote + " is never closed",
                   quote == '\'' ? "a quote inside a text is written twice: ''" : "");
    }
    ++at_;
    const bool is_string = quote == '\'' || (quote == '"' && mysql_);
    mark(is_string ? Piece::string : Piece::name, from);
  }

  void closed_by(std::string_view end, std::size_t skip, Piece piece) {
    const auto from = at_;
    const auto found = text_.find(end, at_ + skip);
    if (found == std::string_view::npos) {
      return fault(from, "the quote " + std::string(text_.substr(from, skip)) + " is never closed", {}, skip);
    }
    at_ = found + end.size();
    mark(piece, from);
  }

  // The length of a dollar quote's opening tag, or 0.
  std::size_t dollar_tag() const {
    if (at_ > 0 && word_part(text_[at_ - 1])) return 0;
    std::size_t end = at_ + 1;
    while (end < text_.size() && word_part(text_[end]) && text_[end] != '$') ++end;
    const bool digit_first = end > at_ + 1 && std::isdigit(static_cast<unsigned char>(text_[at_ + 1])) != 0;
    return end < text_.size() && text_[end] == '$' && !digit_first ? end + 1 - at_ : 0;
  }

  void sign(char c) {
    const auto from = at_++;
    if (c == '(' || (c == '[' && postgres_)) open_.push_back(from);
    if (c == ')' || (c == ']' && postgres_)) {
      const char opening = c == ')' ? '(' : '[';
      if (open_.empty() || text_[open_.back()] != opening) {
        return fault(from, std::string("'") + c + "' closes nothing");
      }
      open_.pop_back();
    }
    if (c == ';') return semicolon(from);
    while (at_ < text_.size() && std::string_view("<>=!|&:~").find(c) != std::string_view::npos &&
           std::string_view("<>=|&:~*").find(peek()) != std::string_view::npos) {
      ++at_;
    }
    mark(Piece::sign, from);
  }

  void semicolon(std::size_t from) {
    if (use_ == SqlUse::statements) return;
    if (use_ == SqlUse::expression) return fault(from, "';' ends a statement, and this is only a part of one");
    // What a query is followed by may be comments.
    const auto count = marks_.size();
    while (at_ < text_.size() && !fault_) {
      if (peek() == ';') {
        ++at_;
      } else {
        step();
      }
      if (marks_.size() > count) fault(from, "a second statement follows the query");
    }
  }

  std::string_view text_;
  bool postgres_, mysql_, sqlite_;
  SqlUse use_;
  std::size_t at_ = 0;
  std::vector<std::size_t> open_;
  std::vector<Mark> marks_;
  std::optional<SqlFault> fault_;
};

constexpr std::array<std::string_view, 5> kBefore = {"(", "and", "or", "not", "when"};
constexpr std::array<std::string_view, 20> kAfter = {
    "=", "<>", "!=", "<",    ">",     "<=",      ">=",     "<=>",   "+", "*",
    "/", "is", "in", "like", "ilike", "between", "regexp", "rlike", "~", "not"};
// Words that are values by themselves, and columns that are always there.
constexpr std::array<std::string_view, 31> kValues = {"true",
                                                      "false",
                                                      "null",
                                                      "default",
                                                      "unknown",
                                                      "current_date",
                                                      "current_time",
                                                      "localtime",
                                                      "current_user",
                                                      "session_user",
                                                      "user",
                                                      "current_role",
                                                      "system_user",
                                                      "current_timestamp",
                                                      "localtimestamp",
                                                      "utc_date",
                                                      "utc_time",
                                                      "utc_timestamp",
                                                      "current_catalog",
                                                      "current_schema",
                                                      "value",
                                                      "ctid",
                                                      "xmin",
                                                      "xmax",
                                                      "cmin",
                                                      "cmax",
                                                      "tableoid",
                                                      "exists",
                                                      "case",
                                                      "all",
                                                      "row"};

}  // namespace

std::optional<SqlFault> sql_fault(std::string_view text, std::string_view engine, SqlUse use) {
  if (engine.empty()) return std::nullopt;
  return Scan(text, engine, use).run();
}

std::optional<SqlFault> unknown_column(std::string_view text, std::string_view engine,
                                       const std::vector<std::string_view>& columns) {
  if (engine.empty()) return std::nullopt;
  Scan scan(text, engine, SqlUse::expression);
  if (scan.run()) return std::nullopt;
  const auto& marks = scan.marks();
  const auto word = [&](std::size_t i) { return text.substr(marks[i].at, marks[i].size); };
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (sql::same_word(word(i), "select")) return std::nullopt;
  }
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i].piece != Piece::word && marks[i].piece != Piece::name) continue;
    const bool first = i == 0, last = i + 1 == marks.size();
    const bool certain = (first || is_one_of(word(i - 1), kBefore)) && (last ? first : is_one_of(word(i + 1), kAfter));
    if (!certain || (marks[i].piece == Piece::word && is_one_of(word(i), kValues))) continue;
    const auto name = token_name({marks[i].piece == Piece::word ? TokenKind::word : TokenKind::quoted, word(i)});
    if (std::ranges::any_of(columns, [&](std::string_view column) { return sql::same_word(column, name); })) continue;
    return SqlFault{name, {}, marks[i].at, marks[i].size};
  }
  return std::nullopt;
}

}  // namespace forge
