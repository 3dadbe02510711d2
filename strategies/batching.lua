--- How many rows a batch moves and how long it pauses, by the size of the table: the first row that fits serves.
--- `up_to_rows` is the table's size; a table whose size nobody states counts as large. `hot` restricts a row to hot
--- (true) or cold (false) tables. Scripts run by hand use the values as they stand; a runner takes them as its start
--- and ceiling. Pauses let replicas and vacuum catch up.
return {
  { up_to_rows = 10000, size = 10000, pause_ms = 0, note = "moved at once" },
  { up_to_rows = 1e6, size = 10000, pause_ms = 100 },
  { up_to_rows = 10e6, size = 50000, pause_ms = 200 },
  { up_to_rows = 100e6, size = 50000, pause_ms = 500 },
  { size = 100000, pause_ms = 1000, note = "run it off-peak" },
}
