// Phase migrate, rows: migration fractions, mongodb 7.0
// Whole numbers; a fraction is not cut off in silence
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.ts
import { migrate } from "../forgelua";

migrate("fractions", "phases/2-backfill.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 2 must be done before this: Allow string in rates.code beside int", "1", {
    forgelua: "validator",
    collection: "rates",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        properties: {
          a: { bsonType: ["double", "long", "null"] },
          code: { bsonType: ["int", "string", "null"] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.turn("step 7 must not be done at this point: Hold rates.a to its rules: warn first", "0", {
    forgelua: "validator",
    collection: "rates",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["int", "string", "null"] } },
      },
    },
    validationLevel: "moderate",
    validationAction: "warn",
  });

  // Step 4 of 13, migrate: Convert rates.a to long
  //   Why:          an unknown number of rows, 100000 a batch along _id
  //   Lock:         row locks, one batch at a time, 5 s at most
  //   Note:         each document is locked while it is written
  //   Estimate:     unknown
  //   Applications: old works, new works
  //   Way back:     loses values of rates.a that do not come back unchanged
  //   Hazards:      backfill, replica lag
  await m.step("rates.a/migrate/backfill", "step 4 of 13: Convert rates.a to long", async () => {
    await m.must("every a of rates can be held as long", "0", {
      count: "rates",
      query: {
        $and: [
          { $expr: { $ne: [{ $ifNull: ["$a", null] }, null] } },
          {
            $expr: {
              $eq: [
                {
                  $ifNull: [
                    {
                      $cond: [
                        { $eq: ["$a", { $trunc: ["$a"] }] },
                        { $convert: { input: "$a", to: "long", onError: null, onNull: null } },
                        null,
                      ],
                    },
                    null,
                  ],
                },
                null,
              ],
            },
          },
        ],
      },
    });
    await m.run({
      forgelua: "update",
      collection: "rates",
      step: "rates.a/migrate/backfill",
      q: {
        $and: [
          { a: { $exists: true, $not: { $type: "long" } } },
          { $expr: { $ne: [{ $ifNull: ["$a", null] }, null] } },
        ],
      },
      u: [
        {
          $set: {
            a: {
              $cond: [
                { $eq: ["$a", { $trunc: ["$a"] }] },
                { $convert: { input: "$a", to: "long", onError: null, onNull: null } },
                null,
              ],
            },
          },
        },
      ],
      size: 100000,
      pause_ms: 1000,
    });
    await m.must("every document holds the converted value", "0", {
      count: "rates",
      query: {
        $and: [
          { a: { $exists: true, $not: { $type: "long" } } },
          { $expr: { $ne: [{ $ifNull: ["$a", null] }, null] } },
        ],
      },
    });
  });
});
