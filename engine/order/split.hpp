// What a step that is split off another has of it.
#pragma once

#include "engine/plan/step.hpp"

namespace forge {

// A step without operations of the same phase, group and strategy, which asks the same of the application.
inline Step step_beside(const Step& like) {
  Step step;
  step.phase = like.phase;
  step.group = like.group;
  step.strategy = like.strategy;
  step.app = like.app;
  step.compatibility = like.compatibility;
  return step;
}

}  // namespace forge
