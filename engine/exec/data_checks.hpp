// What the rows of a database mean for a plan, asked before anything of it is run.
#pragma once

#include <string>
#include <vector>

#include "engine/db/session.hpp"
#include "engine/exec/plan_file.hpp"

namespace forge {

struct DataQuestion {
  std::string title;   // "users.name: values longer than 20 characters"
  std::string count;   // gives how many rows
  std::string sample;  // gives some of them
  std::string most;    // gives the worst value; "" where there is none
  bool loses = false;  // such rows lose something, as the plan says; else they stop the plan
  bool value = false;  // a value that cannot be carried over: --skip-bad-rows keeps such rows aside
};

struct DataFinding {
  DataQuestion question;
  std::string rows;                  // how many
  std::string most;                  // the worst value
  std::vector<std::string> samples;  // some rows' values

  std::string text() const;  // one line for people
};

// Rows of `table` whose columns point at no row of `parent`; shown by their key.
DataQuestion orphans_question(const Client& client, const Table& table, const std::vector<std::string>& columns,
                              const Table& parent, const std::vector<std::string>& parent_columns);

// What is to be asked of a database that a plan begins with: values that do not fit their new type, NULLs, duplicates, orphans, rows that
// new checks refuse, values of enums that go away; and what is lost with columns and tables that are dropped. None of MongoDB.
Result<std::vector<DataQuestion>> data_questions(const PlanFile& plan);

// Asks them; questions that find nothing have no finding, nor do those about what is there only once the plan is under way. Only
// reads. Errors: the connection is lost.
Result<std::vector<DataFinding>> ask_data(Session& session, const std::vector<DataQuestion>& questions);

}  // namespace forge
