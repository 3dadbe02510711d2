// Validation after phases/2-backfill.ts: migration from_db, mongodb 7.0
// A database that is read: fields that no validator states get rules, another name, or stay as they are
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("from_db", "phases/2-backfill.validation.ts", async (m) => {
  await m.check("every document holds the converted value", "0", {
    count: "users",
    query: {
      $or: [
        { $expr: { $ne: [{ $ifNull: ["$full_name", null] }, { $ifNull: ["$fullName", null] }] } },
        { fullName: { $exists: true }, full_name: { $exists: false } },
      ],
    },
  });
  await m.check("no document of users is left to fill, those written lately included", "0", {
    count: "users",
    query: {
      $and: [
        {
          $or: [
            { $and: [{ full_name: null }, { $expr: { $ne: [{ $ifNull: ["$fullName", null] }, null] } }] },
            { fullName: { $exists: true }, full_name: { $exists: false } },
          ],
        },
        {
          $or: [{ $and: [{ full_name: null }, { $expr: { $ne: [{ $ifNull: ["$fullName", null] }, null] } }] }],
        },
      ],
    },
  });
  m.verdict();
});
