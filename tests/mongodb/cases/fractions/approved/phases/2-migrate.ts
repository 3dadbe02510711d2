// Phase migrate, schema: migration fractions, mongodb 7.0
// Whole numbers; a fraction is not cut off in silence
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-migrate.ts
import { migrate } from "../forgelua";

migrate("fractions", "phases/2-migrate.ts", async (m) => {
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

  // Step 3 of 13, migrate: The applications keep both forms of rates.a
  //   Why:          what one application writes the other must find; no trigger does that here
  //   Lock:         none
  //   Estimate:     under 1 s
  //   Applications: old works, new works
  //   Way back:     yes, nothing is lost
  //   Hazards:      dual write
  await m.step("rates.a/migrate/dual-write", "step 3 of 13: The applications keep both forms of rates.a", async () => {
    // Nothing to run in the database.
    m.say("Application: No triggers exist: deploy a version that reads rates.a as double and as long, and writes it as long.");
  });
});
