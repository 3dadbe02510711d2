// What a user's `*.migration.lua` says, read for one engine.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/model/schema.hpp"

namespace forge {

// What the user said about one column besides its shape.
struct ColumnIntent {
  std::string renamed_from;  // the column's name in `before`
  std::string backfill_up;   // expression over the old row
  std::string backfill_down;
  std::string strategy;  // asked for; the policy may refuse it
  Place place;           // where the column is written

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("renamed_from", self.renamed_from);
    visit("backfill_up", self.backfill_up);
    visit("backfill_down", self.backfill_down);
    visit("strategy", self.strategy);
  }
};

struct TableIntent {
  QName renamed_from;
  std::string strategy;
  std::string downtime;  // a stated window such as "30m"
  bool archive = false;  // drops: keep the rows in an archive table
  std::string approved_by;
  Place place;
  std::map<std::string, ColumnIntent> columns;  // by the column's name in `after`
};

struct Intents {
  std::map<QName, TableIntent> tables;  // by name in `after`, or in `before` for a table that goes
  std::map<QName, Place> places;        // every other object
};

// Scale and context of a table, from hints or from a live database. Absent facts are unknown.
struct Hint {
  std::optional<double> rows, bytes, writes_per_second;
  std::optional<bool> hot, critical;

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("rows", self.rows);
    visit("bytes", self.bytes);
    visit("writes_per_second", self.writes_per_second);
    visit("hot", self.hot);
    visit("critical", self.critical);
  }
};

struct Spec {
  std::string id;
  std::string file;                           // as named on the command line
  std::map<std::string, std::string> header;  // description, owner, service, team, author, reviewed_by, ticket,
                                              // target_date, why, environment, downtime, strategy, policy …
  std::vector<std::string> targets;
  Schema before, after;
  Intents intents;
  std::map<QName, Hint> hints;
  std::vector<Raw> raws;           // execute {…}, in order
  std::vector<std::string> notes;  // what the engine cannot hold, said in the plan
};

}  // namespace forge
