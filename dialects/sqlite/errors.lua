--- SQLite's result codes (https://sqlite.org/rescode.html) by what a runner should do about them.

return {
  -- Another connection is in the way for the moment: the same statement may pass a little later.
  retry = { "SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_BUSY_RECOVERY", "SQLITE_LOCKED", "SQLITE_SCHEMA" },
  -- The busy timeout ran out.
  lock_timeout = { "SQLITE_BUSY_TIMEOUT" },
  -- Going on would do harm, or cannot help.
  fatal = {
    "SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM",
    "SQLITE_NOMEM", "SQLITE_TOOBIG",
  },
  reasons = {
    SQLITE_BUSY = "another connection writes; SQLite lets one write at a time",
    SQLITE_BUSY_SNAPSHOT = "another connection has written since this transaction began to read",
    SQLITE_BUSY_RECOVERY = "another connection repairs the write-ahead log",
    SQLITE_BUSY_TIMEOUT = "the write lock was not free within the busy timeout",
    SQLITE_LOCKED = "another statement of the same connection still reads the table",
    SQLITE_SCHEMA = "another connection has changed the schema",
    SQLITE_CONSTRAINT = "a row breaks a constraint",
    SQLITE_FULL = "the disk is full",
    SQLITE_READONLY = "the file or its folder cannot be written",
    SQLITE_CORRUPT = "the file is damaged",
  },
}
