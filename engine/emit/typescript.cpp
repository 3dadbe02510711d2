#include "engine/emit/typescript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/emit/client.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/emit/script.hpp"

namespace forge {
namespace {

using Document = nlohmann::ordered_json;

constexpr std::size_t kLine = 110;

// A JSON string is a TypeScript string but for two separators of lines.
std::string ts_string(std::string_view text) {
  std::string out = Document(std::string(text)).dump(-1, ' ', false, Document::error_handler_t::replace);
  for (const auto& [from, to] : {std::pair{"\u2028", "\\u2028"}, std::pair{"\u2029", "\\u2029"}}) {
    for (auto at = out.find(from); at != std::string::npos; at = out.find(from, at)) out.replace(at, 3, to);
  }
  return out;
}

bool plain_name(const std::string& name) {
  if (name.empty() || (std::isdigit(static_cast<unsigned char>(name[0])) != 0)) return false;
  return name != "__proto__" &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '$'; });
}

// "__proto__" as a plain key would set the object's prototype.
std::string key_text(const std::string& name) {
  if (name == "__proto__") return "[\"__proto__\"]";
  return plain_name(name) ? name : ts_string(name);
}

std::string one_line_of(const Document& value) {
  if (value.is_string()) return ts_string(value.get<std::string>());
  if (!value.is_structured()) return value.dump();
  std::string out;
  for (const auto& [key, member] : value.items()) {
    out += (out.empty() ? "" : ", ") + (value.is_object() ? key_text(key) + ": " : "") + one_line_of(member);
  }
  if (value.is_array()) return "[" + out + "]";
  return out.empty() ? "{}" : "{ " + out + " }";
}

void write(std::string& out, const Document& value, std::size_t indent) {
  const std::string line = one_line_of(value);
  const auto column = out.size() - (out.rfind('\n') == std::string::npos ? 0 : out.rfind('\n') + 1);
  if (!value.is_structured() || value.empty() || column + line.size() <= kLine) {
    out += line;
    return;
  }
  const std::string pad(indent + 2, ' ');
  out += value.is_array() ? "[\n" : "{\n";
  for (const auto& [key, member] : value.items()) {
    out += pad + (value.is_object() ? key_text(key) + ": " : "");
    write(out, member, indent + 2);
    out += ",\n";
  }
  out += std::string(indent, ' ') + (value.is_array() ? "]" : "}");
}

