// The options that every command about a spec shares, and the way from them to a prepared spec.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "engine/cli/pipeline.hpp"
#include "engine/cli/target.hpp"

namespace forge {

struct SpecRequest {
  std::string spec;              // the file, as named on the command line
  std::string db;                // --db=ENGINE[:VERSION]
  std::string environment;       // --environment
  std::string organisation;      // --org DIR: the organisation's modules
  std::string policy;            // --policy MODULE
  std::string strategy;          // --strategy NAME, for every change
  std::string downtime;          // --downtime 30m
  std::string dev_url;           // --dev-url: where databases for development are made
  bool allow_unmanaged = false;  // --allow-unmanaged
  int time_limit_ms = 5000;      // --time-limit: how long a spec and its modules may take
  int memory_limit_mb = 1024;
};

// Adds the options to a command.
void add_spec_options(CLI::App& command, SpecRequest& request);

// Reads the configuration, settles on the target, evaluates the spec in its sandbox and lowers it. Errors: usage, spec,
// policy, limit, each with its place.
Result<Prepared> prepare(const SpecRequest& request);

// What the options and the spec say about the circumstances; options first.
PlanningContext planning_context(const SpecRequest& request, const Spec& spec);

}  // namespace forge
