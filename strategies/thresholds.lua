--- Numbers of the runbook: when somebody must look, and when the change is taken back. `normal` is what a healthy system
--- shows; `alert` opens the decision; `action` is what to do.
return {
  { name = "error rate", unit = "%", normal = "0-0.1", alert = 1, action = "pause the backfill; above 1 % for 5 minutes roll the phase back" },
  { name = "p95 latency", unit = "ms", normal = "20-200", alert = 500, action = "halve the batch size; above 500 ms for 5 minutes pause" },
  { name = "database CPU", unit = "%", normal = "20-60", alert = 80, action = "pause the backfill until it is below 60 %" },
  { name = "connections", unit = "% of the limit", normal = "10-60", alert = 90, action = "pause; look for sessions that wait for a lock" },
  { name = "replica lag", unit = "s", normal = "0-2", alert = 10, action = "pause the backfill until it is below 2 s" },
  { name = "queue depth", unit = "jobs", normal = "0-100", alert = 1000, action = "pause the backfill; check consumers that write the table" },
  { name = "row delta between old and new", unit = "rows", normal = "0", alert = 0, action = "do not switch; run the phase's validation and compare" },
  { name = "sync errors logged", unit = "rows", normal = "0", alert = 0, action = "read forgelua_sync_errors; mend the rows or the expression before the switch" },
}
