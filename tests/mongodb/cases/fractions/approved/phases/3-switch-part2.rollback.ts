// Rollback of phase switch, schema: migration fractions, mongodb 7.0
// Whole numbers; a fraction is not cut off in silence
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/3-switch-part2.rollback.ts
import { migrate } from "../forgelua";

migrate("fractions", "phases/3-switch-part2.rollback.ts", async (m) => {

  // Undo step 12 of 13, switch: Let rates.code lead
  await m.undo("rates.code/switch/lead", "undo step 12 of 13: Let rates.code lead", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 11 of 13, switch: Hold rates.code to its rules: refuse from here
  await m.undo("rates.code/switch/not-null", "undo step 11 of 13: Hold rates.code to its rules: refuse from here", async () => {
    await m.run({
      collMod: "rates",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["string", "null"] } },
        },
      },
      validationLevel: "moderate",
      validationAction: "warn",
    });
  });

  // Undo step 10 of 13, switch: Hold rates.code to its rules: warn first
  await m.undo("rates.code/switch/not-null-warning", "undo step 10 of 13: Hold rates.code to its rules: warn first", async () => {
    await m.run({
      collMod: "rates",
      validator: {
        $jsonSchema: {
          bsonType: "object",
          properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["int", "string", "null"] } },
        },
      },
      validationLevel: "strict",
      validationAction: "error",
    });
  });

  // Undo step 9 of 13, switch: Let rates.a lead
  await m.undo("rates.a/switch/lead", "undo step 9 of 13: Let rates.a lead", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});
