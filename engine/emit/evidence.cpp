#include "engine/emit/evidence.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "engine/base/files.hpp"
#include "engine/emit/client.hpp"
#include "engine/emit/evidence_words.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/model/json.hpp"

namespace forge {
namespace {

constexpr std::string_view kSection = "\n## Test on a copy\n", kBehindIt = "\n## Scale\n";
constexpr std::string_view kBullet = "- Rollback tested: ", kRow = "| Rollback tested | ";

// The first line of a file that begins so becomes `line`; a file without one, or none at all, stays.
Result<void> replace_line(const std::filesystem::path& file, std::string_view begin, const std::string& line) {
  auto text = read_file(file);
  if (!text) return {};
  const auto found = text->find("\n" + std::string(begin));
  if (found == std::string::npos) return {};
  const auto end = text->find('\n', found + 1);
  text->replace(found + 1, end == std::string::npos ? end : end - found, line);
  return write_file_atomic(file, *text);
}

// Puts the section in the place of an older one, or where it belongs; a document without that place stays.
Result<void> replace_section(const std::filesystem::path& file, const std::string& section) {
  auto text = read_file(file);
  if (!text) return {};
  const auto old = text->find(kSection);
  if (old != std::string::npos) text->erase(old, text->find("\n## ", old + 1) - old);
  const auto at = text->find(kBehindIt);
  if (at == std::string::npos) return {};
  text->insert(at + 1, section);
  return write_file_atomic(file, *text);
}

std::string short_time(double seconds) {
  if (seconds < 0.0095) return fmt::format("{:.1f} ms", seconds * 1e3);
  return seconds < 0.9995 ? fmt::format("{:.0f} ms", seconds * 1e3) : fmt::format("{:.1f} s", seconds);
}

std::string locks_seen(const StepEvidence& step) {
  std::vector<std::string> out;
  out.reserve(step.locks.size());
  for (const auto& [table, lock] : step.locks) out.push_back(fmt::format("{} ({})", table, lock));
  return out.empty() ? "none" : joined(out);
}

std::string reads_seen(const StepEvidence& step) {
  std::string out;
  if (!step.rewrites.empty()) out = "rewrites " + joined(step.rewrites);
  if (!step.scans.empty()) out += (out.empty() ? "scans " : "; scans ") + joined(step.scans);
  return out.empty() ? "neither" : out;
}

std::string ways_table(const Evidence& evidence) {
  std::map<int, const StepEvidence*> back;
  for (const auto& step : evidence.backward.steps) back[step.number] = &step;
  MarkdownTable table(
      {"Step", "What", "There", "Locks seen", "Rewrites / scans", "Back", "Locks seen", "Rewrites / scans"});
  for (const auto& there : evidence.forward.steps) {
    const auto found = back.find(there.number);
    std::vector<std::string> cells{std::to_string(there.number), there.id, short_time(there.seconds), locks_seen(there),
                                   reads_seen(there)};
    if (found == back.end()) {
      cells.insert(cells.end(), {"not run", "", ""});
    } else {
      const auto& one = *found->second;
      cells.insert(cells.end(), {short_time(one.seconds), locks_seen(one), reads_seen(one)});
    }
    table.row(cells);
  }
  return table.empty() ? "" : table.text();
}

}  // namespace

std::string evidence_text(const Evidence& evidence) {
  Json out{{"format", "forgelua.evidence"}, {"format_version", kEvidenceVersion}};
  const Json members = to_json(evidence);
  for (const auto& [key, value] : members.items()) out[key] = value;
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Evidence> read_evidence_text(const std::string& text, const std::string& name) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("format", Json()) != "forgelua.evidence" ||
      json.value("format_version", Json()) != kEvidenceVersion) {
    return fail(ErrorCode::spec, fmt::format("'{}' is no evidence of this version's", name),
                "forgelua test writes it anew");
  }
  json.erase("format");
  json.erase("format_version");
  return from_json<Evidence>(json, name);
}

std::optional<Evidence> evidence_of(const std::filesystem::path& folder, const std::string& hash) {
  const auto text = read_file(folder / "evidence.json");
  if (!text) return std::nullopt;
  auto read = read_evidence_text(*text, "evidence.json");
  if (!read || read->hash != hash) return std::nullopt;
  return std::move(*read);
}

std::string proof_words(const std::filesystem::path& folder, const std::string& hash) {
  const auto evidence = evidence_of(folder, hash);
  if (!evidence) return "not tested on a copy";
  const auto where =
      fmt::format("{}, on {} {} with {} {} {}", evidence->tested_at, evidence->engine, evidence->version,
                  number_text(static_cast<double>(evidence->rows)), evidence->data, rows_word(*evidence));
  if (evidence->proved) return "proved " + where;
  return fmt::format("not proved {}: {}", where,
                     evidence->failures.empty() ? "the test was not ended" : one_line(evidence->failures.front()));
}

std::string rollback_words(const Evidence& evidence) {
  std::string out =
      fmt::format("on {}, on a copy with {}: there in {}, back in {}", evidence.tested_at, data_words(evidence),
                  duration_text(evidence.forward.seconds), duration_text(evidence.backward.seconds));
  const auto word = rows_word(evidence);
  if (evidence.lost.empty()) return out + fmt::format("; schema and {} were then as before", word);
  return out + fmt::format("; the schema was then as before, and of the {} all but what is said to be lost: {}", word,
                           fmt::join(evidence.lost, ", "));
}

std::string test_section(const Evidence& evidence) {
  const auto& e = evidence;
  std::string out{kSection.substr(1)};
  out += fmt::format("\n{} on {}, on {} {}, with {}: there in {}, back in {}; {} checks asked.\n\n",
                     e.proved ? "Proved" : "**Not proved**", e.tested_at, e.engine, e.version, data_words(e),
                     short_time(e.forward.seconds), short_time(e.backward.seconds), e.checks);
  out += ways_table(e);
  std::string lines;
  for (const auto& line : e.failures) lines += bullet("Finding: " + line);
  for (const auto& line : e.lost) lines += bullet("Lost, as the plan says: " + line);
  for (const auto& line : e.notes) lines += bullet("Note: " + line);
  return lines.empty() ? out : out + lines + "\n";
}

std::string tested_bullet(const std::string& words) {
  const std::string said = words.empty() ? "no; do it on a copy (test stage 3)." : "yes, " + one_line(words) + ".";
  return std::string(kBullet) + said + "\n";
}

std::string tested_row(const std::string& words) {
  return fmt::format("{}{} |\n", kRow, words.empty() ? "no" : cell("yes, " + one_line(words)));
}

Result<void> tell_documents(const std::filesystem::path& folder, const Evidence& evidence) {
  const auto words = evidence.proved ? rollback_words(evidence) : "";
  FORGE_TRY(replace_line(folder / "migration-plan.md", kBullet, tested_bullet(words)));
  FORGE_TRY(replace_section(folder / "migration-plan.md", test_section(evidence)));
  return replace_line(folder / "digest.md", kRow, tested_row(words));
}

}  // namespace forge
