// Small pieces that the documents are put together from.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/plan.hpp"

namespace forge {

// A Markdown table. Cells are made safe for it: pipes escaped, line ends turned into spaces.
class MarkdownTable {
 public:
  MarkdownTable(std::initializer_list<std::string_view> head);
  void row(const std::vector<std::string>& cells);
  bool empty() const { return rows_ == 0; }
  std::string text() const { return text_ + "\n"; }

 private:
  std::string text_;
  int rows_ = 0;
};

std::string cell(std::string_view text);
// `text` between backquotes, as many as it needs.
std::string code(std::string_view text);
// A fenced block; `language` may be empty.
std::string fenced(std::string_view language, std::string_view text);
std::string bullet(std::string_view text);
std::string checkbox(std::string_view text);

// 480000000 → "480,000,000".
std::string number_text(double value);
// 0.4 → "under 1 s"; 90 → "1 min 30 s"; 12000 → "3 h 20 min". Negative: "unknown".
std::string duration_text(double seconds);
// The time of several steps together: "unknown", or "more than 3 min 0 s", where a step's own is not known.
std::string duration_text(const std::vector<const Step*>& steps);
// 90e9 → "90 GB" (decimal units).
std::string bytes_text(double bytes);

std::string joined(const std::vector<std::string>& parts, std::string_view between = ", ");
// {1,2,3,7} → "1-3, 7".
std::string step_numbers(const std::vector<int>& numbers);

// The lock of a step in words: "ACCESS EXCLUSIVE, blocks reads and writes for milliseconds".
std::string lock_text(const Step& step);
// How long the lock is held: "milliseconds", "as long as the step runs (≈ 4 min)", "none".
std::string lock_duration(const Step& step);

// The hazards' words for people: "index build, lock queue".
std::string hazard_text(const Step& step);
std::string alert_text(const Threshold& threshold);  // "10 s", "1 %", "0"

// The header's word, or "not stated: set `<word>` in the spec".
std::string stated(const Plan& plan, const std::string& word);
// The header's word, or "".
std::string header_word(const Plan& plan, const std::string& word);

}  // namespace forge
