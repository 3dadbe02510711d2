// `forgelua doc [WORD]`: what a word of the spec language means, or which there are.
#include <memory>
#include <ostream>

#include "engine/cli/app.hpp"
#include "engine/lua/vocabulary.hpp"
#include "engine/model/json.hpp"

namespace forge {
namespace {

Result<int> doc(const std::string& word, Terminal& terminal) {
  FORGE_ASSIGN(const auto text, word.empty() ? document_language() : document_word(word));
  if (terminal.json) {
    terminal.out << Json{{"version", 1}, {"type", "doc"}, {"word", word}, {"text", text}}.dump() << "\n";
  } else {
    terminal.out << text;
  }
  return 0;
}

}  // namespace

void add_doc(CLI::App& app, Command& chosen) {
  auto word = std::make_shared<std::string>();
  auto* command = app.add_subcommand("doc", "Say what a word of the spec language means");
  command->add_option("word", *word, "A word, such as column, varchar or add_index; none lists all");
  command->callback([&chosen, word] { chosen = [word](Terminal& terminal) { return doc(*word, terminal); }; });
}

}  // namespace forge
