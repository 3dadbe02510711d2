--- Second copies of whole tables: created in their new shape, kept in step by triggers, filled in batches, swapped in at
--- one moment, kept in step the other way until contract. `shadow_table` and `blue_green` are made of it.

local ending = require("forge.second_tables.contract")
local copying = require("forge.second_tables.copy")
local old_keys = require("forge.second_tables.old_keys")
local sets = require("forge.second_tables.set")
local swapping = require("forge.second_tables.swap")

local M = {}

M.takes, M.serves = sets.takes, sets.serves

--- The four phases of a strategy.
---@param options table { together = all tables in one flip, verify = a step that tests the second set, flip = the id's word }
function M.phases(options)
  local together = options.together
  return {
    expand = function(sub, ctx, b)
      sets.each(sub, ctx, b, together, function(set)
        for _, entry in ipairs(set.entries) do copying.expand_entry(ctx, b, set, entry) end
      end)
    end,
    migrate = function(sub, ctx, b)
      sets.each(sub, ctx, b, together, function(set)
        for _, entry in ipairs(set.entries) do copying.migrate_entry(sub, ctx, b, set, entry) end
      end)
    end,
    switch = function(sub, ctx, b)
      sets.each(sub, ctx, b, together, function(set)
        set.incoming = swapping.incoming(b, set)
        for _, entry in ipairs(set.entries) do copying.refresh_entry(sub, ctx, b, entry) end
        for _, entry in ipairs(set.entries) do swapping.later_keys(b, entry) end
        for _, row in ipairs(set.incoming) do swapping.prepare_incoming(ctx, b, row) end
        for _, entry in ipairs(set.entries) do swapping.relax_old(b, entry) end
        if options.verify then swapping.verify_set(ctx, b, set) end
        swapping.swap(b, set, options)
        old_keys.release(ctx, b, set, sets.in_set)
      end)
    end,
    contract = function(sub, ctx, b)
      sets.each(sub, ctx, b, together, function(set) ending.contract_set(sub, ctx, b, set) end)
    end,
  }
end

return M
