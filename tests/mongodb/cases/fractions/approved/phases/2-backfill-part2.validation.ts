// Validation after phases/2-backfill-part2.ts: migration fractions, mongodb 7.0
// Whole numbers; a fraction is not cut off in silence
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill-part2.validation.ts
// Prints every check with what it expects, what it found and its status. The exit code is not 0 where one
// fails. Nothing stays in the database.
import { migrate } from "../forgelua";

migrate("fractions", "phases/2-backfill-part2.validation.ts", async (m) => {
  await m.check("every document holds the converted value", "0", {
    count: "rates",
    query: {
      $and: [
        { code: { $exists: true, $not: { $type: "string" } } },
        { $expr: { $ne: [{ $ifNull: ["$code", null] }, null] } },
      ],
    },
  });
  await m.check("no document of rates is left to fill, those written lately included", "0", {
    count: "rates",
    query: {
      $and: [
        {
          $and: [
            { code: { $exists: true, $not: { $type: "string" } } },
            { $expr: { $ne: [{ $ifNull: ["$code", null] }, null] } },
          ],
        },
        {
          $or: [
            {
              $and: [
                { code: null },
                {
                  $expr: {
                    $ne: [
                      {
                        $ifNull: [
                          { $convert: { input: "$code", to: "string", onError: null, onNull: null } },
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
