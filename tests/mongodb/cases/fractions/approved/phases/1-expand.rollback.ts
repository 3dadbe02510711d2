// Rollback of phase expand, schema: migration fractions, mongodb 7.0
// Whole numbers; a fraction is not cut off in silence
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/1-expand.rollback.ts
import { migrate } from "../forgelua";

migrate("fractions", "phases/1-expand.rollback.ts", async (m) => {
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

  // Undo step 2 of 13, expand: Allow string in rates.code beside int
  await m.undo("rates.code/expand/allow-both", "undo step 2 of 13: Allow string in rates.code beside int", async () => {
    await m.run({
      collMod: "rates",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: { a: { bsonType: ["double", "long", "null"] }, code: { bsonType: ["int", "null"] } },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Undo step 1 of 13, expand: Allow long in rates.a beside double
  await m.undo("rates.a/expand/allow-both", "undo step 1 of 13: Allow long in rates.a beside double", async () => {
    await m.run({
      collMod: "rates",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: { a: { bsonType: ["double", "null"] }, code: { bsonType: ["int", "null"] } },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
    await m.run({ drop: "forgelua_backfill_progress" });
    await m.run({ drop: "forgelua_steps" });
  });
});
