#include "engine/emit/markdown.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/emit/client.hpp"

namespace forge {

MarkdownTable::MarkdownTable(std::initializer_list<std::string_view> head) {
  std::string line = "|", rule = "|";
  for (const auto name : head) {
    line += fmt::format(" {} |", name);
    rule += "---|";
  }
  text_ = line + "\n" + rule + "\n";
}

void MarkdownTable::row(const std::vector<std::string>& cells) {
  text_ += "|";
  for (const auto& text : cells) text_ += fmt::format(" {} |", text.empty() ? "–" : cell(text));
  text_ += "\n";
  ++rows_;
}

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : one_line(text)) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string code(std::string_view text) {
  std::size_t longest = 0, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string ticks(longest + 1, '`');
  const std::string_view pad = longest > 0 ? " " : "";
  return fmt::format("{0}{1}{2}{1}{0}", ticks, pad, one_line(text));
}

std::string fenced(std::string_view language, std::string_view text) {
  std::string fence = "```";
  while (text.find(fence) != std::string_view::npos) fence += '`';
  const bool ended = text.ends_with('\n');
  return fmt::format("{0}{1}\n{2}{3}{0}\n", fence, language, escape_control(text), ended ? "" : "\n");
}

std::string bullet(std::string_view text) { return "- " + one_line(text) + "\n"; }
std::string checkbox(std::string_view text) { return "- [ ] " + one_line(text) + "\n"; }

std::string number_text(double value) {
  std::string digits = fmt::format("{:.0f}", std::fabs(value));
  for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3) {
    digits.insert(static_cast<std::size_t>(i), ",");
  }
  return (value < 0 ? "-" : "") + digits;
}

std::string duration_text(double seconds) {
  if (seconds < 0) return "unknown";
  if (seconds < 1) return "under 1 s";
  const long long whole = std::llround(std::min(seconds, 1e12));
  const long long days = whole / 86400, hours = whole / 3600 % 24, minutes = whole / 60 % 60;
  if (days > 0) return fmt::format("{} d {} h", days, hours);
  if (hours > 0) return fmt::format("{} h {} min", hours, minutes);
  if (minutes > 0) return fmt::format("{} min {} s", minutes, whole % 60);
  return fmt::format("{} s", whole);
}

std::string duration_text(const std::vector<const Step*>& steps) {
  double known = 0;
  bool whole = true;
  for (const Step* step : steps) {
    known += std::max(0.0, step->seconds);
    whole = whole && step->seconds >= 0;
  }
  if (whole) return duration_text(known);
  return known < 1 ? "unknown" : "more than " + duration_text(known);
}

std::string bytes_text(double bytes) {
  constexpr std::array<std::string_view, 6> kUnits = {"bytes", "kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", bytes, unit > 0 && bytes < 10 ? 1 : 0, kUnits[unit]);
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  return fmt::format("{}", fmt::join(parts, between));
}

std::string step_numbers(const std::vector<int>& numbers) {
  std::string out;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    if (!out.empty()) out += ", ";
    out += last == i ? std::to_string(numbers[i]) : fmt::format("{}-{}", numbers[i], numbers[last]);
    i = last + 1;
  }
  return out;
}

std::string lock_duration(const Step& step) {
  if (step.work) return "one batch at a time, 5 s at most";
  const auto& impact = step.impact;
  if (impact.lock.empty()) return "none";
  if (impact.brief && !impact.scan && !impact.rewrite) return "milliseconds";
  return fmt::format("as long as the step runs ({})", duration_text(step.seconds));
}

std::string lock_text(const Step& step) {
  const auto& impact = step.impact;
  if (step.work) return "row locks, " + lock_duration(step);
  if (impact.lock.empty()) return "none";
  const bool blocks = !impact.blocks.empty() && impact.blocks != "nothing";
  std::string out = impact.lock + (blocks ? ", blocks " + impact.blocks + " for " + lock_duration(step)
                                          : std::string(", blocks nothing"));
  if (!impact.algorithm.empty()) out += ", ALGORITHM=" + impact.algorithm;
  if (impact.rewrite) out += ", rewrites the table";
  if (impact.scan) out += ", scans the table";
  return out;
}

std::string hazard_text(const Step& step) {
  std::string out = joined(step.hazards);
  std::ranges::replace(out, '_', ' ');
  return out;
}

std::string alert_text(const Threshold& threshold) {
  return fmt::format("{}{}{}", threshold.alert, threshold.unit.empty() ? "" : " ", threshold.unit);
}

std::string header_word(const Plan& plan, const std::string& word) {
  const auto found = plan.header.find(word);
  return found == plan.header.end() ? "" : found->second;
}

std::string stated(const Plan& plan, const std::string& word) {
  const auto text = header_word(plan, word);
  return text.empty() ? fmt::format("not stated: set `{}` in the spec", word) : one_line(text);
}

}  // namespace forge
