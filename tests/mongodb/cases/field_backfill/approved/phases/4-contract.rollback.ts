// Rollback of phase contract, schema: migration field_backfill, mongodb 7.0
// Every user has a currency and a status
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/4-contract.rollback.ts
import { migrate } from "../forgelua";

migrate("field_backfill", "phases/4-contract.rollback.ts", async (m) => {
  // Whether it is this file's turn; not asked where it was stopped halfway and goes on.
  await m.turn("the whole plan must be done before this: add_column users.currency", "1", {
    forgelua: "validator",
    collection: "users",
    validator: {
      $jsonSchema: {
        bsonType: "object",
        required: ["currency", "email", "status"],
        properties: {
          currency: { bsonType: "string", enum: ["EUR", "USD"] },
          email: { bsonType: "string" },
          note: { bsonType: ["string", "null"] },
          region: { bsonType: ["string", "null"] },
          status: { bsonType: "string" },
          tags: { bsonType: ["array", "null"] },
        },
      },
    },
    validationLevel: "strict",
    validationAction: "error",
  });

  // Undo step 11 of 11, contract: Remove the progress and error tables
  await m.undo("forgelua/contract/clean-up", "undo step 11 of 11: Remove the progress and error tables", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });

  // Undo step 10 of 11, contract: The contract about currency, status of users has been kept
  await m.undo("users.currency/contract/stop-filling", "undo step 10 of 11: The contract about currency, status of users has been kept", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});
