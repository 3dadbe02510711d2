// Rollback of phase contract, schema: migration tables, mongodb 7.0
// A spec of tables, as it stands for SQL engines
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.rollback.ts
import { migrate } from "../forgelua";

migrate("tables", "phases/4-contract.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("the whole plan must be done before this: add_column invoices.amount", "1", {
    forgelua: "validator",
    collection: "invoices",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["customer", "id"],
        properties: {
          amount: { bsonType: ["decimal", "null"] },
          customer: { bsonType: "long" },
          id: { bsonType: "long" },
          placed: { bsonType: ["date", "null"] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Undo step 16 of 16, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 16 of 16: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});
