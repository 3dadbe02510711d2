#include "engine/db/mysql_grants.hpp"

#include <fmt/format.h>

#include "engine/model/sql/text.hpp"

namespace forge {
namespace {

bool names(const Token& token, std::string_view word) {
  return token.kind == TokenKind::word && token_names(token, word);
}

std::string in_ticks(const std::string& name) {
  std::string out = "`";
  for (const char c : name) out += c == '`' ? std::string("``") : std::string(1, c);
  return out + "`";
}

// Walks over the statement's tokens without spaces and comments.
class Reading {
 public:
  explicit Reading(std::string_view text) : text_(text) {
    for (const auto& token : sql_tokens(text)) {
      if (token.kind != TokenKind::space && token.kind != TokenKind::comment) tokens_.push_back(token);
    }
  }

  std::optional<GrantStatement> run() {
    if (!pass_privileges()) return std::nullopt;
    std::string kind;
    if (is("function") || is("procedure")) kind = is("function") ? "FUNCTION " : "PROCEDURE ";
    if (is("table") || !kind.empty()) ++at_;
    if (done()) return std::nullopt;
    const auto begin = place(at_);
    if (!object() || done() || (!is("to") && !is("from"))) return std::nullopt;
    out_.sql = std::string(text_.substr(0, begin)) + object_ + " " + std::string(text_.substr(place(at_)));
    out_.object = kind + object_;
    ++at_;
    accounts();
    return std::move(out_);
  }

 private:
  bool done() const { return at_ >= tokens_.size(); }
  bool is(std::string_view word) const { return names(tokens_[at_], word); }
  bool sign(std::string_view text) const { return !done() && tokens_[at_].text == text; }
  const Token& next() { return tokens_[at_++]; }
  // The byte of the text at which the token begins.
  std::size_t place(std::size_t token) const {
    return static_cast<std::size_t>(tokens_[token].text.data() - text_.data());
  }

  // GRANT SELECT (a, b), INSERT ON
  bool pass_privileges() {
    int depth = 0;
    while (!done()) {
      if (sign("(")) ++depth;
      if (sign(")")) --depth;
      const bool on = depth == 0 && is("on");
      ++at_;
      if (on) return !done();
    }
    return false;
  }

  bool object() {
    if (done() || (tokens_[at_].kind != TokenKind::word && tokens_[at_].kind != TokenKind::quoted)) return false;
    std::string name = token_name(next());
    if (sign(".")) {
      ++at_;
      if (done() || (tokens_[at_].kind != TokenKind::word && tokens_[at_].kind != TokenKind::quoted)) return false;
      out_.qualified = true;
      name = token_name(next());
    }
    object_ = in_ticks(name);
    return true;
  }

  static std::string as_text(const Token& token) {
    const std::string name =
        token.kind == TokenKind::string ? std::string(token.text.substr(1, token.text.size() - 2)) : token_name(token);
    return "'" + name + "'";
  }

  // Accounts up to WITH, REQUIRE or IDENTIFIED.
  void accounts() {
    while (!done()) {
      if (is("with") || is("require") || is("identified") || is("as")) return;
      if (sign(",") || tokens_[at_].kind == TokenKind::op) {
        ++at_;
        continue;
      }
      const Token& user = next();
      const bool everybody = names(user, "public") || names(user, "current_user") || names(user, "current_role");
      std::string account = as_text(user);
      if (sign("@") && at_ + 1 < tokens_.size()) {
        ++at_;
        account += "@" + as_text(next());
        // localhost.example.org stands without quotes.
        while (sign(".") && at_ + 1 < tokens_.size()) at_ += 2;
      }
      if (!everybody) out_.accounts.push_back(std::move(account));
    }
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::string object_;
  GrantStatement out_;
};

}  // namespace

std::optional<GrantStatement> grant_on_object(std::string_view statement) { return Reading(statement).run(); }

}  // namespace forge
