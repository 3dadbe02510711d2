--- What MariaDB writes otherwise than MySQL: sequences.

local M = {}

local function options(sequence, before)
  local out = {}
  local function add(head, value, default)
    if value then out[#out + 1] = head .. ("%d"):format(value)
    elseif before and default then out[#out + 1] = default end
  end
  add("START WITH ", sequence.start)
  add("INCREMENT BY ", sequence.increment, before and before.increment and "INCREMENT BY 1")
  add("MINVALUE ", sequence.min, before and before.min and "NOMINVALUE")
  add("MAXVALUE ", sequence.max, before and before.max and "NOMAXVALUE")
  add("CACHE ", sequence.cache, before and before.cache and "CACHE 1000")
  if sequence.cycle then out[#out + 1] = "CYCLE" elseif before and before.cycle then out[#out + 1] = "NOCYCLE" end
  return #out > 0 and " " .. table.concat(out, " ") or ""
end

function M.create_sequence(out, o, _, d)
  out:add("CREATE SEQUENCE " .. d:qname(o.after.name) .. options(o.after))
end
function M.drop_sequence(out, o, _, d) out:add("DROP SEQUENCE " .. d:qname(o.before.name)) end
function M.rename_sequence(out, o, _, d)
  out:add("RENAME TABLE " .. d:qname(o.before.name) .. " TO " .. d:qname(o.after.name))
end
function M.alter_sequence(out, o, step, d)
  if d:qname(o.before.name) ~= d:qname(o.after.name) then M.rename_sequence(out, o, step, d) end
  local text = options(o.after, o.before)
  if text ~= "" then out:add("ALTER SEQUENCE " .. d:qname(o.after.name) .. text) end
end

return M
