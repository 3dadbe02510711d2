// Rollback of phase contract, schema: migration change_type, mongodb 7.0
// Amounts are whole numbers
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.rollback.ts
import { migrate } from "../forgelua";

migrate("change_type", "phases/4-contract.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("the whole plan must be done before this: alter_column items.amount", "1", {
    forgelua: "validator",
    collection: "items",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["sku"],
        properties: { amount: { bsonType: ["int", "null"], minimum: 0 }, sku: { bsonType: "string" } },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Undo step 7 of 7, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 7 of 7: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});
