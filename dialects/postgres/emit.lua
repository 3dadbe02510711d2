--- One function per operation, form and script; the files of emit/ each hold one subject.

local PARTS = {
  "dialects.postgres.emit.objects",
  "dialects.postgres.emit.tables",
  "dialects.postgres.emit.columns",
  "dialects.postgres.emit.constraints",
  "dialects.postgres.emit.views",
  "dialects.postgres.emit.definitions",
  "dialects.postgres.emit.sync",
  "dialects.postgres.emit.swap",
  "dialects.postgres.emit.backfill",
  "dialects.postgres.emit.walk",
}

local M = {}
for _, part in ipairs(PARTS) do
  for word, render in pairs(require(part)) do
    if M[word] then error(("%s: '%s' is already there"):format(part, word), 0) end
    M[word] = render
  end
end

return M
