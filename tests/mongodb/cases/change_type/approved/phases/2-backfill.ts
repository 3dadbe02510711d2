// Phase migrate, rows: migration change_type, mongodb 7.0
// Amounts are whole numbers
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.ts
import { migrate } from "../forgelua";

migrate("change_type", "phases/2-backfill.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 1 must be done before this: Allow int in items.amount beside string", "1", {
    forgelua: "validator",
    collection: "items",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["sku"],
        properties: { amount: { bsonType: ["string", "int", "null"] }, sku: { bsonType: "string" } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });
  await m.turn("step 4 must not be done at this point: Hold items.amount to its rules: warn first", "0", {
    forgelua: "validator",
    collection: "items",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["sku"],
        properties: { amount: { bsonType: ["int", "null"], minimum: 0 }, sku: { bsonType: "string" } },
      },
    },
    validationLevel: "moderate",
    validationAction: "warn",
  });

  // Step 3 of 7, migrate: Convert items.amount to int
  //   Why:          an unknown number of rows, 100000 a batch along _id
  //   Lock:         row locks, one batch at a time, 5 s at most
  //   Note:         each document is locked while it is written
  //   Estimate:     unknown
  //   Applications: old works, new works
  //   Way back:     loses values of items.amount that do not come back unchanged
  //   Hazards:      backfill, replica lag
  await m.step("items.amount/migrate/backfill", "step 3 of 7: Convert items.amount to int", async () => {
    await m.must("every amount of items can be held as int", "0", {
      count: "items",
      query: {
        $and: [
          { $expr: { $ne: [{ $ifNull: ["$amount", null] }, null] } },
          {
            $expr: {
              $eq: [
                {
                  $ifNull: [{ $convert: { input: "$amount", to: "int", onError: null, onNull: null } }, null],
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
      collection: "items",
      step: "items.amount/migrate/backfill",
      q: {
        $and: [
          { amount: { $exists: true, $not: { $type: "int" } } },
          { $expr: { $ne: [{ $ifNull: ["$amount", null] }, null] } },
        ],
      },
      u: [{ $set: { amount: { $convert: { input: "$amount", to: "int", onError: null, onNull: null } } } }],
      size: 100000,
      pause_ms: 1000,
    });
    await m.must("every document holds the converted value", "0", {
      count: "items",
      query: {
        $and: [
          { amount: { $exists: true, $not: { $type: "int" } } },
          { $expr: { $ne: [{ $ifNull: ["$amount", null] }, null] } },
        ],
      },
    });
  });
});
