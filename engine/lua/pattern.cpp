#include "engine/lua/pattern.hpp"

#include <cctype>
#include <utility>

namespace forge {
namespace {

constexpr std::uint64_t kStepsBetweenLooks = 4096;

bool in_class(unsigned char c, char letter) {
  bool yes = false;
  switch (std::tolower(static_cast<unsigned char>(letter))) {
    case 'a':
      yes = std::isalpha(c) != 0;
      break;
    case 'c':
      yes = std::iscntrl(c) != 0;
      break;
    case 'd':
      yes = std::isdigit(c) != 0;
      break;
    case 'g':
      yes = std::isgraph(c) != 0;
      break;
    case 'l':
      yes = std::islower(c) != 0;
      break;
    case 'p':
      yes = std::ispunct(c) != 0;
      break;
    case 's':
      yes = std::isspace(c) != 0;
      break;
    case 'u':
      yes = std::isupper(c) != 0;
      break;
    case 'w':
      yes = std::isalnum(c) != 0;
      break;
    case 'x':
      yes = std::isxdigit(c) != 0;
      break;
    case 'z':
      yes = c == 0;
      break;
    default:
      return static_cast<unsigned char>(letter) == c;
  }
  return std::isupper(static_cast<unsigned char>(letter)) != 0 ? !yes : yes;
}

// The character that every match of a pattern begins with; empty where it is not known at a glance.
std::string_view first_character(std::string_view pattern) {
  if (pattern.empty() || std::string_view("$.()[%").contains(pattern.front())) return {};
  const bool repeats = pattern.size() > 1 && std::string_view("*?-").contains(pattern[1]);
  return repeats ? std::string_view() : pattern.substr(0, 1);
}

}  // namespace

PatternMatcher::PatternMatcher(std::string_view subject, std::string_view pattern, const std::atomic<bool>* stop)
    : subject_(subject), pattern_(pattern), first_(first_character(pattern)), stop_(stop) {
  if (pattern.size() > kMaxPattern) problem_ = "the pattern is longer than 1000 bytes";
}

std::optional<std::size_t> PatternMatcher::match_at(std::size_t start) {
  count_ = 0;
  if (!problem_.empty()) return std::nullopt;
  const auto found = walk(start, 0);
  if (!problem_.empty()) return std::nullopt;
  if (found) {
    for (std::size_t i = 0; i < count_; ++i) {
      if (captures_[i].open) return fail("a capture of the pattern is not closed");
    }
  }
  return found;
}

PatternMatcher::Found PatternMatcher::fail(std::string why) {
  if (problem_.empty()) problem_ = std::move(why);
  return std::nullopt;
}

bool PatternMatcher::tick(std::size_t steps) {
  const auto before = steps_ / kStepsBetweenLooks;
  steps_ += steps;
  if (steps_ / kStepsBetweenLooks != before && stop_ != nullptr && stop_->load()) {
    stopped_ = true;
    fail("the pattern took too long");
  }
  return problem_.empty();
}

PatternMatcher::Found PatternMatcher::walk(std::size_t s, std::size_t p) {
  while (tick()) {
    if (p == pattern_.size()) return s;
    const char c = pattern_[p];
    if (c == '(') return open_capture(s, p);
    if (c == ')') return close_capture(s, p);
    if (c == '$' && p + 1 == pattern_.size()) return s == subject_.size() ? Found(s) : std::nullopt;
    if (c == '%' && p + 1 < pattern_.size()) {
      const char kind = pattern_[p + 1];
      if (kind == 'b' || kind == 'f' || std::isdigit(static_cast<unsigned char>(kind)) != 0) {
        bool went_on = false;
        std::size_t next_s = s, next_p = p;
        const auto found = special(s, p, next_s, next_p, went_on);
        if (!went_on) return found;
        s = next_s;
        p = next_p;
        continue;
      }
    }
    const auto end = item_end(p);
    if (!problem_.empty()) return std::nullopt;
    const char repeat = end < pattern_.size() ? pattern_[end] : '\0';
    if (repeat == '*') return greedy(s, p, end, 0);
    if (repeat == '+') return greedy(s, p, end, 1);
    if (repeat == '-') return lazy(s, p, end);
    const bool fits = s < subject_.size() && single(s, p, end);
    if (repeat == '?') {
      if (fits) {
        if (const auto found = walk(s + 1, end + 1)) return found;
      }
      p = end + 1;
      continue;
    }
    if (!fits) return std::nullopt;
    ++s;
    p = end;
  }
  return std::nullopt;
}

PatternMatcher::Found PatternMatcher::open_capture(std::size_t s, std::size_t p) {
  if (count_ == kMaxCaptures) return fail("the pattern has more than 32 captures");
  const bool position = p + 1 < pattern_.size() && pattern_[p + 1] == ')';
  captures_[count_++] = {s, 0, position, !position};
  const auto found = walk(s, p + (position ? 2 : 1));
  if (!found) --count_;
  return found;
}

PatternMatcher::Found PatternMatcher::close_capture(std::size_t s, std::size_t p) {
  for (std::size_t i = count_; i-- > 0;) {
    auto& capture = captures_[i];
    if (!capture.open) continue;
    capture.open = false;
    capture.length = s - capture.begin;
    const auto found = walk(s, p + 1);
    if (!found) captures_[i].open = true;
    return found;
  }
  return fail("the pattern closes a capture that it never opened");
}

// %b, %f and back references. Where the item matches, `went_on` is set with the places to go on from.
PatternMatcher::Found PatternMatcher::special(std::size_t s, std::size_t p, std::size_t& next_s, std::size_t& next_p,
                                              bool& went_on) {
  const char kind = pattern_[p + 1];
  Found reached;
  if (kind == 'b') {
    if (p + 3 >= pattern_.size()) return fail("the pattern lacks the two characters of %b");
    reached = balance(s, p + 2);
    next_p = p + 4;
  } else if (kind == 'f') {
    if (p + 2 >= pattern_.size() || pattern_[p + 2] != '[') {
      return fail("the pattern lacks the set of %f");
    }
    const auto end = item_end(p + 2);
    if (!problem_.empty()) return std::nullopt;
    if (frontier(s, p + 2, end)) reached = s;
    next_p = end;
  } else {
    reached = back_reference(s, kind);
    next_p = p + 2;
  }
  if (!reached) return std::nullopt;
  next_s = *reached;
  went_on = true;
  return reached;
}

PatternMatcher::Found PatternMatcher::balance(std::size_t s, std::size_t p) {
  const char open = pattern_[p], close = pattern_[p + 1];
  if (s >= subject_.size() || subject_[s] != open) return std::nullopt;
  std::size_t depth = 1;
  for (std::size_t i = s + 1; i < subject_.size(); ++i) {
    if (subject_[i] == close) {
      if (--depth == 0) return tick(i - s) ? Found(i + 1) : std::nullopt;
    } else if (subject_[i] == open) {
      ++depth;
    }
  }
  tick(subject_.size() - s);
  return std::nullopt;
}

bool PatternMatcher::frontier(std::size_t s, std::size_t set_begin, std::size_t set_end) const {
  const auto before = s == 0 ? '\0' : subject_[s - 1];
  const auto here = s < subject_.size() ? subject_[s] : '\0';
  return !in_set(static_cast<unsigned char>(before), set_begin, set_end) &&
         in_set(static_cast<unsigned char>(here), set_begin, set_end);
}

PatternMatcher::Found PatternMatcher::back_reference(std::size_t s, char digit) {
  const auto number = static_cast<std::size_t>(digit - '1');
  if (digit == '0' || number >= count_ || captures_[number].open) {
    return fail("the pattern refers to a capture that is not there");
  }
  const auto text = subject_.substr(captures_[number].begin, captures_[number].length);
  if (subject_.substr(s, text.size()) != text || !tick(text.size())) return std::nullopt;
  return s + text.size();
}

PatternMatcher::Found PatternMatcher::greedy(std::size_t s, std::size_t p, std::size_t end, std::size_t least) {
  std::size_t count = 0;
  while (s + count < subject_.size() && single(s + count, p, end)) ++count;
  if (!tick(count)) return std::nullopt;
  for (;; --count) {
    if (count < least) return std::nullopt;
    if (const auto found = walk(s + count, end + 1)) return found;
    if (!problem_.empty() || count == 0) return std::nullopt;
  }
}

PatternMatcher::Found PatternMatcher::lazy(std::size_t s, std::size_t p, std::size_t end) {
  while (problem_.empty()) {
    if (const auto found = walk(s, end + 1)) return found;
    if (s >= subject_.size() || !single(s, p, end)) return std::nullopt;
    ++s;
  }
  return std::nullopt;
}

// The end of the single-character item that begins at `p`.
std::size_t PatternMatcher::item_end(std::size_t p) {
  const char c = pattern_[p++];
  if (c == '%') {
    if (p == pattern_.size()) fail("the pattern ends with '%'");
    return p + 1;
  }
  if (c != '[') return p;
  if (p < pattern_.size() && pattern_[p] == '^') ++p;
  do {  // the first ']' of a set stands for itself
    if (p >= pattern_.size()) {
      fail("the pattern lacks a ']'");
      return p;
    }
    if (pattern_[p++] == '%') ++p;
  } while (p >= pattern_.size() || pattern_[p] != ']');
  return p + 1;
}

bool PatternMatcher::single(std::size_t s, std::size_t p, std::size_t end) const {
  const auto c = static_cast<unsigned char>(subject_[s]);
  switch (pattern_[p]) {
    case '.':
      return true;
    case '%':
      return in_class(c, pattern_[p + 1]);
    case '[':
      return in_set(c, p, end);
    default:
      return static_cast<unsigned char>(pattern_[p]) == c;
  }
}

bool PatternMatcher::in_set(unsigned char c, std::size_t p, std::size_t end) const {
  bool yes = true;
  const auto last = end - 1;  // the closing bracket
  if (pattern_[++p] == '^') {
    yes = false;
    ++p;
  }
  for (; p < last; ++p) {
    if (pattern_[p] == '%') {
      if (in_class(c, pattern_[++p])) return yes;
    } else if (p + 2 < last && pattern_[p + 1] == '-') {
      if (static_cast<unsigned char>(pattern_[p]) <= c && c <= static_cast<unsigned char>(pattern_[p + 2])) {
        return yes;
      }
      p += 2;
    } else if (static_cast<unsigned char>(pattern_[p]) == c) {
      return yes;
    }
  }
  return !yes;
}

}  // namespace forge
