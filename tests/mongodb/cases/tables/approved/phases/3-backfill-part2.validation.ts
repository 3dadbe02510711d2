// Validation after phases/3-backfill-part2.ts: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-backfill-part2.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("tables", "phases/3-backfill-part2.validation.ts", async (m) => {
  await m.check("every row of invoices holds what its source gives", "0", {
    count: "invoices",
    query: {
      $and: [{ amount: null }, { $expr: { $ne: [{ $ifNull: [{ $numberDecimal: "0" }, null] }, null] } }],
    },
  });
  await m.check("no document of invoices is left to fill, those written lately included", "0", {
    count: "invoices",
    query: {
      $and: [
        { amount: null },
        {
          $or: [
            {
              $and: [
                { amount: null },
                { $expr: { $ne: [{ $ifNull: [{ $numberDecimal: "0" }, null] }, null] } },
              ],
            },
          ],
        },
      ],
    },
  });
  m.verdict();
});
