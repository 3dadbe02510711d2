// Cutting a script into statements by the rules of psql's own scanner (psqlscan.l), as far as they decide where one ends.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/db/postgres.hpp"
#include "engine/db/text_place.hpp"

namespace forge {
namespace {

bool word_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & '\x80') != 0; }
bool word_part(char c) { return word_start(c) || std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '$'; }

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

class Splitter {
 public:
  Splitter(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  Result<std::vector<ScriptStatement>> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\' && words_.empty() && begin_ == npos) {
        FORGE_TRY(command());
      } else if (c == ';' && parentheses_ == 0 && blocks_ == 0) {
        FORGE_TRY(end_statement());
      } else {
        FORGE_TRY(token());
      }
    }
    if (begin_ != npos) finish(text_.size());
    return std::move(out_);
  }

 private:
  static constexpr auto npos = std::string_view::npos;

  bool looking_at(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  std::unexpected<Error> wrong(std::size_t at, std::string message, std::string hint) const {
    Error error{ErrorCode::spec, std::move(message), std::move(hint), {}, {}, {}};
    error.place = place_in(text_, at, file_);
    return fail(std::move(error));
  }

  // What is neither white space nor a comment is part of a statement.
  void part_of_statement() {
    if (begin_ == npos) begin_ = at_;
  }

  Result<void> token() {
    const char c = text_[at_];
    if (std::isspace(static_cast<unsigned char>(c)) != 0) return ++at_, Result<void>();
    if (looking_at("--")) return skip_line(), Result<void>();
    if (looking_at("/*")) return comment();
    part_of_statement();
    if (c == '\'') return quoted('\'', false);
    if (c == '"') return quoted('"', false);
    if (c == '$') return dollar();
    if (word_start(c)) return word();
    if (c == '(') ++parentheses_;
    if (c == ')' && parentheses_ > 0) --parentheses_;
    ++at_;
    return {};
  }

  void skip_line() {
    const auto end = text_.find('\n', at_);
    at_ = end == npos ? text_.size() : end + 1;
  }

  // Comments nest.
  Result<void> comment() {
    const auto begin = at_;
    int depth = 0;
    do {
      if (at_ >= text_.size()) return wrong(begin, "a comment that has no end", "close it with */");
      if (looking_at("/*")) {
        ++depth;
        at_ += 2;
      } else if (looking_at("*/")) {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0);
    return {};
  }

  Result<void> quoted(char quote, bool escapes) {
    const auto begin = at_++;
    for (; at_ < text_.size(); ++at_) {
      if (escapes && text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == quote) {
        ++at_;
        if (at_ >= text_.size() || text_[at_] != quote) return {};
      }
    }
    return wrong(begin, fmt::format("a {} that has no end", quote == '"' ? "quoted name" : "string"),
                 fmt::format("close it with {}", quote));
  }

  Result<void> dollar() {
    auto end = at_ + 1;
    while (end < text_.size() && word_part(text_[end]) && text_[end] != '$') ++end;
    const bool digit = end > at_ + 1 && std::isdigit(static_cast<unsigned char>(text_[at_ + 1])) != 0;
    if (end >= text_.size() || text_[end] != '$' || digit) return ++at_, Result<void>();
    const auto tag = text_.substr(at_, end + 1 - at_);
    const auto close = text_.find(tag, end + 1);
    if (close == npos)
      return wrong(at_, fmt::format("the text behind {} has no end", tag), fmt::format("close it with {}", tag));
    at_ = close + tag.size();
    return {};
  }

  Result<void> word() {
    auto end = at_;
    while (end < text_.size() && word_part(text_[end])) ++end;
    const auto word = upper(text_.substr(at_, end - at_));
    at_ = end;
    if (at_ < text_.size() && text_[at_] == '\'' && word == "E") return quoted('\'', true);
    if (words_.size() < 4) words_.push_back(word);
    if (parentheses_ == 0 && makes_routine()) count_block(word);
    return {};
  }

  bool makes_routine() const {
    if (words_.empty() || words_[0] != "CREATE") return false;
    const auto at = words_.size() > 2 && words_[1] == "OR" ? 3U : 1U;
    return words_.size() > at && (words_[at] == "FUNCTION" || words_[at] == "PROCEDURE");
  }

  // BEGIN ATOMIC … END: semicolons inside belong to the body; CASE … END nests in it.
  void count_block(const std::string& word) {
    if (word == "BEGIN") ++blocks_;
    if (word == "CASE" && blocks_ > 0) ++blocks_;
    if (word == "END" && blocks_ > 0) --blocks_;
  }

  void finish(std::size_t end) {
    out_.push_back({text_.substr(begin_, end - begin_), begin_, words_});
    begin_ = npos;
    words_.clear();
    parentheses_ = blocks_ = 0;
  }

  Result<void> end_statement() {
    if (begin_ == npos) return ++at_, Result<void>();
    const bool copy =
        !words_.empty() && words_[0] == "COPY" && upper(text_.substr(begin_, at_ - begin_)).find("FROM STDIN") != npos;
    if (!copy) {
      finish(at_++);
      return {};
    }
    const auto begin = begin_;
    begin_ = npos;
    words_.clear();
    skip_line();
    while (at_ < text_.size()) {
      const auto line = text_.substr(at_, text_.find('\n', at_) - at_);
      skip_line();
      if (line == "\\." || line == "\\.\r") return {};
    }
    return wrong(begin, "the data behind COPY has no end", "it ends with a line of \\.");
  }

  Result<void> command() {
    auto end = at_ + 1;
    while (end < text_.size() && word_part(text_[end])) ++end;
    const auto name = text_.substr(at_ + 1, end - at_ - 1);
    if (name == "connect" || name == "c" || name == "restrict" || name == "unrestrict" || name == "encoding") {
      return skip_line(), Result<void>();
    }
    return wrong(at_, fmt::format("\\{} is a command of psql, not SQL", name),
                 "only what pg_dump writes is understood (\\connect, \\restrict, \\unrestrict): take the line out");
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  std::size_t begin_ = npos;        // of the statement under way
  std::vector<std::string> words_;  // its first words, in upper case
  int parentheses_ = 0, blocks_ = 0;
  std::vector<ScriptStatement> out_;
};

}  // namespace

Result<std::vector<ScriptStatement>> postgres_statements(std::string_view script, const std::string& file) {
  return Splitter(script, file).run();
}

}  // namespace forge
