// Rollback of phase contract, schema: migration fractions, mongodb 7.0
// Whole numbers; a fraction is not cut off in silence
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.rollback.ts
import { migrate } from "../forgelua";

migrate("fractions", "phases/4-contract.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("the whole plan must be done before this: alter_column rates.a", "1", {
    forgelua: "validator",
    collection: "rates",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        properties: { a: { bsonType: ["long", "null"] }, code: { bsonType: ["string", "null"] } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Undo step 13 of 13, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 13 of 13: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});
