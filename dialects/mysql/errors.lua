--- Server errors by what to do about them, with the reason. The numbers are those of MySQL and MariaDB alike.

local function row(code, why) return { code = code, why = why } end

return {
  retry = {
    row(1213, "deadlock: the transaction was rolled back and may run again"),
    row(1020, "the row changed since it was read"),
    row(1040, "too many connections"),
    row(1203, "the account has its most connections"),
    row(2002, "the server cannot be reached"),
    row(2006, "the connection is gone"),
    row(2013, "the connection was lost during the query"),
    row(1158, "the network failed"), row(1159, "the network timed out"),
    row(1160, "the network failed"), row(1161, "the network timed out"),
    row(1290, "the server is read-only for the moment"),
    row(1053, "the server is shutting down"),
  },
  lock_timeout = {
    row(1205, "waited too long for a row lock, or for a metadata lock"),
    row(3572, "the lock was not free and NOWAIT was asked for"),
    row(1317, "the statement was cancelled, by a watchdog or by hand"),
    row(3024, "the statement ran longer than max_execution_time"),
    row(1969, "the statement ran longer than max_statement_time"),
  },
  fatal = {
    row(1845, "the algorithm is not available for this change: the server is older than the plan says"),
    row(1846, "the algorithm is not available for this change: the server says why"),
    row(4092, "the table has used up its row versions: rebuild it (ALTER TABLE … FORCE), then go on"),
    row(1044, "no privilege on the database"), row(1045, "the account or its password is wrong"),
    row(1142, "no privilege for the command"), row(1227, "a global privilege is missing"),
    row(1064, "syntax"), row(1146, "the table is not there"), row(1054, "the column is not there"),
    row(1050, "the table is already there"), row(1060, "the column is already there"),
    row(1061, "the index is already there"), row(1062, "two rows have one key"),
    row(1091, "what is to be dropped is not there"),
    row(1114, "the table or its disk is full"), row(1021, "the disk is full"),
    row(1118, "the row is too large"), row(1071, "the key is too long"),
    row(1264, "a value is out of range"), row(1265, "a value was cut"), row(1406, "a text is too long"),
    row(1366, "a value does not fit the column"), row(1292, "a value cannot be converted"),
    row(1451, "a row is still referred to"), row(1452, "the row that is referred to is missing"),
    row(1830, "the column is NOT NULL and the foreign key sets it NULL"),
    row(3819, "a row breaks a check"), row(4025, "a row breaks a check"),
    row(1644, "raised by a check of the plan's own"),
  },
}
