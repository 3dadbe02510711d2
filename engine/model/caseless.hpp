// Names on engines that do not tell letters apart by case.
#pragma once

#include <string>

#include "engine/model/spec.hpp"

namespace forge {

// Are the two one name to an engine that tells no letter case apart?
bool same_but_for_case(const std::string& a, const std::string& b);

// While it lives and is given true, this thread takes quoted names in texts that differ in letter case alone for one name.
class CaselessNames {
 public:
  explicit CaselessNames(bool caseless);
  ~CaselessNames();
  CaselessNames(const CaselessNames&) = delete;
  CaselessNames& operator=(const CaselessNames&) = delete;

 private:
  bool before_;
};
bool names_are_caseless();

// On such an engine `EMail` in `before` and `email` in `after` are one column, declared or not: states the renames that the
// spec leaves out. `tables`: the names of tables are so, too.
void imply_case_renames(Spec& spec, bool tables);

}  // namespace forge
