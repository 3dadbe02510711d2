// WARNING: rollback is destructive — items data will be lost: values of items.amount that do not come back unchanged.
// Take a backup before applying forward.ts.
// Rollback of phase migrate, rows: migration change_type, mongodb 7.0
// Amounts are whole numbers
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.rollback.ts
import { migrate } from "../forgelua";

migrate("change_type", "phases/2-backfill.rollback.ts", async (m) => {
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

  // Undo step 3 of 7, migrate: Convert items.amount to int
  //   Loses:        values of items.amount that do not come back unchanged
  await m.undo("items.amount/migrate/backfill", "undo step 3 of 7: Convert items.amount to int", async () => {
    await m.run({
      forgelua: "update",
      collection: "items",
      step: "items.amount/migrate/backfill/back",
      q: {
        $and: [
          { amount: { $exists: true, $not: { $type: "string" } } },
          { $expr: { $ne: [{ $ifNull: ["$amount", null] }, null] } },
        ],
      },
      u: [{ $set: { amount: { $convert: { input: "$amount", to: "string", onError: null, onNull: null } } } }],
      size: 100000,
      pause_ms: 1000,
    });
  });
});
