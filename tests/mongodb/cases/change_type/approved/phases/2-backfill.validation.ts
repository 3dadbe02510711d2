// Validation after phases/2-backfill.ts: migration change_type, mongodb 7.0
// Amounts are whole numbers
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("change_type", "phases/2-backfill.validation.ts", async (m) => {
  await m.check("every document holds the converted value", "0", {
    count: "items",
    query: {
      $and: [
        { amount: { $exists: true, $not: { $type: "int" } } },
        { $expr: { $ne: [{ $ifNull: ["$amount", null] }, null] } },
      ],
    },
  });
  await m.check("no document of items is left to fill, those written lately included", "0", {
    count: "items",
    query: {
      $and: [
        {
          $and: [
            { amount: { $exists: true, $not: { $type: "int" } } },
            { $expr: { $ne: [{ $ifNull: ["$amount", null] }, null] } },
          ],
        },
        {
          $or: [
            {
              $and: [
                { amount: null },
                {
                  $expr: {
                    $ne: [
                      {
                        $ifNull: [
                          { $convert: { input: "$amount", to: "int", onError: null, onNull: null } },
                          null,
                        ],
                      },
                      null,
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
    },
  });
  m.verdict();
});
