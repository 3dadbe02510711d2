#include "engine/emit/status.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/yaml.hpp"

namespace forge {
namespace {

using Lines = std::vector<std::string>;

Lines split(std::string_view text) {
  Lines out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    out.emplace_back(text.substr(0, end == std::string_view::npos ? end : end + 1));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  if (!out.empty() && !out.back().ends_with('\n')) out.back() += '\n';
  return out;
}

// Blank lines and comments before a key belong to it, not to what stands above.
bool is_remark(const std::string& line) {
  const auto first = line.find_first_not_of(" \t\r\n");
  return first == std::string::npos || line[first] == '#';
}

// The lines [from, to) that hold a member of a block map, counted from 0; `end` is where the map ends.
struct Range {
  std::size_t from = 0, to = 0;
};

Range range_of(const Lines& lines, const Yaml& map, const Yaml& member, std::size_t end) {
  Range out{static_cast<std::size_t>(member.key_line - 1), end};
  for (const auto& [key, other] : map.members) {
    if (other.key_line > member.key_line) {
      out.to = std::min(out.to, static_cast<std::size_t>(other.key_line - 1));
    }
  }
  while (out.to > out.from + 1 && is_remark(lines[out.to - 1])) --out.to;
  return out;
}

void replace(Lines& lines, Range range, const std::string& text) {
  const auto begin = lines.begin();
  lines.erase(begin + static_cast<std::ptrdiff_t>(range.from), begin + static_cast<std::ptrdiff_t>(range.to));
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(range.from), text);
}

std::string member_text(const std::string& key, const Yaml& value, int indent) {
  Yaml map{.kind = Yaml::Kind::map};
  map.members.push_back({key, value});
  return emit_yaml(map, indent);
}

void set(Yaml& map, const std::string& key, const std::string& text) { map.at(key) = Yaml::string(text); }

// Has the entry begun, before now, with this migration or with none yet?
bool has_begun(const Yaml& entry, const std::string& digest, const std::string& at) {
  const Yaml* started = entry.find("started_at");
  const Yaml* other = entry.find("digest_path");
  if (!started || started->kind != Yaml::Kind::scalar || started->text > at) return false;
  return !other || other->kind != Yaml::Kind::scalar || other->text.empty() || other->text == digest;
}

void phase_entry(Yaml& entry, const std::string& folder, const std::string& at) {
  const auto digest = folder + "/digest.md";
  set(entry, "status", "completed");
  if (!has_begun(entry, digest, at)) set(entry, "started_at", at);
  set(entry, "completed_at", at);
  set(entry, "digest_path", digest);
}

void migration_entry(Yaml& entry, const Plan& plan, const std::string& folder) {
  const Summary summary = summarise(plan);
  set(entry, "db_kind", plan.engine);
  set(entry, "strategy", summary.strategy);
  entry.at("destructive_changes") = Yaml::plain(summary.destructive ? "true" : "false");
  Yaml& files = entry.at("files");
  if (files.kind != Yaml::Kind::map) files = Yaml{.kind = Yaml::Kind::map};
  set(files, "plan", folder + "/migration-plan.md");
  const std::string ending = plan.engine == "mongodb" ? ".ts" : ".sql";
  for (const auto* name : {"forward", "rollback", "validation"}) set(files, name, folder + "/" + name + ending);
}

// The member as it is, or an empty map where it is missing or holds nothing.
Yaml map_at(const Yaml& root, const std::string& key) {
  const Yaml* there = root.find(key);
  return there && there->kind == Yaml::Kind::map ? *there : Yaml{.kind = Yaml::Kind::map};
}

// What the entries are about.
struct Told {
  const Plan& plan;
  const std::string& folder;
  const std::string& at;
};

void put_migration(Lines& lines, const Yaml& root, const Told& told) {
  Yaml entry = map_at(root, "migration");
  migration_entry(entry, told.plan, told.folder);
  const std::string text = member_text("migration", entry, 0);
  const Yaml* there = root.find("migration");
  replace(lines, there ? range_of(lines, root, *there, lines.size()) : Range{lines.size(), lines.size()}, text);
}

void put_phase(Lines& lines, const Yaml& root, const Told& told) {
  const Yaml* phases = root.find("phases");
  Yaml whole = map_at(root, "phases");
  Yaml entry = map_at(whole, "migration_plan");
  phase_entry(entry, told.folder, told.at);
  const bool block = phases && phases->kind == Yaml::Kind::map && !phases->flow && !phases->members.empty();
  if (!block) {
    whole.at("migration_plan") = entry;
    const Range range = phases ? range_of(lines, root, *phases, lines.size()) : Range{lines.size(), lines.size()};
    replace(lines, range, member_text("phases", whole, 0));
    return;
  }
  const Range outer = range_of(lines, root, *phases, lines.size());
  const int indent = phases->members.front().value.key_column - 1;
  const Yaml* there = phases->find("migration_plan");
  const Range range = there ? range_of(lines, *phases, *there, outer.to) : Range{outer.to, outer.to};
  replace(lines, range, member_text("migration_plan", entry, indent));
}

}  // namespace

Result<std::string> updated_status(std::string_view existing, const std::string& file, const Plan& plan,
                                   const std::string& folder, const std::string& at) {
  FORGE_ASSIGN(const Yaml root, parse_yaml(existing, file));
  if (root.kind != Yaml::Kind::map && root.kind != Yaml::Kind::null) {
    return fail(yaml_error(existing, file, root.line, root.column, "the status file must be a map of keys"));
  }
  for (const auto* key : {"phases", "migration"}) {
    const Yaml* there = root.find(key);
    if (!there || there->kind == Yaml::Kind::map || there->kind == Yaml::Kind::null) continue;
    return fail(yaml_error(existing, file, there->line, there->column, fmt::format("'{}' must be a map of keys", key)));
  }
  if (const Yaml* phases = root.find("phases"); phases != nullptr) {
    const Yaml* own = phases->find("migration_plan");
    if (own && own->kind != Yaml::Kind::map && own->kind != Yaml::Kind::null) {
      return fail(yaml_error(existing, file, own->line, own->column, "'migration_plan' must be a map of keys"));
    }
  }
  // A file in brackets has no lines of its own to keep.
  std::string text = root.flow ? emit_yaml(root) : std::string(existing);
  for (const auto put : {put_phase, put_migration}) {
    FORGE_ASSIGN(const Yaml now, parse_yaml(text, file));
    Lines lines = split(text);
    put(lines, now, {plan, folder, at});
    text.clear();
    for (const auto& line : lines) text += line;
  }
  return text;
}

}  // namespace forge
