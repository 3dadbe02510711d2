// Validation after phases/2-backfill.ts: migration bad_documents, mongodb 7.0
// Readings have their value as a number; one of them cannot be read
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("bad_documents", "phases/2-backfill.validation.ts", async (m) => {
  await m.check("no row of readings has NULL in value", "0", { count: "readings", query: { value: null } });
  await m.check("every row of readings holds what its source gives", "0", {
    count: "readings",
    query: { $and: [{ value: null }, { $expr: { $ne: [{ $ifNull: [{ $toInt: "$raw" }, null] }, null] } }] },
  });
  await m.check("no document of readings is left to fill, those written lately included", "0", {
    count: "readings",
    query: {
      $and: [
        { value: null },
        {
          $or: [
            { $and: [{ value: null }, { $expr: { $ne: [{ $ifNull: [{ $toInt: "$raw" }, null] }, null] } }] },
          ],
        },
      ],
    },
  });
  m.verdict();
});
