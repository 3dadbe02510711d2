// Validation after phases/2-backfill.ts: migration rename_field, mongodb 7.0
// A person's name is their full name
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("rename_field", "phases/2-backfill.validation.ts", async (m) => {
  await m.check("every document holds the converted value", "0", {
    count: "people",
    query: {
      $or: [
        { $expr: { $ne: [{ $ifNull: ["$full_name", null] }, { $ifNull: ["$name", null] }] } },
        { name: { $exists: true }, full_name: { $exists: false } },
      ],
    },
  });
  await m.check("no document of people is left to fill, those written lately included", "0", {
    count: "people",
    query: {
      $and: [
        {
          $or: [
            { $and: [{ full_name: null }, { $expr: { $ne: [{ $ifNull: ["$name", null] }, null] } }] },
            { name: { $exists: true }, full_name: { $exists: false } },
          ],
        },
        { $or: [{ $and: [{ full_name: null }, { $expr: { $ne: [{ $ifNull: ["$name", null] }, null] } }] }] },
      ],
    },
  });
  m.verdict();
});
