// What a plan is made of.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/diff/change.hpp"
#include "engine/model/words.hpp"

namespace forge {

enum class Phase { expand, migrate, switch_over, contract };  // in Lua and JSON: expand, migrate, switch, contract

template <>
struct EnumWords<Phase> {
  static constexpr std::array<std::string_view, 4> words{"expand", "migrate", "switch", "contract"};
};

// Rows that a step moves, in batches. kind "backfill": sets columns of `table`; "copy": fills `target` from `table`.
struct Work {
  std::string kind;
  QName table;
  QName target;                  // copy
  std::vector<SyncColumn> set;   // column ← expression over the row of `table`
  std::string where;             // rows that still need it; "" is every row
  std::vector<std::string> key;  // columns of the key that batches walk along; empty: physical order
  std::int64_t batch_rows = 0;
  std::int64_t pause_ms = 0;
  std::int64_t rows = -1;            // how many are expected; -1 is unknown
  std::string verify;                // a query that counts rows whose new value is not f(old): 0 when right
  std::vector<std::string> refresh;  // copy: columns of `target`; rows that are not so in `table` are taken out first

  bool operator==(const Work&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("kind", self.kind);
    visit("table", self.table);
    visit("target", self.target);
    visit("set", self.set);
    visit("where", self.where);
    visit("key", self.key);
    visit("batch_rows", self.batch_rows);
    visit("pause_ms", self.pause_ms);
    visit("rows", self.rows);
    visit("verify", self.verify);
    visit("refresh", self.refresh);
  }
};

// What a step does to traffic, from dialects/*/locks.lua.
struct Impact {
  std::string lock;       // the server's own name of the strongest lock; "" is none
  std::string blocks;     // "nothing", "writes", "reads and writes", "DDL"
  bool rewrite = false;   // the table's rows are written anew
  bool scan = false;      // the table's rows are read under the lock
  bool brief = true;      // the lock is held for milliseconds once it is there, whatever the size of the table
  std::string algorithm;  // MySQL, MariaDB: INSTANT, NOCOPY, INPLACE, COPY
  std::string note;       // what else a reader must know
  std::vector<std::string> also_locks;  // other tables that are locked

  bool operator==(const Impact&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("lock", self.lock);
    visit("blocks", self.blocks);
    visit("rewrite", self.rewrite);
    visit("scan", self.scan);
    visit("brief", self.brief);
    visit("algorithm", self.algorithm);
    visit("note", self.note);
    visit("also_locks", self.also_locks);
  }
};

// Does each side of a deployment work once the step has run?
struct Compatibility {
  bool old_app = true;  // the application that is deployed now
  bool new_app = true;  // the application that knows the new schema
  std::string note;

  bool operator==(const Compatibility&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("old_app", self.old_app);
    visit("new_app", self.new_app);
    visit("note", self.note);
  }
};

struct Statement {
  std::string sql;            // without its final semicolon
  bool transactional = true;  // false: must run outside a transaction (CREATE INDEX CONCURRENTLY)
  std::string delimiter;      // client scripts: a DELIMITER needed around it (MySQL, MariaDB bodies); "" is ";"

  bool operator==(const Statement&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("sql", self.sql);
    visit("transactional", self.transactional);
    visit("delimiter", self.delimiter);
  }
};

// SQL with gaps: texts and, between each two, the name of the value that stands there: {"… WHERE id > ", "lo1", ""}.
using Gapped = std::vector<std::string>;

// How rows are moved by whoever runs the plan, batch by batch along a key, in place of the script that does it by itself. Parts
// of a key go in and out as SQL literals: lo1, lo2 … (the last row done), hi1 … (the last row of the batch), last1 … (the last
// row of all), key1 … (one row). Other values: rows (how many a batch takes), others (one less), moved, bad, code, message.
struct Walk {
  std::int64_t replaces = 0;                // that many of the step's first statements
  std::int64_t keys = 0;                    // parts of a key; 0: there is none, and all rows are one batch
  std::vector<std::string> open, close;     // for the session, before the first batch and behind the last one
  std::vector<std::string> ensure, forget;  // the line of progress: is there afterwards; is taken away
  std::string resume;                       // gives the last key that is done; no row where there is none
  std::string last;                         // gives the last key of the table
  Gapped upper, upper_after;                // give a batch's last key (first, behind lo); none: fewer are left
  std::vector<std::string> begin, end;      // in a batch's transaction, around what it does
  Gapped move, move_after;                  // moves the rows up to hi; those behind lo up to hi
  Gapped list, list_after;                  // gives the key of each of those rows
  Gapped compare, compare_after;            // count those of these rows that are not as they should be
  Gapped move_row, log_row;                 // moves one row; keeps what could not be moved
  Gapped checkpoint;                        // remembers hi
  std::string finish;                       // remembers that all is done

