#include "engine/lua/source_index.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace forge {
namespace {

bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_name_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Walks over a text once and hands out its tokens.
class Scanner {
 public:
  Scanner(std::string_view text, const std::vector<std::uint32_t>& starts) : text_(text), starts_(starts) {}

  std::vector<SourceToken> run() {
    while (at_ < text_.size()) step();
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void step() {
    const char c = peek();
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at_;
    } else if (c == '-' && peek(1) == '-') {
      comment();
    } else if (c == '"' || c == '\'') {
      quoted(c);
    } else if (c == '[' && bracket_level(at_) >= 0) {
      const auto begin = at_;
      const auto level = static_cast<std::size_t>(bracket_level(at_));
      skip_bracket(level);
      add(SourceToken::Kind::string, begin, begin + level + 2, at_ - std::min(at_, level + 2));
    } else if (is_name_start(c)) {
      word();
    } else if (is_digit(c)) {
      const auto begin = at_;
      while (at_ < text_.size() && (is_name_part(peek()) || peek() == '.')) ++at_;
      add(SourceToken::Kind::number, begin, begin, at_);
    } else {
      add(SourceToken::Kind::symbol, at_, at_, at_ + 1);
      ++at_;
    }
  }

  void word() {
    const auto begin = at_;
    while (at_ < text_.size() && is_name_part(peek())) ++at_;
    add(SourceToken::Kind::name, begin, begin, at_);
  }

  void quoted(char quote) {
    const auto begin = at_++;
    while (at_ < text_.size() && peek() != quote && peek() != '\n') at_ += peek() == '\\' ? 2 : 1;
    at_ = std::min(at_, text_.size());
    const auto end = at_;
    if (peek() == quote) ++at_;
    add(SourceToken::Kind::string, begin, begin + 1, end);
  }

  // The number of '=' in a long bracket that opens at `at`, or -1.
  int bracket_level(std::size_t at) const {
    std::size_t i = at + 1;
    while (i < text_.size() && text_[i] == '=') ++i;
    return i < text_.size() && text_[i] == '[' ? static_cast<int>(i - at - 1) : -1;
  }

  void skip_bracket(std::size_t level) {
    const std::string close = "]" + std::string(level, '=') + "]";
    const auto end = text_.find(close, at_);
    at_ = end == std::string_view::npos ? text_.size() : end + close.size();
  }

  void comment() {
    at_ += 2;
    if (peek() == '[' && bracket_level(at_) >= 0) {
      skip_bracket(static_cast<std::size_t>(bracket_level(at_)));
    } else {
      at_ = std::min(text_.find('\n', at_), text_.size());
    }
  }

  // `whole` is where the token starts with its quotes; [begin, end) is its own text.
  void add(SourceToken::Kind kind, std::size_t whole, std::size_t begin, std::size_t end) {
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), whole);
    const auto line_end = after == starts_.end() ? text_.size() : *after - 1;
    SourceToken token;
    token.kind = kind;
    token.line = static_cast<int>(after - starts_.begin());
    token.column = static_cast<int>(whole - *(after - 1)) + 1;
    const auto stop = kind == SourceToken::Kind::symbol ? end : std::max(at_, end);
    token.length = static_cast<int>(std::min(stop, line_end) - whole);
    token.begin = static_cast<std::uint32_t>(std::min(begin, text_.size()));
    token.size = static_cast<std::uint32_t>(end > begin ? end - begin : 0);
    tokens_.push_back(token);
  }

  std::string_view text_;
  const std::vector<std::uint32_t>& starts_;
  std::size_t at_ = 0;
  std::vector<SourceToken> tokens_;
};

}  // namespace

SourceIndex::SourceIndex(std::string_view text) : text_(text) {
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_starts_.push_back(static_cast<std::uint32_t>(i + 1));
  }
  tokens_ = Scanner(text, line_starts_).run();
}

std::string_view SourceIndex::line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > line_starts_.size()) return {};
  const auto begin = line_starts_[static_cast<std::size_t>(number) - 1];
  auto end = text_.find('\n', begin);
  if (end == std::string_view::npos) end = text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return text_.substr(begin, end - begin);
}

std::optional<std::size_t> SourceIndex::find(std::string_view wanted, int line, int reach, std::size_t from) const {
  const auto first = std::ranges::lower_bound(tokens_, line, {}, &SourceToken::line);
  auto i = std::max(from, static_cast<std::size_t>(first - tokens_.begin()));
  for (; i < tokens_.size() && tokens_[i].line <= line + reach; ++i) {
    const auto kind = tokens_[i].kind;
    if (kind != SourceToken::Kind::symbol && text_of(tokens_[i]) == wanted) return i;
  }
  return std::nullopt;
}

bool SourceIndex::is_symbol(std::size_t number, char sign) const {
  return number < tokens_.size() && tokens_[number].kind == SourceToken::Kind::symbol &&
         text_[tokens_[number].begin] == sign;
}

bool SourceIndex::is_said(std::size_t number) const {
  const bool name = tokens_[number].kind == SourceToken::Kind::name;
  return name && number > 0 && (is_symbol(number - 1, ':') || is_symbol(number - 1, '.'));
}

std::size_t SourceIndex::closing(std::size_t number) const {
  int depth = 0;
  for (std::size_t i = number; i < tokens_.size(); ++i) {
    if (is_symbol(i, '{') || is_symbol(i, '(')) ++depth;
    if (is_symbol(i, '}') || is_symbol(i, ')')) --depth;
    if (depth == 0) return i;
  }
  return tokens_.size();
}

std::optional<std::size_t> SourceIndex::node_word(int line, int nth, const Words& words) const {
  std::vector<std::pair<std::size_t, std::size_t>> made;  // when: a token's number; and the word
  const auto first = std::ranges::lower_bound(tokens_, line, {}, &SourceToken::line);
  for (auto i = static_cast<std::size_t>(first - tokens_.begin()); i < tokens_.size() && tokens_[i].line == line; ++i) {
    if (is_said(i) || i + 1 >= tokens_.size() || !words.contains(text_of(tokens_[i]))) continue;
    if (tokens_[i + 1].kind == SourceToken::Kind::string) {
      made.emplace_back(i + 1, i);
    } else if (is_symbol(i + 1, '{') || is_symbol(i + 1, '(')) {
      made.emplace_back(closing(i + 1), i);
    }
  }
  std::ranges::sort(made);
  if (nth < 0 || made.empty()) return std::nullopt;
  return made[static_cast<std::size_t>(nth) % made.size()].second;
}

std::optional<std::size_t> SourceIndex::said_word(std::string_view wanted, int line, std::size_t from) const {
  for (auto found = find(wanted, line, 0, from); found; found = find(wanted, line, 0, *found + 1)) {
    if (is_said(*found)) return found;
  }
  return std::nullopt;
}

}  // namespace forge
