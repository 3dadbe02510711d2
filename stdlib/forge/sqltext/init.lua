--- SQL text as far as the model needs it: which identifiers it names, and the same text with some of them renamed.

local M = {}

-- Callers see one module; the parts are its own affair.
for _, part in ipairs({ require("forge.sqltext.renaming"), require("forge.sqltext.finding") }) do
  for name, value in pairs(part) do
    if M[name] ~= nil then error("two parts of forge.sqltext define '" .. name .. "'", 0) end
    M[name] = value
  end
end

return M
