// Whoever looks at what a step really takes while it runs: locks, tables written anew, tables read. `apply` has none; a test on a copy does.
#pragma once

#include <memory>

#include "engine/db/session.hpp"
#include "engine/plan/step.hpp"

namespace forge {

enum class Way { forward, backward };

class Witness {
 public:
  virtual ~Witness() = default;

  // Around a step, outside of its transactions.
  virtual Result<void> begins(const Step& step, Way way, Session& work) = 0;
  virtual Result<void> ends(Session& work) = 0;
  // In each of its transactions: before its first statement, and before it is committed.
  virtual Result<void> opened(Session& work) = 0;
  virtual Result<void> closing(Session& work) = 0;
  // While the value lives, a statement runs outside of a transaction.
  class Watch {
   public:
    virtual ~Watch() = default;
  };
  virtual std::unique_ptr<Watch> watch() = 0;
};

}  // namespace forge
