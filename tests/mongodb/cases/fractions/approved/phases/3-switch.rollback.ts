// Rollback of phase switch, schema: migration fractions, mongodb 7.0
// Whole numbers; a fraction is not cut off in silence
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch.rollback.ts
import { migrate } from "../forgelua";

migrate("fractions", "phases/3-switch.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("step 10 must not be done at this point: Hold rates.code to its rules: warn first", "0", {
    forgelua: "validator",
    collection: "rates",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["string", "null"] } },
      },
    },
    validationLevel: "moderate",
    validationAction: "warn",
  });

  // Undo step 8 of 13, switch: Hold rates.a to its rules: refuse from here
  await m.undo("rates.a/switch/not-null", "undo step 8 of 13: Hold rates.a to its rules: refuse from here", async () => {
    await m.run({
      collMod: "rates",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["int", "string", "null"] } },
        },
      },
      validationLevel: "moderate",
      validationAction: "warn",
    });
  });

  // Undo step 7 of 13, switch: Hold rates.a to its rules: warn first
  await m.undo("rates.a/switch/not-null-warning", "undo step 7 of 13: Hold rates.a to its rules: warn first", async () => {
    await m.run({
      collMod: "rates",
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
  });
});
