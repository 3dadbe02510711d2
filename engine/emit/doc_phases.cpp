// migration-plan.md: the phases.
#include <fmt/format.h>

#include "engine/emit/doc_parts.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/emit/phases.hpp"
#include "engine/emit/script.hpp"

namespace forge {
namespace {

constexpr std::size_t kMaxSqlBytes = 24000;  // a phase's SQL is shown whole up to here; beyond, its file is named

std::string gate(const PhasePart& part) {
  std::string out;
  for (const auto& segment : part.segments) {
    out += fmt::format("        |  gate: {} holds\n", validation_file(segment));
  }
  for (const auto& app : apps_of(part)) out += fmt::format("        |  application: {}\n", one_line(app));
  return out;
}

std::string diagram(const Plan& plan) {
  const auto parts = phases_of(plan);
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& part = parts[i];
    std::string name(word_of(part.phase));
    for (char& c : name) c = static_cast<char>(c - 'a' + 'A');
    out += fmt::format("[{}] {}, {}\n", name, steps_text(part.steps), duration_text(part.steps));
    std::size_t shown = 0;
    for (const Step* step : part.steps) {
      if (++shown > 8) break;
      out += fmt::format("        {}. {}\n", step->number, one_line(step->title));
    }
    if (part.steps.size() > 8) out += fmt::format("        and {} more\n", part.steps.size() - 8);
    out += gate(part);
    const bool next_contract = i + 1 < parts.size() && parts[i + 1].phase == Phase::contract;
    if (next_contract) out += fmt::format("        |  bake: {}\n", plan.bake);
    if (i + 1 < parts.size()) out += "        v\n";
  }
  return "## Phases\n\n" + fenced("text", out) + "\n";
}

std::string order_text(const PhasePart& part, const Client& client) {
  std::string out = "Order:\n\n";
  int number = 0;
  for (const auto& segment : part.segments) {
    out += fmt::format("{}. {}: {}\n", ++number, segment.backfill ? "Move the rows" : "Change the schema",
                       code(run_command(client, forward_file(segment))));
    out += fmt::format("{}. Check: {}\n", ++number, code(run_command(client, validation_file(segment))));
  }
  const auto apps = apps_of(part);
  for (const auto& app : apps) out += fmt::format("{}. Application: {}\n", ++number, one_line(app));
  if (apps.empty()) out += "\nNo application work belongs to this phase.\n";
  return out + "\n";
}

std::string way_back_text(const PhasePart& part, const Client& client) {
  std::string out = "Way back:\n\n";
  for (auto it = part.segments.rbegin(); it != part.segments.rend(); ++it) {
    out += bullet(code(run_command(client, rollback_file(*it))));
  }
  const auto losses = losses_of(part);
  if (losses.empty()) out += bullet("Nothing is lost by it.");
  for (const auto& loss : losses) out += bullet("Loses, " + loss);
  return out + "\n";
}

std::string step_list(const PhasePart& part) {
  MarkdownTable table({"Step", "What", "Why", "Risk", "Estimate", "Way back"});
  for (const Step* step : part.steps) {
    table.row({std::to_string(step->number), step->title, step->why, step->risk, duration_text(step->seconds),
               way_back(*step)});
  }
  return table.text();
}

std::string sql_text_of(const PhasePart& part, bool documents) {
  std::string out;
  for (const Step* step : part.steps) {
    out += fmt::format("{} {}. {}\n", documents ? "//" : "--", step->number, one_line(step->title));
    for (const auto& statement : step->forward) out += statement_text(statement);
  }
  return out;
}

std::string sql_block(const PhasePart& part, const Client& client) {
  const auto sql = sql_text_of(part, client.mongodb());
  if (sql.size() > kMaxSqlBytes) {
    std::string names;
    for (const auto& segment : part.segments) names += (names.empty() ? "" : ", ") + code(forward_file(segment));
    return fmt::format("{}: {} bytes, in {}.\n\n", client.mongodb() ? "Commands" : "SQL",
                       number_text(static_cast<double>(sql.size())), names);
  }
  if (client.mongodb()) return "Commands (the scripts add the checks):\n\n" + fenced("ts", sql) + "\n";
  return "SQL (the scripts add the session's settings, transactions and checks):\n\n" + fenced("sql", sql) + "\n";
}

std::string section(const PhasePart& part, const Client& client) {
  std::string out = fmt::format("### {}: {}\n\n", phase_title(part), steps_text(part.steps));
  out += bullet("Goal: " + phase_goal(part.phase));
  out += bullet("Application state: " + application_state(part));
  out += bullet(fmt::format("Duration: {}.", duration_text(part.steps)));
  out += "\n" + step_list(part) + order_text(part, client);
  const auto apps = apps_of(part);
  if (!apps.empty()) {
    out += "Application code to write:\n\n";
    for (const auto& app : apps) out += bullet(app);
    out += "\n";
  }
  return out + sql_block(part, client) + way_back_text(part, client);
}

}  // namespace

std::string phases_part(const Plan& plan, const Client& client) {
  std::string out = diagram(plan);
  for (const auto& part : phases_of(plan)) out += section(part, client);
  return out;
}

}  // namespace forge