  bool operator==(const Walk&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("replaces", self.replaces);
    visit("keys", self.keys);
    visit("open", self.open);
    visit("close", self.close);
    visit("ensure", self.ensure);
    visit("forget", self.forget);
    visit("resume", self.resume);
    visit("last", self.last);
    visit("upper", self.upper);
    visit("upper_after", self.upper_after);
    visit("begin", self.begin);
    visit("end", self.end);
    visit("move", self.move);
    visit("move_after", self.move_after);
    visit("list", self.list);
    visit("list_after", self.list_after);
    visit("compare", self.compare);
    visit("compare_after", self.compare_after);
    visit("move_row", self.move_row);
    visit("log_row", self.log_row);
    visit("checkpoint", self.checkpoint);
    visit("finish", self.finish);
  }
};

// A query with the value that it must give: `expect` is compared as text with the single value of the first row.
struct Assertion {
  std::string title;
  std::string sql;
  std::string expect;

  bool operator==(const Assertion&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("title", self.title);
    visit("sql", self.sql);
    visit("expect", self.expect);
  }
};

// A definition that the catalog keeps as the server's own text: after `make`, which makes a throw-away object from the new
// definition, `wanted` gives the text that `actual` must give of the real one. `drop` takes the throw-away object away.
struct ServerText {
  std::string title;
  std::vector<std::string> make;
  std::string drop, wanted, actual;

  bool operator==(const ServerText&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("title", self.title);
    visit("make", self.make);
    visit("drop", self.drop);
    visit("wanted", self.wanted);
    visit("actual", self.actual);
  }
};

// By which a script tells whether a step has run: a query about one of its operations (counted from 1) that gives '0'
// before that and '1' after it.
struct Mark {
  int op = 0;
  std::string sql;

  bool operator==(const Mark&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("op", self.op);
    visit("sql", self.sql);
  }
};

// The rows of a table that goes are kept in another one, and come back from there.
struct Archive {
  QName table, as;

  bool operator==(const Archive&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("table", self.table);
    visit("as", self.as);
  }
};

struct Step {
  // From the strategy.
  std::string id;     // unique in the plan; stable for equal input: "orders.total/expand/add-column"
  std::string title;  // one line for people
  std::string why;
  Phase phase = Phase::expand;
  std::vector<Change> ops;              // what it does to the schema, in order; may be empty
  std::optional<Work> work;             // rows that it moves; never beside ops
  std::optional<Work> reverse_work;     // rows that its reverse moves (before the reversed ops)
  std::optional<Archive> archive;       // what its ops keep; runs where the table could be dropped
  std::string form;                     // how ops are carried out: see CONTRACT in stdlib/forge/steps.lua
  std::string reverse_form;             // the same for the way back; "" is `form`
  bool transaction = true;              // one transaction where the engine's DDL has any
  std::string loses;                    // what its way back cannot restore; "" is nothing
  std::string loses_forward;            // data that is gone once the step has run (drops)
  std::vector<Assertion> checks_first;  // asked before anything of the script is done that the step stands in
  std::vector<Assertion> checks_before, checks_after;
  std::vector<Assertion>
      checks_back;  // asked before the way back undoes anything; the names are those that the step leaves
  std::string app;  // application code to write or deploy at this point
  Compatibility compatibility;
  std::vector<std::string> hazards;
  // From the engine.
  int number = 0;     // 1, 2, 3 … in order of running
  std::string group;  // the group of changes that it serves
  std::string strategy;
  std::vector<Statement> forward, backward;
  std::optional<Walk> walk, reverse_walk;  // of `work` and `reverse_work`; none: only their statements move the rows
  Impact impact;
  std::string risk;               // low, medium, high
  double seconds = 0;             // estimated duration
  std::optional<Assertion> done;  // catalog predicate: true once the step has run
  std::optional<Mark> mark;       // none where nothing that it does shows for sure

  template <class Self, class V>
  static void fields(Self& self, V&& visit) {
    visit("id", self.id);
    visit("number", self.number);
    visit("title", self.title);
    visit("why", self.why);
    visit("phase", self.phase);
    visit("group", self.group);
    visit("strategy", self.strategy);
    visit("ops", self.ops);
    visit("work", self.work);
    visit("reverse_work", self.reverse_work);
    visit("archive", self.archive);
    visit("form", self.form);
    visit("reverse_form", self.reverse_form);
    visit("transaction", self.transaction);
    visit("loses", self.loses);
    visit("loses_forward", self.loses_forward);
    visit("checks_first", self.checks_first);
    visit("checks_before", self.checks_before);
    visit("checks_after", self.checks_after);
    visit("checks_back", self.checks_back);
    visit("app", self.app);
    visit("compatibility", self.compatibility);
    visit("hazards", self.hazards);
    visit("forward", self.forward);
    visit("backward", self.backward);
    visit("walk", self.walk);
    visit("reverse_walk", self.reverse_walk);
    visit("impact", self.impact);
    visit("risk", self.risk);
    visit("seconds", self.seconds);
    visit("done", self.done);
    visit("mark", self.mark);
  }
};

}  // namespace forge
