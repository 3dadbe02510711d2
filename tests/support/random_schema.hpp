// Random schemas and random ways to change them, the same for the same seed on every machine.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/model/schema.hpp"
#include "engine/model/spec.hpp"

namespace forge::test {

// SplitMix64 (Steele, Lea and Flood, 2014): unlike the standard library's distributions, equal everywhere.
class Rng {
 public:
  explicit Rng(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  // 0 … n - 1; n must not be 0.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
  template <class T>
  const T& pick(const std::vector<T>& list) {
    return list[below(list.size())];
  }

 private:
  std::uint64_t state_;
};

// What an engine can hold; options_for knows the four.
struct GeneratorOptions {
  std::string engine = "postgres";
  std::size_t tables = 4;   // at most
  std::size_t columns = 6;  // at most, besides the key
  int changes = 4;          // that `mutate` tries to make
  int odd_names = 5;        // percent of names that need quotes
  bool views = true;
  bool named_enums = true;
  bool partial_index = true, expression_index = true, desc_index = true, include = true;
  bool generated = true;
  bool comments = true;
  bool deferrable = true;
  bool primary_keys = false;  // mutate also moves primary keys
};
GeneratorOptions options_for(const std::string& engine);

// A schema that the engine takes as it stands: names within every engine's limits, defaults of the column's type, foreign
// keys to primary keys of the same type (self and mutual ones among them), expressions over columns of the table. Some
// constraints have no name of their own.
Schema random_schema(Rng& rng, const GeneratorOptions& options);

// A schema pair with what the user would declare about it.
struct Pair {
  Schema before, after;
  Intents intents;
};

// Changes as people make them: columns, tables and constraints come, go, are renamed (declared in intents) and altered;
// types only change to such that hold every old value; what is added NOT NULL without a default states a backfill.
Pair mutate(const Schema& before, Rng& rng, const GeneratorOptions& options);

// The smallest pair found for which `fails` still holds: tables, columns, members, views and changes are taken out one by
// one while it does. `fails` must hold for the pair given.
Pair shrink(Pair pair, const std::function<bool(const Pair&)>& fails);

// The pair as text, for the message of a failing test.
std::string describe(const Pair& pair);

// Takes a table, or a column, out of a schema with everything that refers to it. False where a primary key or a foreign
// key of another table stands against dropping the column: then nothing has changed.
void remove_table(Schema& schema, const QName& name);
bool remove_column(Schema& schema, const QName& table, const std::string& column);

// The name as it stands in SQL text of the engine.
std::string quoted_for(const GeneratorOptions& options, const std::string& name);

}  // namespace forge::test
