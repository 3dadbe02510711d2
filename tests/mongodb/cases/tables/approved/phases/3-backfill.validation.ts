// Validation after phases/3-backfill.ts: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-backfill.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("tables", "phases/3-backfill.validation.ts", async (m) => {
  await m.check("every row of customers holds what its source gives", "0", {
    count: "customers",
    query: { $and: [{ level: null }, { $expr: { $ne: [{ $ifNull: [{ $literal: "basic" }, null] }, null] } }] },
  });
  await m.check("no document of customers is left to fill, those written lately included", "0", {
    count: "customers",
    query: {
      $and: [
        { level: null },
        {
          $or: [
            {
              $and: [{ level: null }, { $expr: { $ne: [{ $ifNull: [{ $literal: "basic" }, null] }, null] } }],
            },
          ],
        },
      ],
    },
  });
  m.verdict();
});
