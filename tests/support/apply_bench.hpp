// A case's package and databases that the product itself runs it on.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/case.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/process.hpp"

namespace forge::test {

class ApplyBench {
 public:
  // Writes the package; a failure is one of the test that runs.
  ApplyBench(const Case& given, Engine& engine);

  // A database in the old schema with the case's rows in it.
  void fresh(const std::string& database);
  // `forgelua COMMAND PACKAGE --url … --yes` and further arguments, as a line of the shell.
  std::string command(const std::string& command, const std::string& database, const std::string& arguments = {}) const;
  // Runs it, with variables of its own ("NAME=value ").
  Outcome product(const std::string& command, const std::string& database, const std::string& arguments = {},
                  const std::string& variables = {});
  // The same, which must exit with 0.
  void must(const std::string& command, const std::string& database, const std::string& arguments = {});
  // As if all that has been done had been done 30 days ago.
  void age(const std::string& database);
  // Every phase, as apply runs it.
  void apply(const std::string& database, const std::string& arguments = {});

  // Without our own tables.
  std::vector<std::string> schema(const std::string& database);
  std::map<std::string, std::string> rows(const std::string& database);
  std::string text(const std::string& file) const;  // of the package
  std::string package() const { return folder_.file("package"); }
  std::string name(const std::string& what) const;
  Engine& engine() { return engine_; }
  const Case& given() const { return case_; }

 private:
  const Case& case_;
  Engine& engine_;
  TemporaryFolder folder_;
  std::string before_;
};

}  // namespace forge::test
