// Rollback of phase migrate, schema: migration change_type, mongodb 7.0
// Amounts are whole numbers
// Written by forgelua 0.1.0 from spec.migration.lua. Change the spec, not this file.
// Run in this folder: npx tsx phases/2-migrate.rollback.ts
import { migrate } from "../forgelua";

migrate("change_type", "phases/2-migrate.rollback.ts", async (m) => {
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

  // Undo step 2 of 7, migrate: The applications keep both forms of items.amount
  await m.undo("items.amount/migrate/dual-write", "undo step 2 of 7: The applications keep both forms of items.amount", async () => {
    // Nothing to run: the steps before it take with them what it did.
  });
});
