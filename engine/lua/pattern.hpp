// Lua's string patterns, matched by a walker that can be stopped: the machine's own cannot, and a pattern of eighty bytes can
// keep it busy for minutes.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace forge {

class PatternMatcher {
 public:
  // As many captures as Lua itself allows.
  static constexpr std::size_t kMaxCaptures = 32;
  // A longer pattern is refused: matching nests once per item of the pattern.
  static constexpr std::size_t kMaxPattern = 1000;

  struct Capture {
    std::size_t begin;
    std::size_t length;
    bool position;  // `()`: its value is the place, counted from 1
    bool open;
  };

  // Both texts must outlive the matcher. `stop`, where given, is looked at every few thousand steps.
  PatternMatcher(std::string_view subject, std::string_view pattern, const std::atomic<bool>* stop = nullptr);

  // Matches the pattern (its leading '^', if any, already taken off) exactly at `start`. Gives the end of the match, or
  // nothing: where nothing matches, and where `problem` says why matching cannot go on.
  std::optional<std::size_t> match_at(std::size_t start);

  // The first place from `start` on at which a match may begin: one that begins with the character that the pattern begins
  // with, where that stands for itself. npos where there is none.
  std::size_t next_start(std::size_t start) const {
    return first_.empty() ? start : subject_.find(first_.front(), start);
  }

  // A malformed pattern, or the stop: empty where all is well.
  const std::string& problem() const { return problem_; }
  bool stopped() const { return stopped_; }

  std::size_t captures() const { return count_; }
  const Capture& capture(std::size_t number) const { return captures_[number]; }
  std::string_view subject() const { return subject_; }

 private:
  using Found = std::optional<std::size_t>;

  Found walk(std::size_t s, std::size_t p);
  Found open_capture(std::size_t s, std::size_t p);
  Found close_capture(std::size_t s, std::size_t p);
  Found special(std::size_t s, std::size_t p, std::size_t& next_s, std::size_t& next_p, bool& went_on);
  Found balance(std::size_t s, std::size_t p);
  bool frontier(std::size_t s, std::size_t set_begin, std::size_t set_end) const;
  Found back_reference(std::size_t s, char digit);
  Found greedy(std::size_t s, std::size_t p, std::size_t item_end, std::size_t least);
  Found lazy(std::size_t s, std::size_t p, std::size_t item_end);
  std::size_t item_end(std::size_t p);
  bool single(std::size_t s, std::size_t p, std::size_t end) const;
  bool in_set(unsigned char c, std::size_t p, std::size_t end) const;
  bool tick(std::size_t steps = 1);
  Found fail(std::string why);

  std::string_view subject_;
  std::string_view pattern_;
  std::string_view first_;  // the character that every match begins with; empty where that is not known
  const std::atomic<bool>* stop_;
  std::uint64_t steps_ = 0;
  bool stopped_ = false;
  std::string problem_;
  std::size_t count_ = 0;
  std::array<Capture, kMaxCaptures> captures_;  // set as they are opened: most patterns have none
};

}  // namespace forge
