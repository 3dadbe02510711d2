--- What the server's SQLSTATEs mean to whoever runs a plan.

return {
  -- The same statement may well succeed when it is tried again.
  retry = {
    { "40001", "another transaction changed the same rows" },
    { "40P01", "two sessions waited for each other, and the server ended this one" },
    { "08000", "the connection failed" },
    { "08003", "the connection is gone" },
    { "08006", "the connection broke" },
    { "08001", "the server could not be reached" },
    { "53300", "the server has no connection left" },
    { "57P01", "the server is shutting down or ended this session" },
    { "57P02", "the server crashed and is coming back" },
    { "57P03", "the server is starting" },
  },
  -- The lock was not to be had in time; the ladder goes on.
  lock_timeout = {
    { "55P03", "the lock was not available in time" },
    { "57014", "the statement was cancelled, by a timeout or by hand" },
  },
  -- Trying again cannot help.
  fatal = {
    { "22", "a value cannot be converted or held" },
    { "23", "a row breaks a constraint" },
    { "25006", "the server or transaction is read-only" },
    { "26", "a prepared statement is gone" },
    { "28", "the login was refused" },
    { "2BP01", "other objects depend on this one" },
    { "3D000", "the database does not exist" },
    { "3F000", "the schema does not exist" },
    { "42", "the statement names something that is not there, or is not allowed" },
    { "53100", "the disk is full" },
    { "53200", "the server is out of memory" },
    { "54", "a limit of the server is exceeded" },
    { "55006", "the object is in use" },
    { "0A000", "this version of the server cannot do this" },
    { "XX", "an internal error of the server, or damaged data" },
  },
}
