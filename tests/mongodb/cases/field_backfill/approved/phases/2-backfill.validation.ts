// Validation after phases/2-backfill.ts: migration field_backfill, mongodb 7.0
// Every user has a currency and a status
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("field_backfill", "phases/2-backfill.validation.ts", async (m) => {
  await m.check("no row of users has NULL in currency", "0", { count: "users", query: { currency: null } });
  await m.check("no row of users has NULL in status", "0", { count: "users", query: { status: null } });
  await m.check("every row of users holds what its source gives", "0", {
    count: "users",
    query: {
      $or: [
        {
          $and: [
            { currency: null },
            {
              $expr: {
                $ne: [{ $ifNull: [{ $cond: [{ $eq: ["$region", "EU"] }, "EUR", "USD"] }, null] }, null],
              },
            },
          ],
        },
        { $and: [{ status: null }, { $expr: { $ne: [{ $ifNull: [{ $literal: "new" }, null] }, null] } }] },
      ],
    },
  });
  await m.check("no document of users is left to fill, those written lately included", "0", {
    count: "users",
    query: {
      $and: [
        { $or: [{ currency: null }, { status: null }] },
        {
          $or: [
            {
              $and: [
                { currency: null },
                {
                  $expr: {
                    $ne: [{ $ifNull: [{ $cond: [{ $eq: ["$region", "EU"] }, "EUR", "USD"] }, null] }, null],
                  },
                },
              ],
            },
            { $and: [{ status: null }, { $expr: { $ne: [{ $ifNull: [{ $literal: "new" }, null] }, null] } }] },
          ],
        },
      ],
    },
  });
  m.verdict();
});
