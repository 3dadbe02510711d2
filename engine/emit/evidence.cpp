#include "engine/emit/evidence.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/files.hpp"
#include "engine/emit/client.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/model/json.hpp"

namespace forge {
namespace {

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

std::string rollback_words(const Evidence& evidence) {
  std::string out = fmt::format("on {}, on a copy with {} {} rows in {} table{}: there in {}, back in {}",
                                evidence.tested_at, number_text(static_cast<double>(evidence.rows)), evidence.data,
                                evidence.tables, evidence.tables == 1 ? "" : "s",
                                duration_text(evidence.forward.seconds), duration_text(evidence.backward.seconds));
  if (evidence.lost.empty()) return out + "; schema and rows were then as before";
  return out + "; the schema was then as before, and of the rows all but what is said to be lost: " +
         fmt::format("{}", fmt::join(evidence.lost, ", "));
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
  return replace_line(folder / "digest.md", kRow, tested_row(words));
}

}  // namespace forge
