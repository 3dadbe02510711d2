// Cutting a script into statements by the rules of the mysql client, as far as they decide where one ends.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/db/mysql.hpp"
#include "engine/db/text_place.hpp"

namespace forge {
namespace {

bool space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool word_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || (c & '\x80') != 0;
}

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
      if (begin_ == npos && (text_[at_] == '\\' || std::isalpha(static_cast<unsigned char>(text_[at_])) != 0)) {
        FORGE_ASSIGN(const bool taken, command());
        if (taken) continue;
      }
      if (const auto size = end_here(); size > 0) {
        finish(at_);
        at_ += size;
      } else {
        FORGE_TRY(token());
      }
    }
    finish(text_.size());
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

  // How long the end of a statement is that stands here: the delimiter, or \g or \G. 0 where there is none.
  std::size_t end_here() const {
    if (looking_at(delimiter_)) return delimiter_.size();
    return looking_at("\\g") || looking_at("\\G") ? 2 : 0;
  }

  void part_of_statement() {
    if (begin_ == npos) begin_ = at_;
  }

  Result<void> token() {
    const char c = text_[at_];
    if (space(c)) return ++at_, Result<void>();
    if (c == '#' || dashes()) return skip_line(), Result<void>();
    if (looking_at("/*!") || looking_at("/*M!")) return version_comment(), Result<void>();
    if (looking_at("/*")) return comment();
    if (looking_at("*/") && inside_version_) {
      inside_version_ = false;
      at_ += 2;
      return {};
    }
    part_of_statement();
    if (c == '\'' || c == '"' || c == '`') return quoted(c);
    if (word_part(c)) return word(), Result<void>();
    ++at_;
    return {};
  }

  // `--` begins a comment where white space follows.
  bool dashes() const { return looking_at("--") && (at_ + 2 >= text_.size() || space(text_[at_ + 2])); }

  void skip_line() {
    const auto end = text_.find('\n', at_);
    at_ = end == npos ? text_.size() : end + 1;
  }

  // Its text is run: only its frame and its version number are passed over.
  void version_comment() {
    part_of_statement();
    at_ += looking_at("/*M") ? 4 : 3;
    while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    inside_version_ = true;
  }

  // One inside a statement may be a hint and is left where it is.
  Result<void> comment() {
    const auto close = text_.find("*/", at_ + 2);
    if (close == npos) return wrong(at_, "a comment that has no end", "close it with */");
    at_ = close + 2;
    return {};
  }

  Result<void> quoted(char quote) {
    const auto begin = at_++;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\' && quote != '`') {
        ++at_;
      } else if (text_[at_] == quote) {
        ++at_;
        if (at_ >= text_.size() || text_[at_] != quote) return {};
      }
    }
    return wrong(begin, fmt::format("a {} that has no end", quote == '`' ? "quoted name" : "string"),
                 fmt::format("close it with {}", quote));
  }

  void word() {
    auto end = at_;
    while (end < text_.size() && word_part(text_[end]) && !text_.substr(end).starts_with(delimiter_)) ++end;
    if (words_.size() < 4) words_.push_back(upper(text_.substr(at_, end - at_)));
    at_ = end;
  }

  void finish(std::size_t end) {
    if (begin_ != npos) out_.push_back({text_.substr(begin_, end - begin_), begin_, words_});
    begin_ = npos;
    words_.clear();
    inside_version_ = false;
  }

  std::string_view rest_of_line() const {
    auto line = text_.substr(at_, text_.find('\n', at_) - at_);
    while (!line.empty() && space(line.back())) line.remove_suffix(1);
    return line;
  }

  // The client's own commands, where a statement could begin. Whether there was one.
  Result<bool> command() {
    const auto line = rest_of_line();
    auto end = line.find_first_of(" \t;");
    const auto name = upper(line.substr(0, end));
    if (name == "DELIMITER" || name == "\\D") {
      auto given = end == npos ? std::string_view() : line.substr(end);
      while (!given.empty() && space(given.front())) given.remove_prefix(1);
      given = given.substr(0, given.find_first_of(" \t"));
      if (given.empty()) return wrong(at_, "DELIMITER names no delimiter", "write it as DELIMITER //");
      delimiter_ = given;
      return skip_line(), true;
    }
    if (name == "USE" || name == "\\U") {
      out_.push_back({line.substr(0, line.find(';')), at_, {"USE"}});
      const auto semicolon = line.find(';');
      if (semicolon == npos) return skip_line(), true;
      return at_ += semicolon + 1, true;
    }
    if (name == "SOURCE" || name.starts_with('\\')) {
      return wrong(at_, fmt::format("{} is a command of the mysql client, not SQL", line.substr(0, end)),
                   "only DELIMITER and USE are understood: take the line out");
    }
    return false;
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  std::size_t begin_ = npos;        // of the statement under way
  std::vector<std::string> words_;  // its first words, in upper case
  std::string_view delimiter_ = ";";
  bool inside_version_ = false;
  std::vector<ScriptStatement> out_;
};

std::size_t behind_spaces(std::string_view text, std::size_t at) {
  while (at < text.size() && space(text[at])) ++at;
  return at;
}

// The byte behind a name, quoted or not, that begins at `at`.
std::size_t behind_name(std::string_view text, std::size_t at) {
  if (at >= text.size()) return at;
  if (const char quote = text[at]; quote == '`' || quote == '\'' || quote == '"') {
    const auto close = text.find(quote, at + 1);
    return close == std::string_view::npos ? text.size() : close + 1;
  }
  while (at < text.size() && (word_part(text[at]) || text[at] == '.' || text[at] == '%')) ++at;
  return at;
}

}  // namespace

Result<std::vector<ScriptStatement>> mysql_statements(std::string_view script, const std::string& file) {
  return Splitter(script, file).run();
}

std::string without_definer(const ScriptStatement& statement) {
  const std::string_view text = statement.text;
  const bool may_state = statement.word(0) == "CREATE" && statement.word(1) != "TABLE";
  if (!may_state && statement.word(0) != "ALTER") return std::string(text);
  const auto stated = upper(text.substr(0, 400)).find("DEFINER");
  if (stated == std::string::npos) return std::string(text);
  auto at = behind_spaces(text, stated + 7);
  if (at >= text.size() || text[at] != '=') return std::string(text);  // SQL SECURITY DEFINER
  at = behind_name(text, behind_spaces(text, at + 1));
  if (const auto next = behind_spaces(text, at); next < text.size() && text[next] == '@') {
    at = behind_name(text, behind_spaces(text, next + 1));
  } else if (next + 1 < text.size() && text.substr(next, 2) == "()") {
    at = next + 2;
  }
  return std::string(text.substr(0, stated)) + std::string(text.substr(at));
}

}  // namespace forge
