// Whose turn it is: from the catalog alone, how far a plan has been carried out.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"

namespace forge {

// Which objects an operation is about, under both of its names.
std::set<std::string> objects_of(const Change& op);

// Those of which a question has another answer once it has run: a primary key's columns as well. SQLite tells of a column where it
// stands in the key, and the others that such a column takes no NULL.
std::set<std::string> changed_by(const Change& op);

// What tells how far the plan's steps have run, by the marks of its steps and of its end.
class Turns {
 public:
  // `plan` must outlive this.
  explicit Turns(const Plan& plan);

  // Holds where the steps up to number `step` have run and none behind it, as far as marks can tell: few questions, the
  // steps nearest to that point first. Their titles name the step that is to be done, or not to be done.
  std::vector<Assertion> after(int step) const;

 private:
  // A query that gives '0' when the steps up to one of off … off_end have run, '1' when those up to one of on … on_end have;
  // elsewhere another step that works on the same object may have the last word.
  struct Known {
    std::string what;  // "step 3", and its title
    std::string title;
    const std::string* sql = nullptr;
    int off = 0, off_end = 0, on = 0, on_end = 0;
  };

  void must_be_done(std::vector<Assertion>& out, int reached) const;
  void must_not_be_done(std::vector<Assertion>& out, int reached) const;

  std::vector<Known> known_;  // ordered by `on`
};

}  // namespace forge
