// WARNING: rollback is destructive — rates data will be lost: values of rates.a that do not come back unchanged.
// Take a backup before applying forward.ts.
// Rollback of phase migrate, rows: migration fractions, mongodb 7.0
// Whole numbers; a fraction is not cut off in silence
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-backfill.rollback.ts
import { migrate } from "../forgelua";

migrate("fractions", "phases/2-backfill.rollback.ts", async (m) => {
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

  // Undo step 4 of 13, migrate: Convert rates.a to long
  //   Loses:        values of rates.a that do not come back unchanged
  await m.undo("rates.a/migrate/backfill", "undo step 4 of 13: Convert rates.a to long", async () => {
    await m.run({
      forgelua: "update",
      collection: "rates",
      step: "rates.a/migrate/backfill/back",
      q: {
        $and: [
          { a: { $exists: true, $not: { $type: "double" } } },
          { $expr: { $ne: [{ $ifNull: ["$a", null] }, null] } },
        ],
      },
      u: [{ $set: { a: { $convert: { input: "$a", to: "double", onError: null, onNull: null } } } }],
      size: 100000,
      pause_ms: 1000,
    });
  });
});
