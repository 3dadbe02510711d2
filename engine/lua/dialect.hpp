// A dialect's Lua, as the engine uses it: its facts for lowering, and the rendering of steps.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/db/catalog.hpp"
#include "engine/lua/call.hpp"
#include "engine/lua/pushed_steps.hpp"
#include "engine/model/laws.hpp"
#include "engine/model/schema.hpp"
#include "engine/plan/plan.hpp"
#include "engine/plan/step.hpp"

namespace forge {

// One portable type word on an engine (dialects/*/types.lua).
struct TypeFact {
  std::string word;
  std::string canonical;  // the portable word that it becomes on this engine
  std::string family;     // integer, number, text, binary, boolean, date, time, json, uuid, enum, network, bit, other
  std::int64_t min_args = 0, max_args = 0;
  std::vector<std::int64_t> default_args;
  std::string unsupported;  // what stands in for it, where the engine has nothing of the kind

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("word", self.word);
    visit("canonical", self.canonical);
    visit("family", self.family);
    visit("min_args", self.min_args);
    visit("max_args", self.max_args);
    visit("default_args", self.default_args);
    visit("unsupported", self.unsupported);
  }
};

struct DialectFacts {
  std::string version;
  std::map<std::string, bool> has;           // features that are there or not
  std::map<std::string, std::string> words;  // features that are a word, such as index_names = "schema"
  std::vector<TypeFact> types;               // sorted by word
  std::int64_t identifier_limit = 0;         // 0: none
  std::string identifier_unit;               // bytes or characters
  Laws laws;                                 // what the engine always refuses
};

// Where a plan leads. `renamed` leads from a table's old name to its new one.
struct FinalState {
  const std::vector<Change>& changes;
  const Schema& before;
  const Schema& after;
  std::map<QName, QName> renamed;
};

struct FinalQuestions {
  // They tell the new schema from the old one: one for each change that the dialect can ask about.
  std::vector<Assertion> checks;
  // Those of them that are sure to fail before the start.
  std::vector<EndMark> marks;
  // The definitions that the changes leave, where the catalog keeps them as the server's own text.
  std::vector<ServerText> server_texts;
};

class DialectHost {
 public:
  // Loads `dialects.<engine>` at `version` ("" is the dialect's default). The state must outlive the host.
  // Errors (policy): the dialect is not whole; the message names the file and what is missing.
  static Result<std::unique_ptr<DialectHost>> open(LuaState& state, const std::string& engine,
                                                   const std::string& version);

  const std::string& engine() const { return engine_; }
  const DialectFacts& facts() const { return facts_; }
  bool has(const std::string& feature) const;

  // Inside protect: pushes the Lua object.
  void push() const { dialect_.push(); }

  // A type as the engine holds it (dialects/*/types.lua). `note` gets what stands in for a type that it has not.
  Result<Type> canonical_type(const Type& type, std::string& note);

  // Fills in each step's statements both ways, its impact and its catalog predicate.
  // Errors (policy): an emitter failed; the message names the step.
  Result<void> render(std::span<Scene> scenes);
  // The same for all steps of a plan that starts from `before`.
  Result<void> render(std::vector<Step>& steps, const Schema& before);

  // What the catalog is asked once the whole plan has run.
  Result<FinalQuestions> final_questions(const FinalState& final);

  // How a database of this engine and version is read. The rules call back into this host: it must outlive them.
  // Errors (policy): the dialect has no queries.
  Result<CatalogRules> catalog_rules();

  // The statements that leave nothing of ours behind after a run by hand.
  Result<std::vector<Statement>> cleanup();

 private:
  explicit DialectHost(LuaState& state) : state_(state) {}
  Result<void> final_checks(FinalQuestions& out, const FinalState& final, lua::PushedTables& tables);
  Result<std::vector<ServerText>> server_texts(const FinalState& final, lua::PushedTables& tables);

  LuaState& state_;
  std::string engine_;
  lua::Kept dialect_;
  DialectFacts facts_;
};

}  // namespace forge
