// backfill.md
#include <fmt/format.h>

#include <algorithm>

#include "engine/emit/compare.hpp"
#include "engine/emit/documents.hpp"
#include "engine/emit/markdown.hpp"
#include "engine/emit/phases.hpp"
#include "engine/emit/script.hpp"
#include "engine/emit/typescript.hpp"

namespace forge {
namespace {

const char* language(const Client& client) { return client.mongodb() ? "ts" : "sql"; }

std::vector<const Step*> working_steps(const Plan& plan) {
  std::vector<const Step*> out;
  for (const auto& step : plan.steps) {
    if (step.work) out.push_back(&step);
  }
  return out;
}

std::string rows_text(const Work& work) {
  return work.rows < 0 ? "not stated" : number_text(static_cast<double>(work.rows));
}

std::string batch_text(const Work& work) {
  if (work.batch_rows <= 0) return "all rows at once";
  return number_text(static_cast<double>(work.batch_rows)) + " rows";
}

std::string key_text(const Work& work) { return work.key.empty() ? "the table's physical order" : joined(work.key); }

std::string moves_text(const Work& work) {
  if (work.kind == "copy") return fmt::format("{} → {}", display(work.table), display(work.target));
  std::string columns;
  for (const auto& column : work.set) columns += (columns.empty() ? "" : ", ") + column.to;
  return fmt::format("{}: {}", display(work.table), columns);
}

std::string order(const Plan& plan, const std::vector<const Step*>& steps) {
  MarkdownTable table({"Order", "Step", "Rows of", "Number", "Batch", "Pause", "Walks along", "Estimate"});
  int place = 0;
  for (const Step* step : steps) {
    const Work& work = *step->work;
    table.row({std::to_string(++place), fmt::format("{} of {}", step->number, plan.steps.size()), moves_text(work),
               rows_text(work), batch_text(work), work.pause_ms > 0 ? fmt::format("{} ms", work.pause_ms) : "none",
               key_text(work), duration_text(step->seconds)});
  }
  return "## Order\n\n" + table.text() +
         "One worker: the batches run one after the other, and so do the steps. A second worker would wait for the\n"
         "first one's row locks.\n\n";
}

std::string batch_reason(const Work& work) {
  if (work.batch_rows <= 0) {
    return "Few enough rows to move in one statement: it stays far below the limit of 5 s for a batch.";
  }
  std::string out = fmt::format("Each batch takes {} along {}", batch_text(work), key_text(work));
  out += work.pause_ms > 0 ? fmt::format(", commits, and rests {} ms", work.pause_ms) : " and commits";
  return out +
         ". Ranges of the key cost the same at the end of the table as at its beginning, locks are held for one "
         "batch only, and vacuum, purge and replicas keep up. No batch may take more than 5 s: where one does, "
         "halve the batch.";
}

std::string load_text(const Step& step) {
  const Work& work = *step.work;
  if (work.rows <= 0 || step.seconds <= 0) {
    return "The number of rows is not stated: count them before the start, and divide by the rate of the first ten "
           "batches.";
  }
  const double rate = static_cast<double>(work.rows) / step.seconds;
  std::string out =
      fmt::format("{} rows ÷ {} rows a second = {}.", rows_text(work), number_text(rate), duration_text(step.seconds));
  if (work.batch_rows <= 0) return out;
  const auto batches = (work.rows + work.batch_rows - 1) / work.batch_rows;
  return out + fmt::format(
                   " {} batches; each row is {} once and its index entries with it, and every write goes to the "
                   "replicas too.",
                   number_text(static_cast<double>(batches)), work.kind == "copy" ? "inserted" : "written");
}

std::string source_text(const Client& client, const Work& work) {
  std::string out;
  for (const auto& column : work.set) {
    out += fmt::format("{} ← {}\n", sql_ident(client, column.to), column.expr);
  }
  if (!work.where.empty()) out += "rows where " + work.where + "\n";
  return out;
}

std::string script_text(const Step& step) {
  std::string out;
  for (const auto& statement : step.forward) out += statement_text(statement) + "\n";
  if (!out.empty()) out.pop_back();
  return out.empty() ? "-- the step has no statements of its own\n" : out;
}

std::string checks_text(const Plan& plan, const Client& client, const Step& step) {
  std::string out;
  for (const auto& check : comparisons(plan, client, step)) {
    if (client.mongodb()) {
      out += fmt::format("// {}: expects {}\n{}\n", one_line(check.title), check.expect,
                         typescript_document(check.sql, 0));
    } else {
      out += fmt::format("-- {}: expects {}\n{};\n", one_line(check.title), check.expect, check.sql);
    }
  }
  return out.empty() ? ""
                     : "Complete and right when all of these hold (they are in the phase's validation script):\n\n" +
                           fenced(language(client), out) + "\n";
}

std::string undo_text(const Step& step) {
  if (step.reverse_work) {
    return fmt::format(
        "Way back: rows are moved back into {}, in the same batches{}.\n\n",
        display(step.reverse_work->target.empty() ? step.reverse_work->table : step.reverse_work->target),
        step.loses.empty() ? "" : "; not restored: " + step.loses);
  }
  if (!step.loses.empty()) return "Way back: loses " + one_line(step.loses) + ".\n\n";
  return "Way back: stop it. What it has filled is not read by the deployed application, and goes with the column or "
         "table when the expand phase is rolled back.\n\n";
}

std::string step_section(const Plan& plan, const Client& client, const Step& step, const std::string& segment) {
  const Work& work = *step.work;
  std::string out = fmt::format("## Step {}: {}\n\n", step.number, one_line(step.title));
  out += bullet("Batch: " + batch_reason(work));
  out += bullet("Estimate and load: " + load_text(step));
  out += bullet(fmt::format("Run: {}", code(run_command(client, script_file(client, "phases/" + segment)))));
  out += "\nWhat it writes:\n\n" + fenced("text", source_text(client, work));
  out += "\nThe batch script:\n\n" + fenced(language(client), script_text(step)) + "\n";
  return out + checks_text(plan, client, step) + undo_text(step);
}

std::string remaining_query(const Client& client, const std::vector<const Step*>& steps) {
  std::string out;
  if (client.mongodb()) return out;  // the phase's validation counts them
  for (const Step* step : steps) {
    const Work& work = *step->work;
    if (work.kind == "copy") {
      out += fmt::format("SELECT (SELECT count(*) FROM {}) AS copied, (SELECT count(*) FROM {}) AS total;\n",
                         sql_name(client, work.target), sql_name(client, work.table));
    } else if (!work.where.empty()) {
      out += fmt::format("SELECT count(*) AS remaining FROM {} WHERE {};\n", sql_name(client, work.table), work.where);
    }
  }
  return out;
}

bool mentions(const std::vector<const Step*>& steps, std::string_view name) {
  return std::ranges::any_of(steps, [&](const Step* step) {
    return std::ranges::any_of(
        step->forward, [&](const Statement& statement) { return statement.sql.find(name) != std::string::npos; });
  });
}

// What the scripts for MongoDB keep, and where.
std::string progress_of_documents() {
  return "## Progress and resuming\n\nEach batch is a range of `_id`, changed by one `updateMany`; behind it the "
         "step's line in "
         "`forgelua_backfill_progress` says the last `_id` done, how many documents were changed, and the state. The "
         "last step of "
         "the plan drops it. A document that cannot be changed is kept aside by its `_id` in "
         "`forgelua_backfill_errors`, with the "
         "server's message, and the batch goes on without it: mend those before the next phase, whose checks they "
         "would fail.\n\n" +
         fenced("sh",
                "mongosh \"$MONGODB_URL\" --eval 'db.forgelua_backfill_progress.find()'\n"
                "mongosh \"$MONGODB_URL\" --eval 'db.forgelua_backfill_errors.find()'\n") +
         "\nTo pause, stop the script with Ctrl-C. To resume, run the same file again: it goes on behind the last "
         "finished "
         "batch; one that was under way is done again, which changes no document twice.\n\n";
}

std::string progress_table(const std::vector<const Step*>& steps) {
  if (!mentions(steps, "forgelua_backfill_progress")) return "";
  return "Each batch and its line in `forgelua_backfill_progress` are committed together. The table holds, per step, "
         "the "
         "cursor (the last key done), when it started, when it last moved, the rows done, their total where it is "
         "known, "
         "and the state. The last step of the plan drops it.\n\n" +
         fenced("sql", "SELECT * FROM forgelua_backfill_progress;\n") + "\n";
}

std::string bad_rows(const std::vector<const Step*>& steps) {
  const std::string sync =
      " What the dual-write triggers could not translate is kept, with its key and the message, in "
      "`forgelua_sync_errors`.\n\n";
  if (mentions(steps, "forgelua_backfill_errors")) {
    return "A row that cannot be computed, or whose value the new side cannot hold, is skipped: its key, the error and "
           "the "
           "time are in `forgelua_backfill_errors`, which stays until it is empty. Mend those rows and fill them by "
           "hand "
           "before the next phase, whose checks they would fail.\n\n" +
           fenced("sql", "SELECT * FROM forgelua_backfill_errors;\n") + "\n" + sync.substr(1);
  }
  return "A row that cannot be computed, or whose value the new side cannot hold, stops its batch with the database's "
         "message; nothing of that batch stays. Find it with the query for the remaining rows, mend it, and run the "
         "file "
         "again." +
         sync;
}

std::string progress(const Client& client, const std::vector<const Step*>& steps) {
  const auto table = progress_table(steps);
  std::string out = "## Progress and resuming\n\n" + table;
  if (const auto query = remaining_query(client, steps); !query.empty()) {
    out += "Counted from the rows themselves (this reads the table):\n\n" + fenced("sql", query) + "\n";
  }
  out +=
      "To pause, stop the client with Ctrl-C: the last finished batch stands, the one under way is undone. To resume, "
      "run the same file again: ";
  out += table.empty() ? "rows that are done are not touched again.\n\n" : "it goes on behind the cursor.\n\n";
  return out + bad_rows(steps);
}

std::string throttle(const Plan& plan, const Client& client) {
  std::string out = "## When to slow down\n\n";
  MarkdownTable table({"Signal", "Normal", "Over", "Then"});
  for (const auto& t : plan.thresholds) {
    table.row({t.name, t.normal, alert_text(t), t.action});
  }
  if (!table.empty()) out += table.text();
  if (const auto query = lag_query(client); !query.empty()) {
    out += "Replicas:\n\n" + fenced("sql", query + "\n") + "\n";
  }
  return out + fmt::format(
                   "Slowing down: stop the script, set its batch size ({}) to a smaller number and its pause ({}) to a "
                   "longer one, and run it again; or leave it until the signal is back in its normal range.\n",
                   client.mongodb()    ? "`size`"
                   : client.postgres() ? "`LIMIT`"
                   : client.mysql()    ? "both numbers of `LIMIT`"
                                       : "`LIMIT`",
                   client.mongodb()    ? "`pause_ms`, milliseconds"
                   : client.postgres() ? "`pg_sleep`, seconds"
                   : client.mysql()    ? "`SLEEP`, seconds"
                                       : "between runs");
}

}  // namespace

std::string backfill_document(const Plan& plan, const Client& client) {
  const auto steps = working_steps(plan);
  if (steps.empty()) return "";
  const Summary s = summarise(plan);
  std::string out = fmt::format("# Backfill: {}\n\n", one_line(plan.id));
  out += fmt::format("{} step{} move{} {} rows{} on {} {}.\n\n", steps.size(), steps.size() == 1 ? "" : "s",
                     steps.size() == 1 ? "s" : "", number_text(s.rows_moved),
                     s.rows_unknown ? " and tables whose size is not stated" : "", plan.engine, plan.version);
  out += order(plan, steps);
  const auto segments = segment_names(plan);
  for (const Step* step : steps) {
    out += step_section(plan, client, *step, segments[static_cast<std::size_t>(step->number)]);
  }
  return out + (client.mongodb() ? progress_of_documents() : progress(client, steps)) + throttle(plan, client);
}

}  // namespace forge
