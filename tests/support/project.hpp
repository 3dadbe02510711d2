// A project of its own, as a user has one: its forgelua.yml, a database, and packages of plans that follow one another.
#pragma once

#include <string>
#include <vector>

#include "tests/support/engines.hpp"
#include "tests/support/process.hpp"

namespace forge::test {

void write_file(const std::string& path, const std::string& text);

// The database goes with the object. Whatever must succeed is a check of the test that runs.
class Project {
 public:
  Project(Engine& engine, std::string database);
  ~Project();
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  // Writes forgelua.yml; the environment that is meant is `live`, of which `more` says what it is.
  void configure(const std::string& more);
  // Makes the empty table `notes` that plans begin with.
  void make_notes();
  // Plans a column for `notes`: those that it has before, and the one that is added.
  void plan(const std::string& id, const std::vector<std::string>& before, const std::string& added);
  // Runs the product in the project's folder, with DATABASE and DEV set to URLs.
  Outcome product(const std::string& arguments);
  // The same, which must exit with 0.
  Outcome must(const std::string& arguments);
  void sql(const std::string& text);
  std::string dev() const;  // --dev-url, where the engine needs it
  Engine& engine() { return engine_; }
  const std::string& database() const { return database_; }
  std::string file(const std::string& name) const { return folder_.file(name); }
  const std::string& folder() const { return folder_.path(); }

 private:
  Engine& engine_;
  std::string database_;
  TemporaryFolder folder_;
};

}  // namespace forge::test
