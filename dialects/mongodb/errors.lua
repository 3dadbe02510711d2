--- MongoDB's error codes by what a runner should do about them
--- (https://www.mongodb.com/docs/manual/reference/error-codes).

return {
  -- The same command may pass a little later: another primary, a network that came back, a conflict of two writes.
  retry = { "6", "7", "89", "91", "112", "189", "262", "9001", "10107", "11600", "11602", "13388", "13435", "13436" },
  lock_timeout = { "24", "46", "50" },
  -- Going on would do harm, or cannot help.
  fatal = { "13", "18", "14031", "8000" },
  reasons = {
    ["11000"] = "a document has a value that a unique index holds already",
    ["121"] = "a document does not match the validator of its collection",
    ["24"] = "the lock was not free in time", ["50"] = "the operation took longer than its limit of time",
    ["112"] = "another operation wrote the same document",
    ["13"] = "the user may not do this", ["18"] = "the user could not be authenticated",
    ["14031"] = "the disk is nearly full",
    ["359"] = "documents with equal values keep the index from becoming unique",
    ["85"] = "an index with the same key and other options stands already",
    ["86"] = "an index of that name stands already, over other fields",
  },
}
