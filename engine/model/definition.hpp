// Objects that are held by their server's own text: routines, triggers, domains, composite types, policies, rules, extensions,
// events, statistics, grants … What they mean is the server's affair; what they are called, what they hang on and what they
// need is enough to compare, order, make, replace and take away.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/model/names.hpp"
#include "engine/model/sql/has_column.hpp"

namespace forge {

// A property of a definition that has statements of its own: a comment, a grant, a domain's check.
struct DefinitionPart {
  std::string key;   // "comment", "grant SELECT to app", "check positive"; unique within its definition
  std::string make;  // the statement that makes it; where `undo` is empty it also takes the place of one that is there
  std::string undo;  // the statement that takes it away; "" where it goes by itself, or cannot

  bool operator==(const DefinitionPart&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("key", self.key);
    visit("make", self.make);
    visit("undo", self.undo);
  }
};

struct Definition {
  // `schema` is empty; `name` is kind and name as people say them: "trigger audit on orders", "function app.area(integer)".
  QName name;
  std::string kind;    // "trigger", "function", "procedure", "domain", "policy" …: the first words of the name
  QName on;            // the table or view that it belongs to and goes with; empty where it stands by itself
  std::string create;  // the statement that makes it; what it names follows renames
  std::string body;    // the end of that statement, which keeps its text whatever is renamed (but see body_follows)
  std::string drop;    // the statement that takes it away
  // MySQL, MariaDB: whose rights it runs with, as SQL writes an account ('app'@'%'); "" is not told (see rights.hpp).
  std::string definer;
  std::string shape;      // where this differs, one cannot take the other's place (a function's result type)
  bool replaces = false;  // `create` takes the place of one of its name that is there (CREATE OR REPLACE)
  std::vector<DefinitionPart> parts;
  std::vector<std::string> uses;  // names, beyond those in `create`, of what must be there: routines, types, tables

  bool operator==(const Definition&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("name", self.name);
    visit("kind", self.kind);
    visit("on", self.on);
    visit("create", self.create);
    visit("body", self.body);
    visit("drop", self.drop);
    visit("definer", self.definer);
    visit("shape", self.shape);
    visit("replaces", self.replaces);
    visit("parts", self.parts);
    visit("uses", self.uses);
  }
};

// Whether `after` can be made without `before` being taken away first: its statement replaces what is there, only parts
// differ, or it is a domain of the same type, whose default and NOT NULL have statements of their own.
bool takes_place(const Definition& before, const Definition& after);

// The name under which SQL text calls the object: "area" for "function app.area(integer)", "audit" for "trigger audit on
// orders". Quotes are taken off. What has no name of its own (a grant, a cast) is called by the rest of its name.
std::string called_name(const Definition& definition);

// The name of a definition of this kind: "<kind> <own>", and " on <table>" where it belongs to one.
QName definition_name(std::string_view kind, std::string_view own, const QName& on = {});

// Is it said of this one column of a table alone, and goes with it without a word: a grant on it, its storage, its statistics target?
bool goes_with_column(const Definition& definition, const QName& table, const std::string& column);

// A trigger or rule is broken as soon as its statements name what has got another name: its body is renamed, too. What a
// routine names is looked up when it is called, and is the user's affair.
bool body_follows(const Definition& definition);
// Does its statement name this, as far as that follows renames?
bool names_in_statement(const Definition& definition, const std::string& name);

// Does it say tables and columns in statements and conditions, in which one name may be that of several?
bool speaks_in_statements(const Definition& definition);

// Makes the definition follow the rename of a table or view that it belongs to or names: its own name, text and parts. `has` tells of
// the other tables that its text names. Gives what is unclear in its statements, as RenamedText says it.
std::string rename_table(Definition& definition, const QName& from, const QName& to, const HasColumn& has = {});
// The same for a column of `table`.
std::string rename_column(Definition& definition, const QName& table, const std::string& from, const std::string& to,
                          const HasColumn& has = {});

}  // namespace forge
