-- A batch table of one's own: it stands in for the built-in one, and for nothing else. The first row that fits serves.
return {
  { up_to_rows = 50000, size = 5000, pause_ms = 0, note = "over in seconds" },
  { hot = true, size = 250, pause_ms = 250, note = "the checkout's tables" },
  { up_to_rows = 50e6, size = 5000, pause_ms = 100 },
  { size = 20000, pause_ms = 500, note = "between 01:00 and 05:00" },
}
