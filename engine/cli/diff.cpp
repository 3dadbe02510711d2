// `forgelua diff`: what makes one schema another, as the engine itself sees it.
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include "engine/cli/app.hpp"
#include "engine/cli/source.hpp"
#include "engine/diff/diff.hpp"
#include "engine/diff/json.hpp"
#include "engine/diff/serials.hpp"
#include "engine/model/caseless.hpp"
#include "engine/model/equivalence.hpp"

namespace forge {
namespace {

constexpr int kDifferent = 2;

struct DiffOptions {
  SourceRequest request;
  std::string first, second;
  bool exit_code = false;
  bool allow_unmanaged = false;
};

// "alter_column orders.total: type, nullable"
std::string line_of(const Change& change) {
  const std::string object = object_of(change);
  std::string out = fmt::format("{} {}", word_of(change), object);
  std::visit(
      [&]<class T>(const Delta<T>& delta) {
        // Tables as wholes come and go; what changes in one is a change of its own.
        if constexpr (!std::is_same_v<T, Table>) {
          if (!delta.before || !delta.after) return;
          for (const auto& field : differing_fields(*delta.before, *delta.after)) {
            out += (out.ends_with(object) ? ": " : ", ") + field;
          }
        }
      },
      change);
  return out;
}

void print(const std::vector<Change>& changes, const std::vector<std::string>& unmanaged, Terminal& terminal) {
  if (terminal.json) {
    for (const auto& change : changes) {
      terminal.out
          << Json{{"version", 1}, {"type", "change"}, {"change", word_of(change)}, {"object", object_of(change)}}.dump(
                 -1, ' ', false, Json::error_handler_t::replace)
          << "\n";
    }
    for (const auto& name : unmanaged)
      terminal.out << Json{{"version", 1}, {"type", "unmanaged"}, {"object", name}}.dump() << "\n";
    return;
  }
  for (const auto& change : changes) terminal.out << escape_control(line_of(change)) << "\n";
  for (const auto& name : unmanaged) terminal.out << "unmanaged: " << escape_control(name) << "\n";
  if (changes.empty() && unmanaged.empty()) terminal.err << "no differences\n";
}

Result<int> diff_sources(DiffOptions options, Terminal& terminal) {
  options.request.sources = {options.first, options.second};
  FORGE_ASSIGN(auto loaded, load_sources(options.request));
  for (const auto& note : loaded.notes) terminal.err << "note: " << escape_control(note) << "\n";
  const CaselessNames names(loaded.dialect->engine() == "sqlite");
  align_serials(loaded.schemas[0], loaded.schemas[1]);
  const auto changes = diff(loaded.schemas[0], loaded.schemas[1]).changes;
  std::vector<std::string> unmanaged;
  if (loaded.complete[0] && loaded.complete[1]) unmanaged = unmanaged_changes(loaded.schemas[0], loaded.schemas[1]);
  print(changes, unmanaged, terminal);
  if (!unmanaged.empty() && !options.allow_unmanaged) return fail(unmanaged_error(unmanaged));
  return options.exit_code && !(changes.empty() && unmanaged.empty()) ? kDifferent : 0;
}

}  // namespace

void add_diff(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<DiffOptions>();
  auto* command = app.add_subcommand("diff", "Tell what makes one schema another: specs, SQL, snapshots, databases");
  command->add_option("from", options->first, "A spec (its `after`), a .sql file, a snapshot, a URL or env:NAME")
      ->required();
  command->add_option("to", options->second, "Likewise")->required();
  add_source_options(*command, options->request);
  command->add_flag("--exit-code", options->exit_code, "Exit with 2 where the two differ");
  command->add_flag("--allow-unmanaged", options->allow_unmanaged, "Let objects that are not managed differ");
  command->callback(
      [&chosen, options] { chosen = [options](Terminal& terminal) { return diff_sources(*options, terminal); }; });
}

}  // namespace forge
