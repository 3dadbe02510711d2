// A case under tests/cases: a spec, the rows that it meets, what the application does meanwhile, and what must hold.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace forge::test {

struct SeedRows {
  std::string table, columns, values;  // values: one row, "{i}" is its number from 1
  int count = 0;
};

// SQL of the application or a question, at one point of the plan's life.
struct Moment {
  std::string after;  // "expand", "migrate", "backfill", "switch", "contract", "rollback", "return" (back from a phase)
  std::string sql;
  std::string value;  // expectations: the single value of the first row
};

// Rows that a script must stop at before it does anything, say why, and run once they are mended. `stops`: rows of the
// application that only the new schema accepts; without `after` they are written to the new schema, and rollback.sql is that
// script, else they are written after that moment, and it is the first script of the phase that follows. `halts`: rows that the
// new schema cannot take; the scripts are forward.sql and the first one of phases/.
struct Stop {
  std::string write, says, mend, after;
};

struct Case {
  std::string name, folder;
  std::vector<std::string> engines;
  int since = 0;                     // the least version of the engine that can carry it out
  std::string strategy;              // asserted: this strategy serves …
  std::vector<std::string> changes;  // … a change of each of these words
  std::vector<std::string> run;      // further options of `forgelua run`
  std::string approve;               // "whole": the whole package is approved, not only its main files
  std::string loses;                 // what the plan must say is lost
  std::vector<std::string> compare;  // queries compared instead of whole tables where something is lost
  // Logs that hold rows after the case's writes, and so stay behind on the way there or back; elsewhere none may.
  std::vector<std::string> keeps;
  bool random_values = false;  // true: values differ at each run, and two runs agree in what `compare` asks alone
  bool blind = false;  // true: only the text of a definition changes, which the server spells in its own way, so
                       // that validation cannot tell the old schema from the new one
  bool phases = true;  // false: the plan is one sitting (big_bang), nothing happens between phases
  std::string seed;
  std::vector<SeedRows> rows;
  std::vector<Moment> writes, fails, expect;
  std::vector<Stop> stops, halts;
};

// Every case, by name; those whose name holds FORGELUA_CASE where that is set.
std::vector<Case> read_cases(const std::string& folder, const std::string& engine);

// The rows' INSERT statements, some hundreds of rows each.
std::string seed_sql(const Case& given);

}  // namespace forge::test