std::string comment(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string line = one_line(text.substr(0, end));
    out += line.empty() ? "//\n" : "// " + line + "\n";
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

std::string field(std::string_view label, std::string_view text) {
  return text.empty() ? "" : fmt::format("  //   {:<13} {}\n", std::string(label) + ":", one_line(text));
}

std::string applications(const Step& step) {
  const auto& c = step.compatibility;
  return fmt::format("old {}, new {}{}{}", c.old_app ? "works" : "BREAKS", c.new_app ? "works" : "does not work yet",
                     c.note.empty() ? "" : "; ", c.note);
}

std::string heading(const Plan& plan, const Step& step, bool forward) {
  std::string out = fmt::format("\n  // {}tep {} of {}, {}: {}\n", forward ? "S" : "Undo s", step.number,
                                plan.steps.size(), word_of(step.phase), one_line(step.title));
  if (!forward) return out + field("Loses", step.loses);
  out += field("Why", step.why) + field("Lock", lock_text(step)) + field("Note", step.impact.note);
  out += field("Estimate", duration_text(step.seconds)) + field("Applications", applications(step));
  return out + field("Way back", way_back(step)) + field("Hazards", hazard_text(step));
}

std::string question(std::string_view call, const Assertion& check, std::size_t indent) {
  std::string out = fmt::format("{}await m.{}({}, {}, ", std::string(indent, ' '), call,
                                ts_string(one_line(check.title)), ts_string(check.expect));
  write(out, Document::parse(check.sql), indent);
  return out + ");\n";
}

std::string step_text(const Plan& plan, const Step& step, bool forward) {
  const auto& statements = forward ? step.forward : step.backward;
  std::string out = heading(plan, step, forward);
  std::string body;
  for (const auto& check : forward ? step.checks_before : std::vector<Assertion>{}) body += question("must", check, 4);
  for (const auto& statement : statements) {
    body += "    await m.run(";
    write(body, Document::parse(statement.sql), 4);
    body += ");\n";
  }
  for (const auto& check : forward ? step.checks_after : std::vector<Assertion>{}) body += question("must", check, 4);
  if (statements.empty()) {
    body += forward ? "    // Nothing to run in the database.\n"
                    : "    // Nothing to run: the steps before it take with them what it did.\n";
  }
  if (forward && !step.app.empty())
    body += fmt::format("    m.say({});\n", ts_string("Application: " + one_line(step.app)));
  out += fmt::format("  await m.{}({}, {}, async () => {{\n{}  }});\n", forward ? "step" : "undo", ts_string(step.id),
                     ts_string(fmt::format("{} {} of {}: {}", forward ? "step" : "undo step", step.number,
                                           plan.steps.size(), one_line(step.title))),
                     body);
  return out;
}

std::string head(const Plan& plan, std::string_view what, std::string_view file) {
  std::string out = comment(fmt::format("{}: migration {}, {} {}", what, plan.id, plan.engine, plan.version));
  if (const auto found = plan.header.find("description"); found != plan.header.end()) out += comment(found->second);
  out +=
      comment("Written by forgelua " + plan.tool_version + " from " + plan.file + ". Change the spec, not this file.");
  out += comment(fmt::format("Run in this folder: {}", run_command(Client{Client::Family::mongodb, "tsx"}, file)));
  return out;
}

std::string imports(std::string_view file) {
  return fmt::format("import {{ migrate }} from \"{}forgelua\";\n\n", file.starts_with("phases/") ? "../" : "./");
}

// A script that runs steps forward or backward.
struct Script {
  std::string what;  // its first line: "Forward, every phase"
  std::string file;  // relative to the package's folder
  std::vector<const Step*> steps;
  bool forward = true;
  std::string note;  // comment lines behind its head
};

// Comments of SQL as those of TypeScript.
std::string slashes(std::string text) {
  for (std::size_t at = 0; at < text.size();) {
    if (text.compare(at, 2, "--") == 0) text.replace(at, 2, "//");
    const auto end = text.find('\n', at);
    at = end == std::string::npos ? text.size() : end + 1;
  }
  if (const auto file = text.find("forward.sql"); file != std::string::npos) text.replace(file, 11, "forward.ts");
  return text;
}

// Where all of the plan stands already, there is nothing to do.
std::string over_text(const Plan& plan) {
  if (plan.final_checks.empty()) return "";
  Document all = {{"forgelua", "every"}, {"of", Document::array()}};
  for (const auto& check : plan.final_checks) all["of"].push_back(Document::parse(check.sql));
  std::string out = "  if (await m.over(";
  write(out, all, 2);
  return out + ")) return;\n";
}

// What is asked before anything is done: whether it is the script's turn, and what its steps take for granted.
std::string first_questions(const Turns& turns, const Script& script) {
  const auto& steps = script.steps;
  std::string out;
  const auto asked = turns.after(script.forward ? steps.front()->number - 1 : steps.back()->number);
  if (!asked.empty())
    out += "  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.\n";
  for (const auto& check : asked) out += question("turn", check, 2);
  for (const Step* step : steps) {
    for (const auto& check : script.forward ? step->checks_first : step->checks_back) out += question("turn", check, 2);
  }
  return out;
}

std::string text_of(const Plan& plan, const Turns& turns, Script script) {
  std::string out = script.forward ? "" : slashes(rollback_warning(script.steps));
  out += head(plan, script.what, script.file) + script.note;
  if (script.forward) out += slashes(destructive_lines(script.steps));
  out += imports(script.file);
  out += fmt::format("migrate({}, {}, async (m) => {{\n", ts_string(plan.id), ts_string(script.file));
  if (script.file == "forward.ts") out += over_text(plan);
  if (!script.forward) std::ranges::reverse(script.steps);
  Script asking = script;
  if (!script.forward) std::ranges::reverse(asking.steps);
  out += first_questions(turns, asking);
  for (const Step* step : script.steps) out += step_text(plan, *step, script.forward);
  return out + "});\n";
}

std::vector<const Step*> all_steps(const Plan& plan) {
  std::vector<const Step*> out;
  out.reserve(plan.steps.size());
  for (const auto& step : plan.steps) out.push_back(&step);
  return out;
}

}  // namespace

std::string typescript_document(const std::string& json, int indent) {
  std::string out(static_cast<std::size_t>(indent), ' ');
  write(out, Document::parse(json), static_cast<std::size_t>(indent));
  return out;
}

std::string typescript_forward(const Plan& plan) {
  return text_of(plan, Turns(plan),
                 {"Forward, every phase", "forward.ts", all_steps(plan), true,
                  "// The whole way in one go, for a copy or a test. On a live system run the files of phases/ one by\n"
                  "// one, with the gates that runbook.md states between them.\n"});
}

std::string typescript_rollback(const Plan& plan) {
  return text_of(
      plan, Turns(plan),
      {"Rollback, every phase", "rollback.ts", all_steps(plan), false,
       "// Takes back a whole forward.ts. After some of the phases only, run their .rollback.ts files, last\n"
       "// phase first.\n"});
}

std::string typescript_segment(const Plan& plan, const Turns& turns, const Segment& segment) {
  return text_of(plan, turns, {segment_title("Phase", segment), forward_file(segment), segment.steps, true, ""});
}

std::string typescript_segment_rollback(const Plan& plan, const Turns& turns, const Segment& segment) {
  return text_of(plan, turns,
                 {segment_title("Rollback of phase", segment), rollback_file(segment), segment.steps, false, ""});
}

std::string typescript_validation(const Plan& plan, std::string_view what, std::string_view file,
                                  const Expectations& expectations) {
  std::string out = head(plan, what, file);
  out +=
      "// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one\n"
      "// fails. Nothing stays in the database.\n";
  out += imports(file);
  out += fmt::format("migrate({}, {}, async (m) => {{\n", ts_string(plan.id), ts_string(file));
  for (const auto& check : expectations.checks) out += question("check", check, 2);
  return out + "  m.verdict();\n});\n";
}

}  // namespace forge
