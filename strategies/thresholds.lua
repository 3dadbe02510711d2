--- Numbers of the runbook: when somebody must look, and when the change is taken back. `normal` is what a healthy system
--- shows; over `alert` the action is due; `rollback` marks those that, crossed for five minutes, are a reason to roll back.
return {
  { name = "error_rate", unit = "%", normal = "< 0.1 %", alert = 1, rollback = true,
    action = "pause the backfill; if it stays over the alert for 5 minutes, roll the phase back" },
  { name = "p95_latency", unit = "ms", normal = "20-200 ms", alert = 500, rollback = true,
    action = "halve the batch size; if it stays over the alert for 5 minutes, pause and roll the phase back" },
  { name = "database_cpu", unit = "%", normal = "20-60 %", alert = 80, rollback = false,
    action = "pause the backfill until it is below 60 %" },
  { name = "connections", unit = "%", normal = "10-60 % of the limit", alert = 90, rollback = false,
    action = "pause; end the sessions that wait for a lock of this migration" },
  { name = "replica_lag", unit = "s", normal = "< 2 s", alert = 10, rollback = false,
    action = "pause the backfill until it is below 2 s" },
  { name = "queue_depth", unit = "", normal = "< 100 jobs", alert = 1000, rollback = false,
    action = "pause; check the consumers that write the tables of this migration" },
  { name = "row_delta", unit = "", normal = "0 rows", alert = 0, rollback = true,
    action = "do not switch: run the phase's validation and find the rows that differ" },
  { name = "sync_errors", unit = "", normal = "0 rows", alert = 0, rollback = false,
    action = "read forgelua_sync_errors; mend the rows or the expression before the switch" },
}
